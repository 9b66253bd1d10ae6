"""Rows of labels, read as tokens."""

import numpy as np
import pytest

from cntk.layout import Layout
from cntk.ops._loss.ctc.tokens import Tokens

BLANK = 2


def read(frames: list[list[float]], lengths: list[int]) -> Tokens:
    """Return the tokens of labels, one sequence after the other."""
    layout = Layout(len(lengths), lengths)
    return Tokens.of(layout.pack(np.array(frames)), layout, BLANK)


def test_sequences_stand_as_packed():
    short = [[0, 1, 0], [0, 2, 0]]
    long = [[2, 0, 0], [0, 0, 1], [0, 2, 0], [2, 0, 0]]
    tokens = read(short + long, [2, 4])
    np.testing.assert_array_equal(tokens.counts, [3, 1])
    np.testing.assert_array_equal(tokens.names, [[0, 1, 0], [1, 0, 0]])
    np.testing.assert_array_equal(tokens.begins, [[0, 2, 3], [1, 0, 0]])


@pytest.mark.parametrize("row", [[0, 0, 0], [0, 0, 1], [1, 1, 0], [-1, 0, 0], [0.5, 0, 1]])
def test_rows_that_go_on(row):
    assert read([row, [2, 0, 0]], [2]).counts.tolist() == [1]


def test_no_token_at_all():
    tokens = read([[1, 0, 0]], [1])
    assert tokens.names.shape == (1, 0)
    assert tokens.counts.tolist() == [0]


@pytest.mark.parametrize("row", [[3, 0, 0], [0.5, 0, 0], [0, 1.9, 0], [-1, -1, -1], [np.nan, 0, 0]])
def test_rows_that_mean_nothing(row):
    with pytest.raises(ValueError, match="largest value of a row is .*: frame 1 of sequence 0"):
        read([[2, 0, 0], row, [0, 1, 0], [0, 1, 0]], [2, 2])


def test_the_blank_is_no_token():
    with pytest.raises(ValueError, match="the blank, 2, is among the .* 0 of sequence 1"):
        read([[2, 0, 0], [0, 0, 2], [0, 1, 0]], [1, 2])


def test_one_token_begins_at_a_frame():
    with pytest.raises(ValueError, match="more than one token begins at a frame: frame 1 of seq"):
        read([[2, 0, 0], [2, 2, 0]], [2])
