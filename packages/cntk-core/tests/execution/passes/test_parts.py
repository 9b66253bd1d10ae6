"""Gradients of the slices of one value, put together in one step."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.autodiff import gradients
from cntk.execution.lower import Lowering
from cntk.execution.plan import Plan
from cntk.execution.symbols import PlanGraph

pytestmark = pytest.mark.usefixtures("numpy_kernels")
SCALES = (2.0, 3.0, 5.0)
x = C.input_variable((2, 6), needs_gradient=True, name="x")
X = np.arange(24, dtype=np.float32).reshape(2, 2, 6)


def product(bounds, order, axis=1):
    """Return the product of scaled tanh of slices of x, which are made in some order."""
    parts = [C.tanh(C.slice(x, axis, *bounds[i])) * SCALES[i] for i in order]
    total = C.reduce_sum(parts[0])
    for part in parts[1:]:
        total = total + C.reduce_sum(part)
    return total


def steps_of_gradient(function) -> list[str]:
    """Return the names of the steps that compute a gradient with respect to x."""
    graph = PlanGraph(training=True)
    lowering = Lowering(graph)
    (top,) = lowering.lower([function.output])
    start = graph.literal(1, top._dtype)
    found = gradients(graph, [(top, start)], [lowering.symbol_of[x]])
    return [step.operator.name for step in Plan(graph, found).steps]


def expected(bounds, axis=1) -> np.ndarray:
    found = np.zeros_like(X)
    for (begin, end), scale in zip(bounds, SCALES):
        where = (slice(None),) * (axis + 1) + (slice(begin, end),)
        found[where] += scale * (1 - np.tanh(X[where]) ** 2)
    return found


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (0, 2, 1), (1, 0, 2), (2, 0, 1)])
def test_slices_side_by_side_are_joined_in_any_order(order):
    bounds = [(0, 1), (1, 4), (4, 6)]
    function = product(bounds, order)
    steps = steps_of_gradient(function)
    assert steps.count("join") == 1 and "put_back" not in steps
    np.testing.assert_allclose(function.grad({x: X}, [x]), expected(bounds), rtol=1e-6)


@pytest.mark.parametrize(
    ("bounds", "joins", "parts"),
    [
        ([(0, 2), (2, 4), (5, 6)], 1, 2),
        ([(0, 2), (3, 4), (5, 6)], 0, 3),
        ([(0, 3), (2, 5), (5, 6)], 1, 2),
        ([(0, 2), (0, 3), (3, 6)], 1, 1),
    ],
    ids=["a gap", "gaps", "an overlap", "all and a part"],
)
def test_slices_that_do_not_fill_all_are_added(bounds, joins, parts):
    function = product(bounds, (0, 1, 2))
    steps = steps_of_gradient(function)
    assert steps.count("join") == joins and steps.count("put_back") == parts
    np.testing.assert_allclose(function.grad({x: X}, [x]), expected(bounds), rtol=1e-6)


def test_slices_along_other_axes_stay_apart():
    function = C.reduce_sum(C.slice(x, 0, 0, 1)) + C.reduce_sum(C.slice(x, 1, 1, 6))
    wanted = np.zeros_like(X)
    wanted[:, :1] += 1
    wanted[:, :, 1:] += 1
    assert steps_of_gradient(function).count("put_back") == 2
    np.testing.assert_array_equal(function.grad({x: X}, [x]), wanted)


def test_slices_of_a_free_axis_are_added():
    free = C.input_variable(C.FreeDimension, needs_gradient=True)
    function = C.reduce_sum(C.slice(free, 0, 0, 1)) + 2 * C.reduce_sum(C.slice(free, 0, 1, 3))
    found = function.grad({free: np.ones((1, 4), "f")}, [free])
    np.testing.assert_array_equal(found, [[1, 2, 2, 0]])
