"""Parts of a join are written where it lies."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.session import program_for
from cntk.testing.backends import only

pytestmark = pytest.mark.usefixtures("chain_kernels")
X = np.random.default_rng(0).uniform(-1, 1, (3, 2, 4)).astype(np.float32)


def steps(function):
    return program_for(function, list(function.outputs), False).plan.steps


def names(function) -> list[str]:
    return [step.operator.name for step in steps(function)]


def same_without_chains(function, data) -> None:
    found = function.eval(data)
    with only("numpy"):
        expected = function.eval(data)
    if not isinstance(found, dict):
        found, expected = {0: found}, {0: expected}
    for key in found:
        np.testing.assert_allclose(found[key], expected[key], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("axis", [0, 1])
def test_parts_of_one_chain_are_its_results_in_place(axis):
    x = C.input_variable((2, 4))
    y = C.splice(C.tanh(x), C.exp(x), C.sigmoid(x), axis=axis)
    assert names(y) == ["chain"]
    (step,) = steps(y)
    assert len(step.outputs) == 1 and len(step.operator.formula.stores) == 3
    same_without_chains(y, {x: X})


def test_a_part_that_is_read_elsewhere_is_kept_as_well():
    x = C.input_variable((2, 4))
    part = C.tanh(x)
    y = C.combine([C.splice(part, C.exp(x), axis=0), C.reduce_sum(part)])
    assert "join" not in names(y)
    same_without_chains(y, {x: X})


def test_parts_of_two_chains_are_joined_as_ever():
    x = C.input_variable((2, 4))
    y = C.splice(C.tanh(x), C.exp(C.slice(x, 0, 0, 1)), axis=0)
    assert names(y).count("join") == 1
    same_without_chains(y, {x: X})


def test_one_part_twice():
    x = C.input_variable((2, 4))
    part = C.tanh(x)
    same_without_chains(C.splice(part, part, axis=1), {x: X})
