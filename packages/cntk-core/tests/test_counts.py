"""Counts: what is one, and what is not."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.counts import count_of


@pytest.mark.parametrize("value", [0, 7, 2**64 - 1, np.int32(7), True])
def test_integers_are_counts(value):
    assert count_of(value, "n") == int(value) and type(count_of(value, "n")) is int


@pytest.mark.parametrize("value", [-1, 2**64, np.int8(-3)])
def test_beyond_64_bits(value):
    with pytest.raises(OverflowError, match=rf"n is an integer from 0 to .*, not {value}"):
        count_of(value, "n")


@pytest.mark.parametrize("value", [1.0, "3", None, np.ones(2)])
def test_no_integer(value):
    with pytest.raises(TypeError, match="n is an integer from 0 on"):
        count_of(value, "n")
