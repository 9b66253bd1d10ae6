"""Argument lists of convolution and pooling."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.errors import ArgumentError, ShapeError
from cntk.ops._convolution.arguments import extend, flags, numbers


def test_a_single_number_is_a_list_of_one():
    assert numbers("strides", 2) == (2,)
    assert numbers("strides", np.int64(2)) == (2,)
    assert numbers("strides", 4 / 2) == (2,)
    assert flags("auto_padding", True) == (True,)


def test_lists_become_tuples():
    assert numbers("strides", [2, 1]) == (2, 1)
    assert flags("auto_padding", [False, 1, np.True_]) == (False, True, True)


@pytest.mark.parametrize("wrong", [1.5, "2", None, (1, 2.5), float("nan")])
def test_what_is_not_a_whole_number_is_refused(wrong):
    with pytest.raises(ArgumentError, match="strides=.*whole number"):
        numbers("strides", wrong)


@pytest.mark.parametrize("wrong", [0, -1, (2, 0)])
def test_numbers_below_the_least_are_refused(wrong):
    with pytest.raises(ArgumentError, match="strides=.*below 1"):
        numbers("strides", wrong)


@pytest.mark.parametrize("wrong", [2, "same", None, (True, 2)])
def test_what_is_not_a_flag_is_refused(wrong):
    with pytest.raises(ArgumentError, match="auto_padding=.*True or False"):
        flags("auto_padding", wrong)


@pytest.mark.parametrize("values", [(), (1, 1, 1, 1)])
def test_lists_without_entries_or_with_too_many_are_refused(values):
    with pytest.raises(ShapeError, match=f"{len(values)} entries for 3 axes"):
        extend("strides", values, 3)
