"""Cuts move through elementwise steps."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.session import program_for
from cntk.testing.backends import only

pytestmark = pytest.mark.usefixtures("chain_kernels")
X = np.random.default_rng(0).uniform(-1, 1, (3, 6)).astype(np.float32)


def names(function) -> list[str]:
    plan = program_for(function, list(function.outputs), False).plan
    return [step.operator.name for step in plan.steps]


def same_without_chains(function, data) -> None:
    found = function.eval(data)
    with only("numpy"):
        expected = function.eval(data)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def parts(whole, count=2):
    size = whole.shape[0] // count
    return [C.slice(whole, 0, i * size, (i + 1) * size) for i in range(count)]


def test_the_parts_of_a_sum_are_one_chain():
    x, b = C.input_variable(6), C.parameter(6, init=np.arange(6, dtype="f"))
    first, second = parts(x + b)
    y = C.tanh(first) * C.sigmoid(second)
    assert names(y) == ["chain"]
    same_without_chains(y, {x: X})


def test_operands_that_broadcast_are_read_whole():
    x, b = C.input_variable((4, 3)), C.parameter((4, 1), init=np.ones((4, 1), "f"))
    first, second = parts(x * b + C.parameter(3, init=2))
    y = first - second
    assert names(y) == ["chain"]
    same_without_chains(y, {x: np.random.default_rng(1).random((2, 4, 3), np.float32)})


def test_a_sum_that_is_also_read_whole_is_computed_once():
    x = C.input_variable(6)
    whole = C.exp(x)
    first, second = parts(whole)
    y = C.reduce_sum(whole) + first * second
    plan = program_for(y, list(y.outputs), False).plan
    powers = [c for s in plan.steps if s.operator.name == "chain"
              for c in s.operator.formula.computes if c.operator.name == "exp"]  # fmt: skip
    assert len(powers) == 1
    same_without_chains(y, {x: X})


def test_cuts_move_through_several_steps():
    x = C.input_variable(6)
    first, second = parts(C.sigmoid(C.tanh(x) * 3))
    y = first * second
    assert names(y) == ["chain"]
    same_without_chains(y, {x: X})


def test_a_cut_with_a_stride_stays():
    x = C.input_variable(6)
    y = C.slice(C.exp(x), 0, 0, 6, 2) * 2
    assert "cut" in names(y)
    same_without_chains(y, {x: X})
