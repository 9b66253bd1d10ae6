"""What stands in for the frames before the first one of a sequence."""

from __future__ import annotations

import numpy as np

from cntk.graph.build import as_variables
from cntk.graph.function import Function
from cntk.tensor import NDArrayView
from cntk.variables import Variable


def initial_state_operand(state):
    """Return an initial state as an operand of ``C.sequence.past_value``.

    Args:
        state: a variable, a single-output Function, an array, or a number: as in CNTK 2.7 a vector
            of one element. None is the scalar zero.
    """
    if isinstance(state, (Variable, Function, NDArrayView)):
        return state
    value = 0 if state is None else state if np.ndim(state) else [state]
    (constant,) = as_variables([value])  # of the element type that it meets
    return constant


def initial_state_operands(given, count: int, layer: str) -> list:
    """Return an operand for each of several states.

    Args:
        given: an initial state, the same for all; or a tuple or list of one for each.
        count: number of states.
        layer: who asks, for the error.

    Raises:
        TypeError: a tuple has another number of elements.
    """
    states = list(given) if isinstance(given, (tuple, list)) else [given]
    if len(states) not in (1, count):
        raise TypeError(
            f"{layer}: initial_state has {len(states)} elements, but the step function has {count} "
            "state(s); give one for each, or a single one for all"
        )
    operands = [initial_state_operand(state) for state in states]
    return operands if len(operands) == count else operands * count
