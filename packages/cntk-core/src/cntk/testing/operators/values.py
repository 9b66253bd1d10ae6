"""The value: the engine against the reference, in each element type."""

from __future__ import annotations

import numpy as np

from cntk.errors import DTypeError
from cntk.operators.declare import Operator
from cntk.testing.calls import Call
from cntk.testing.derivatives import Graph
from cntk.testing.mismatch import Mismatch, assert_close, tolerance

_MAY_BE_REFUSED = np.float16


def check_value(operator: Operator, number: int, dtype) -> None:
    """Compare what ``eval`` gives with the references in float64, run step by step.

    Values are rounded to the type first, so that both start from the same numbers. An operator may
    refuse float16 where the graph is built.

    Raises:
        Mismatch: they differ by more than the rounding of the type explains.
    """
    call = Call(operator, number, dtype)
    try:
        function = call.function
    except DTypeError:
        if dtype is _MAY_BE_REFUSED:
            return
        raise
    found = call.results()
    exact = Graph(Call(operator, number, np.float64, rounded_to=dtype), training=False)
    is_random = any(step.operator.is_random for step in exact.plan_graph.steps)
    if is_random or call.sample.kink:  # other types draw other numbers, and have other limits
        exact = Graph(Call(operator, number, dtype), training=False)
    expected = exact.results()
    for output, ours, theirs in zip(function.outputs, found, expected):
        if ours.dtype != output.dtype:
            raise Mismatch(
                f"eval gives {ours.dtype}, the output is declared as {np.dtype(output.dtype)}",
                *call.describe(),
            )
        name = f"the value in {np.dtype(dtype)}"
        assert_close(ours, theirs, tolerance(ours.dtype), name, *call.describe())
