"""Memory for copies."""

from __future__ import annotations

import numpy as np

from cntk.train.sessions.copies import Copies

FLOAT = np.dtype(np.float32)


def test_arrays_are_used_again_in_the_same_order():
    copies = Copies()
    first = [copies(shape, FLOAT) for shape in ((2,), (3,), (2,))]
    assert len({id(array) for array in first}) == 3
    copies.take_back()
    again = [copies(shape, FLOAT) for shape in ((2,), (3,), (2,))]
    assert [id(array) for array in again] == [id(array) for array in first]


def test_what_nobody_asks_for_again_is_let_go():
    copies = Copies()
    copies((2,), FLOAT)
    copies.take_back()
    kept = copies((3,), FLOAT)
    copies.take_back()
    assert list(copies._free) == [((3,), FLOAT)]
    assert copies((3,), FLOAT) is kept


def test_types_are_told_apart():
    copies = Copies()
    copies((2,), FLOAT)
    copies.take_back()
    assert copies((2,), np.dtype(np.float64)).dtype == np.float64
