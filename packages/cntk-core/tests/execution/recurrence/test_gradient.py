"""Gradients of what a recurrence reads per sequence, where that is far larger than its states."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.autodiff import gradients
from cntk.debugging import explain
from cntk.execution.lower import Lowering
from cntk.execution.plan import Plan
from cntk.execution.program import Program
from cntk.execution.session import gradient_symbols, ones_like
from cntk.execution.symbols import PlanGraph
from cntk.operators.declare import registry

LENGTHS = (2, 4, 1)
RANDOM = np.random.default_rng(1)
DATA = [RANDOM.standard_normal((n, 2)) for n in LENGTHS]
MEMORY = RANDOM.standard_normal((3, 5, 2))


@pytest.fixture(params=["static", "free"])
def network(request):
    """Return (frames, memory, weights, states): states read a memory that each sequence has."""
    s = C.sequence.input_variable(2, np.float64, True)
    rows = 5 if request.param == "static" else C.FreeDimension
    m = C.input_variable((rows, 2), np.float64, needs_gradient=True)
    w = C.parameter((2, 2), init=C.glorot_uniform(seed=1), dtype=np.float64)
    p = C.placeholder(2)
    state = C.times(C.sequence.past_value(p), w)
    memory = C.sequence.broadcast_as(m, s)
    weights = C.softmax(C.reduce_sum(memory * state, axis=1), axis=0)
    h = C.tanh(C.reshape(C.reduce_sum(memory * weights, axis=0), 2) + s)
    return s, m, w, h.replace_placeholders({p: h.output})


def first(network, w_value, memory):
    """Return the gradient of the sum of squared states with respect to the memory."""
    s, m, w, h = network
    w.value = w_value
    return C.reduce_sum(C.square(h)).grad({s: DATA, m: memory}, [m])


def test_they_are_those_of_finite_differences(network):
    s, m, w, h = network
    loss = C.reduce_sum(C.square(h))
    step = RANDOM.standard_normal(MEMORY.shape) * 1e-6
    total = lambda memory: sum(part.sum() for part in loss.eval({s: DATA, m: memory}))
    slope = (total(MEMORY + step) - total(MEMORY - step)) / 2
    np.testing.assert_allclose((first(network, w.value, MEMORY) * step).sum(), slope, rtol=1e-5)


def test_they_are_summed_in_the_loop(network):
    s, m, w, h = network
    graph = PlanGraph(training=True)
    lowering = Lowering(graph)
    (top,) = lowering.lower([h.output])
    (found,) = gradient_symbols(graph, lowering, top, ones_like(top), [m])
    scans = [step.operator for step in graph.steps if step.operator.name == "scan"]
    assert [len(scan.summed) for scan in scans] == [0, 1]
    assert found.dynamic_axes == m.dynamic_axes
    assert "scan" in explain(h)


def test_second_derivatives_go_through_the_sum(network):
    """d/dw of the sum of squares of the gradient, against differences of that gradient."""
    s, m, w, h = network
    graph = PlanGraph(training=True)
    lowering = Lowering(graph)
    (top,) = lowering.lower([C.reduce_sum(C.square(h)).output])
    (slope,) = gradient_symbols(graph, lowering, top, ones_like(top), [m])
    square = registry["element_times"](slope, slope)
    (second,) = gradients(graph, [(square, ones_like(square))], [lowering.symbol_of[w]])
    plan = Plan(graph, [second], graph.effects)
    run = Program(plan, plan.payloads).run({s: DATA, m: MEMORY})
    found, value = np.array(run.array(0)), w.value
    run.end()
    step = RANDOM.standard_normal(value.shape) * 1e-5
    total = lambda at: (first(network, at, MEMORY) ** 2).sum()
    expected = (total(value + step) - total(value - step)) / 2
    np.testing.assert_allclose((found * step).sum(), expected, rtol=1e-5)
