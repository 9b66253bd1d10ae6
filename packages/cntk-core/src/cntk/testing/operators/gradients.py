"""Gradients, once and twice, against central differences of the references in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from cntk.errors import DTypeError
from cntk.execution.symbols import Leaf, Symbol
from cntk.operators.declare import Operator
from cntk.testing.calls import Call
from cntk.testing.derivatives import (
    Derivatives,
    Graph,
    central_difference,
    elementwise_differences,
)
from cntk.testing.mismatch import assert_close, tolerance

# Central differences of smooth functions near 1 are right to 1e-9; wrong terms are near 1.
_ALLOWED = 1e-6
_DIRECTIONS = 3


def is_differentiable(operator: Operator, number: int) -> bool:
    """Whether finite differences apply to a sample: its gradient is the derivative of its value."""
    call = Call(operator, number)
    if call.sample.kink or not (operator.is_composite or operator.has_gradient):
        return False
    graph = Graph(call, training=True)
    return not _has_surrogate(graph) and all(y._dtype == np.float64 for y in graph.outputs)


def is_surrogate(operator: Operator, number: int) -> bool:
    """Whether the gradient of an operator, or of one it is built from, is not the derivative."""
    return _has_surrogate(Graph(Call(operator, number), training=True))


def _has_surrogate(graph: Graph) -> bool:
    return any(step.operator.gradient_of != "value" for step in graph.plan_graph.steps)


def check_gradient(operator: Operator, number: int) -> None:
    """Compare the gradient at each operand with differences of the value.

    Raises:
        Mismatch: they differ, or the engine's value in training is not the reference's.
    """
    graph = Derivatives(Call(operator, number))
    _check_value(graph)
    _check(graph, graph.leaves, graph.first, graph.weighted_outputs, "the gradient")


def check_second_derivative(operator: Operator, number: int) -> None:
    """Compare the gradient of the gradient with differences of the gradient.

    Raises:
        Mismatch: they differ.
    """
    graph = Derivatives(Call(operator, number))
    found = graph.second()
    symbols = [*graph.leaves, *graph.weights]
    _check(graph, symbols, found, graph.weighted_gradients, "the second derivative")


def check_half_gradient(operator: Operator, number: int) -> None:
    """Compare the gradient at each operand in float16 with that in float64, of the same numbers.

    An operator may refuse float16 where the graph is built.

    Raises:
        Mismatch: they differ by more than the rounding of float16 explains.
    """
    call = Call(operator, number, np.float16)
    try:
        half = Derivatives(call)
    except DTypeError:
        return
    exact = Derivatives(Call(operator, number, np.float64, rounded_to=np.float16))
    for key in [("weight", i) for i in range(len(half.weights))]:
        exact.given[key] = half.given[key].astype(np.float64)
    pairs = [(x, y) for x, y in zip(half.first, exact.first) if x is not None and y is not None]
    found = half.planned([x for x, _ in pairs])
    expected = exact.interpreter().values([y for _, y in pairs])
    for ours, theirs in zip(found, expected):
        assert_close(
            ours, theirs, tolerance(np.float16), "the gradient in float16", *call.describe()
        )


def _check_value(graph: Graph) -> None:
    """Compare the value in training as the engine computes it with that of the references."""
    found = graph.planned(graph.outputs)
    for ours, theirs in zip(found, graph.interpreter().values(graph.outputs)):
        what, details = "the value in training", graph.call.describe()
        assert_close(ours, theirs, tolerance(np.float64), what, *details)


def _check(graph, leaves, found, number: Callable[[dict], float], what: str) -> None:
    arriving = [symbol for symbol in found if symbol is not None]
    computed = dict(zip(arriving, graph.planned(arriving) if arriving else ()))
    for i, (leaf, symbol) in enumerate(zip(leaves, found)):
        if graph.takes_none(leaf):
            continue
        key, at = _payload(leaf), graph.interpreter().value(leaf)
        gradient = computed.get(symbol, np.zeros(at.shape))
        title = f"{what} at {_name(leaf)}"
        _compare(gradient, at, lambda x, key=key: number({key: x}), title, graph, i)


def _payload(leaf: Symbol) -> Any:
    assert isinstance(leaf.source, Leaf)
    return leaf.source.payload


def _name(leaf: Symbol) -> str:
    payload = _payload(leaf)
    return f"{payload[0]} {payload[1]}" if isinstance(payload, tuple) else str(payload)


def _compare(gradient, at, number, title: str, graph, seed: int) -> None:
    """Compare along a few directions; where that fails, find the element that is wrong."""
    random = np.random.default_rng(seed)
    details = graph.call.describe()
    for _ in range(_DIRECTIONS):
        direction = random.standard_normal(at.shape)
        expected = central_difference(number, at, direction)
        scale = max(1.0, float(np.abs(gradient * direction).sum()))
        if not abs((gradient * direction).sum() - expected) <= _ALLOWED * scale:
            differences = elementwise_differences(number, at)
            assert_close(gradient, differences, _ALLOWED, title, *details)
            assert_close((gradient * direction).sum(), expected, _ALLOWED, title, *details)
