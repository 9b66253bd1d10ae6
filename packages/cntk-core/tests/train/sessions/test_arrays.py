"""Arrays as a source of minibatches."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.train.sessions.arrays import ArraySource

SEQUENCES = [np.zeros((frames, 2), np.float32) for frames in (2, 1, 3)]


def samples_of(count):
    x = C.input_variable(1)
    return x, ArraySource([x], [np.arange(count, dtype=np.float32)[:, None]])


def test_samples_come_in_order_and_begin_again():
    x, source = samples_of(5)
    found = [source.next_minibatch(2)[x] for _ in range(4)]
    assert [part.value.ravel().tolist() for part in found] == [[0, 1], [2, 3], [4], [0, 1]]
    assert [part.sweep_end for part in found] == [False, False, True, False]


def test_sequences_are_counted_by_frames():
    x = C.sequence.input_variable(2)
    source = ArraySource([x], [SEQUENCES])
    assert [len(source.next_minibatch(3)[x].value) for _ in range(2)] == [2, 1]
    assert source.at_end


def test_a_sequence_longer_than_a_minibatch_is_refused():
    source = ArraySource([C.sequence.input_variable(2)], [SEQUENCES])
    with pytest.raises(ValueError, match="sequence 0 has 2 frames, more than the minibatch size 1"):
        source.next_minibatch(1)


def test_a_minibatch_has_samples():
    _, source = samples_of(2)
    with pytest.raises(ValueError, match="1 sample or more, not 0"):
        source.next_minibatch(0)


def test_there_must_be_equally_many_samples():
    variables = [C.input_variable(1), C.input_variable(1)]
    with pytest.raises(TypeError, match="same first dimension"):
        ArraySource(variables, [np.zeros((2, 1), np.float32), np.zeros((3, 1), np.float32)])


def test_there_must_be_samples():
    with pytest.raises(ValueError, match="no samples"):
        ArraySource([C.input_variable(1)], [np.zeros((0, 1), np.float32)])
