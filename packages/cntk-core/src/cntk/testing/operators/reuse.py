"""Running again: equal results, data that stay as they were, results that stay valid."""

from __future__ import annotations

import numpy as np

from cntk.operators.declare import Operator
from cntk.testing.calls import Call, as_arrays
from cntk.testing.derivatives import Graph
from cntk.testing.mismatch import Mismatch, assert_close
from cntk.upward import module


def check_repetition(operator: Operator, number: int) -> None:
    """Run a network with the operator inside, with other data in between.

    Raises:
        Mismatch: a second run differs from the first, a run changes inputs or parameters, or the
            results of an earlier run.
    """
    call, other = Call(operator, number), Call(operator, number, rows=4, seed=100)
    before = [given.array.copy() for given in call.operands]
    alone = call.results()
    _assert_unchanged(call, before)
    whole = _between_others(call)
    first = as_arrays(whole, whole.eval(call.feed()))
    kept = [result.copy() for result in first]
    variables = {given.variable.name: given.variable for given in call.operands}
    whole.eval({variables[variable.name]: data for variable, data in other.feed().items()})
    again = as_arrays(whole, whole.eval(call.feed()))
    _assert_unchanged(call, before)
    details = call.describe()
    for result, copy, repeated, expected in zip(first, kept, again, alone):
        assert_close(result, copy, 0, "a result after a later run", *details)
        if not (is_random(operator, number) or operator.updates):
            assert_close(repeated, copy, 0, "the result of a second run", *details)
            assert_close(result, expected, 0, "the result between other operators", *details)


def _between_others(call: Call):
    """Return the operator between negations, which may write over what it reads and gives."""
    ops = module("cntk.ops")
    inside = call.function_of(lambda variable: ops.negate(ops.negate(variable)))
    return ops.combine([y if y.is_sparse else ops.negate(ops.negate(y)) for y in inside.outputs])


def _assert_unchanged(call: Call, before: list[np.ndarray]) -> None:
    """Check that fed data and parameters are what they were."""
    for given, old in zip(call.operands, before):
        stored = getattr(given.variable, "value", None)  # of a parameter or constant
        if stored is not None and call.operator.updates:
            continue
        if not np.array_equal(given.array if stored is None else stored, old):
            raise Mismatch(f"a run changes the data of {given.variable}", *call.describe())


def is_random(operator: Operator, number: int) -> bool:
    """Whether an operator, or one it is built from, draws random numbers."""
    steps = Graph(Call(operator, number), training=False).plan_graph.steps
    return any(step.operator.is_random for step in steps)
