"""Which steps run together, and that they compute what they computed apart."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.autodiff import gradients
from cntk.execution.lower import Lowering
from cntk.execution.plan import Plan
from cntk.execution.session import program_for
from cntk.execution.symbols import PlanGraph
from cntk.testing.backends import only

pytestmark = pytest.mark.usefixtures("chain_kernels")
X = np.random.default_rng(0).uniform(-1, 1, (3, 4)).astype(np.float32)


def plan_of(function, training=False):
    return program_for(function, list(function.outputs), training).plan


def names(function) -> list[str]:
    return [step.operator.name for step in plan_of(function).steps]


def formulas(function) -> list:
    return [s.operator.formula for s in plan_of(function).steps if s.operator.name == "chain"]


def same_without_chains(function, data) -> None:
    found = function.eval(data)
    with only("numpy"):
        expected = function.eval(data)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def test_an_elementwise_formula_is_one_step():
    x, w = C.input_variable(4), C.parameter(4, init=2)
    y = C.sigmoid(x * w) + C.exp(-x)
    assert names(y) == ["chain"]
    (formula,) = formulas(y)
    assert [c.operator.name for c in formula.computes].count("sigmoid") == 1
    assert len(formula.stores) == 1
    same_without_chains(y, {x: X})


def test_operands_are_read_as_they_broadcast():
    x, w = C.input_variable((2, 4)), C.parameter((2, 1), init=np.ones((2, 1), "f"))
    (formula,) = formulas(x * w + 3)
    assert sorted(form.kind for _, form in formula.loads) == ["dense", "periodic", "scalar"]


def test_a_literal_takes_no_memory():
    x = C.input_variable(4, needs_gradient=True)
    graph = PlanGraph(training=True)
    lowering = Lowering(graph)
    (y,) = lowering.lower([C.exp(x).output])
    wanted = gradients(graph, [(y, graph.literal(3, y._dtype))], [lowering.symbol_of[x]])
    plan = Plan(graph, wanted)
    loads = [load for s in plan.steps for load in s.operator.formula.loads]
    assert (None, 3.0) in loads


def test_equal_loads_are_made_once():
    x = C.input_variable(4)
    (formula,) = formulas(C.exp(x) + C.tanh(x) * x)
    assert len(formula.loads) == 1


def test_what_others_need_is_kept():
    x = C.input_variable(4)
    h = C.tanh(x)
    y = C.combine([h, C.exp(h)])
    (formula,) = formulas(y)
    assert len(formula.stores) == 2
    found = y.eval({x: X})
    np.testing.assert_allclose(found[h.output], np.tanh(X), rtol=1e-6)
    np.testing.assert_allclose(found[y.outputs[1]], np.exp(np.tanh(X)), rtol=1e-6)


def test_a_product_divides_chains():
    x, w = C.input_variable(4), C.parameter((4, 4), init=1)
    y = C.exp(C.times(C.tanh(x) * 2, w)) + 1
    assert names(y) == ["chain", "contract", "chain"]
    same_without_chains(y, {x: X})


def test_steps_with_other_numbers_of_elements_stay_apart():
    x = C.input_variable(4)
    y = C.reduce_sum(C.exp(x)) * 2 + C.tanh(x)
    assert [len(f.computes) for f in formulas(y)] == [1, 1, 2]
    same_without_chains(y, {x: X})


def test_slices_are_read_where_they_lie():
    x = C.input_variable(4)
    y = C.slice(x, 0, 0, 2) * C.slice(x, 0, 2, 4)
    assert names(y) == ["chain"]
    same_without_chains(y, {x: X})


def test_chains_read_a_bounded_number_of_values():
    x = C.input_variable(400)
    parts = [C.slice(x, 0, 2 * i, 2 * i + 2) for i in range(200)]
    y = parts[0] * parts[1]
    for i in range(2, 200, 2):
        y = y + parts[i] * parts[i + 1]
    assert all(len(f.loads) + len(f.computes) <= 64 for f in formulas(y))
    same_without_chains(y, {x: np.random.default_rng(1).random((2, 400), np.float32)})


def test_rows_that_a_step_makes_are_made_before_a_chain_runs_on_them():
    x = C.input_variable((2, 4), dynamic_axes=[], needs_gradient=True)
    w = C.constant(np.arange(4, dtype=np.float32))
    found = (C.to_batch(x) * w).grad({x: X[:2]}, [x])
    np.testing.assert_array_equal(found, np.tile(np.arange(4), (2, 1)))


def test_other_element_types_stay_apart():
    x = C.input_variable(4, dtype=np.float16)
    assert "chain" not in names(C.exp(x) + 1)


@pytest.mark.parametrize("rows", [1, 5])
def test_gradients_of_chains(rows):
    x, w = C.input_variable(4, needs_gradient=True), C.parameter(4, init=0.5)
    y = C.reduce_sum(C.tanh(x * w) * C.sigmoid(x) - C.exp(x) / 2)
    data = np.random.default_rng(rows).uniform(-1, 1, (rows, 4)).astype(np.float32)
    found = y.grad({x: data}, [x, w])
    with only("numpy"):
        expected = y.grad({x: data}, [x, w])
    for variable in (x, w):
        np.testing.assert_allclose(found[variable], expected[variable], rtol=1e-5, atol=1e-6)
