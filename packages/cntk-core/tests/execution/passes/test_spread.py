from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.lower import Lowering
from cntk.execution.symbols import PlanGraph

x = C.input_variable(3, needs_gradient=True)
s = C.sequence.input_variable(3)
w = C.parameter((3, 2), init=1)
repeated = C.sequence.broadcast_as(x, s)


def axes_of(function, operator, training=False) -> int:
    """Return the number of dynamic axes that an operator of a plan is applied on."""
    graph = PlanGraph(training)
    Lowering(graph).lower(function.outputs)
    (found,) = {len(step.operands[0].dynamic_axes) for step in graph.steps
                if step.operator.name == operator}  # fmt: skip
    return found


@pytest.mark.parametrize(
    "function, operator",
    [
        (C.tanh(repeated), "tanh"),
        (C.times(repeated, w), "contract"),
        (C.reduce_sum(repeated, axis=0), "sum_over"),
        (repeated * 2 + repeated, "plus"),
        (C.tanh(C.times(repeated, w)), "tanh"),
    ],
    ids=["elementwise", "product", "reduction", "two repeated", "one after the other"],
)
def test_what_goes_by_row_is_computed_per_sequence(function, operator):
    assert axes_of(function, operator) == 1


@pytest.mark.parametrize(
    "function, operator",
    [
        (repeated + s, "plus"),
        (C.dropout(repeated, 0.5), "masked"),
        (C.reduce_sum(repeated, axis=C.Axis.all_axes()), "sum_over"),
    ],
    ids=["with frames", "random", "over all rows"],
)
def test_what_depends_on_frames_is_not(function, operator):
    assert axes_of(function, operator, training=True) == 2


def test_values_and_gradients():
    data = {x: np.array([[1, 2, 3], [0, -1, 1]], "f"), s: [np.ones((n, 3), "f") for n in (2, 3)]}
    f = C.tanh(C.times(repeated, w)) * 2
    row = 2 * np.tanh(data[x].sum(1))
    for part, value, count in zip(f.eval(data), row, (2, 3)):
        np.testing.assert_allclose(part, np.full((count, 2), value), rtol=1e-6)
    slope = np.array([2, 3])[:, None] * 2 * 2 * (1 - np.tanh(data[x].sum(1, keepdims=True)) ** 2)
    expected = np.repeat(slope, 3, 1)
    np.testing.assert_allclose(f.grad(data, [x]), expected, rtol=1e-4, atol=1e-6)
