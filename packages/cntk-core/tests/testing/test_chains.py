"""The interpreter of chains, against sums written out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.execution.passes.forms import Form
from cntk.execution.passes.formula import Compute, Formula, Store
from cntk.operators.declare import registry
from cntk.testing.chains import loaded, run, store


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Form("dense", begin=2), [2, 3, 4, 5, 6, 7]),
        (Form("scalar", begin=3), [3, 3, 3, 3, 3, 3]),
        (Form("periodic", 1, 2), [0, 1, 0, 1, 0, 1]),
        (Form("periodic", 2, 2), [0, 0, 1, 1, 0, 0]),
        (Form("periodic", 3, 0, 1), [1, 1, 1, 2, 2, 2]),
        (Form("strided", 2, 5, 1), [1, 2, 6, 7, 11, 12]),
    ],
)
def test_loads(form, expected):
    np.testing.assert_array_equal(loaded(np.arange(13), form, 6), expected)


def test_stores():
    memory = np.full(8, -1)
    store(memory, np.arange(4), Store(0, 0, 2, 4, 1))
    np.testing.assert_array_equal(memory, [-1, 0, 1, -1, -1, 2, 3, -1])
    store(memory, np.arange(8), Store(0, 0))
    np.testing.assert_array_equal(memory, np.arange(8))


def test_computations_read_loads_and_each_other():
    plus, times = registry["plus"], registry["element_times"]
    formula = Formula(2, [(0, Form("dense")), (None, 3.0)])
    formula.computes += [Compute(plus, {}, (0, 1)), Compute(times, {}, (2, 0))]
    values = run(formula, [np.array([1.0, 2.0], np.float32)], 2, np.float32)
    np.testing.assert_array_equal(values[3], [4, 10])
    assert {value.dtype for value in values} == {np.dtype(np.float32)}
