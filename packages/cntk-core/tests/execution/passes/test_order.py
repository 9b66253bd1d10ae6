"""The order in which a plan's steps run."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.lower import Lowering
from cntk.execution.plan import Plan
from cntk.execution.symbols import PlanGraph

pytestmark = pytest.mark.usefixtures("numpy_kernels")


def names(function: C.Function) -> list[str]:
    """Return the names of the operators of a plan that computes a Function, in order."""
    graph = PlanGraph(training=False)
    plan = Plan(graph, Lowering(graph).lower([function.output]))
    return [step.operator.name for step in plan.steps]


def test_what_is_computed_from_leaves_waits_for_its_reader():
    x, w = C.input_variable(2), C.parameter((2,), init=1)
    early = C.exp(w)
    late = C.tanh(C.sigmoid(x))
    assert names(C.plus(late, early)) == ["sigmoid", "tanh", "exp", "plus"]
    assert names(C.plus(early, late)) == ["sigmoid", "tanh", "exp", "plus"]


def test_it_runs_before_the_first_of_several_readers():
    x, w = C.input_variable(2), C.parameter((2,), init=1)
    early = C.exp(w)
    once = C.element_times(C.sigmoid(x), early)
    found = C.minus(C.tanh(once), early)
    assert names(found) == ["sigmoid", "exp", "element_times", "tanh", "minus"]
    value = found.eval({x: np.zeros((1, 2), "f")})
    np.testing.assert_allclose(value, np.tanh(0.5 * np.e) - np.full((1, 2), np.e), 1e-6)


def test_a_draw_stays_where_it_is():
    x = C.input_variable(2)
    drawn = C.random.uniform((2,), seed=1)
    assert names(C.plus(drawn, C.sigmoid(x)))[0] == "random_distribution"
