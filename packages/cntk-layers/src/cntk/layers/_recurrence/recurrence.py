"""Layers that apply a step along a sequence, feeding its result back as the next state."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from cntk import ops
from cntk.default_options import default_override_or, get_default_override
from cntk.errors import NestedParameterError, OutsideVariableError
from cntk.graph.build import as_function, combine
from cntk.graph.function import Function
from cntk.graph.trace import in_order
from cntk.layers._recurrence.initial_state import initial_state_operands
from cntk.ops import sequence

_NAMES_OF_STATES = "hcabdefgij"  # as CNTK 2.7 names the arguments of RecurrenceFrom


def Recurrence(
    step_function,
    go_backwards: bool = default_override_or(False),
    initial_state=default_override_or(0),
    return_full_state: bool = False,
    name: str = "",
) -> Callable:
    """Return a layer that applies a step along a sequence, feeding its state back.

    It is a Function of the sequence. Only if an initial state depends on inputs, which are no
    arguments of the layer, it is a Python function.

    Args:
        step_function: a Function or Python function (state, ..., x) -> (state, ...) with up to 10
            states, such as a cell of :func:`LSTM`. A Python function may use parameters and layers
            made before, but no other variables.
        go_backwards: from the last frame to the first.
        initial_state: the state before the first frame: a number, array, constant or parameter that
            broadcasts with the state, or a variable with a batch axis; a tuple has one for each
            state.
        return_full_state: return the sequences of all states; else that of the first one.
        name: name of the result.

    Raises:
        TypeError: the step is no function, returns another number of states than it takes, uses
            variables from outside, or makes parameters; or there are too few or too many initial
            states.
        ValueError: the step has more than 10 states.

    >>> x = C.sequence.input_variable(1)
    >>> C.layers.Recurrence(C.plus)(x).eval([np.array([[1], [2], [3]], 'f')])[0].ravel()
    array([1., 3., 6.], dtype=float32)
    """
    go_backwards = get_default_override(Recurrence, go_backwards=go_backwards)
    initial_state = get_default_override(Recurrence, initial_state=initial_state)
    step = _as_step(step_function, "Recurrence")
    states = initial_state_operands(initial_state, _number_of_states(step), "Recurrence")
    from_states = RecurrenceFrom(step, go_backwards, return_full_state)

    def recurrence(x):
        return _named(from_states(*states, x), name)

    return recurrence if any(_depends_on_inputs(s) for s in states) else Function(recurrence)


def RecurrenceFrom(
    step_function,
    go_backwards: bool = default_override_or(False),
    return_full_state: bool = False,
    name: str = "",
) -> Function:
    """Return a layer (initial states..., x) that applies a step along a sequence ``x``.

    Args:
        step_function: as of :func:`Recurrence`.
        go_backwards: from the last frame to the first.
        return_full_state: return the sequences of all states; else that of the first one.
        name: name of the result.

    Raises:
        TypeError: as of :func:`Recurrence`.
        ValueError: the step has more than 10 states.

    >>> x, start = C.sequence.input_variable(1), C.input_variable(1)
    >>> f = C.layers.RecurrenceFrom(C.plus)(start, x)
    >>> f.eval({x: [np.array([[1], [2]], 'f')], start: np.array([[10]], 'f')})[0].ravel()
    array([11., 13.], dtype=float32)
    """
    go_backwards = get_default_override(RecurrenceFrom, go_backwards=go_backwards)
    step = _as_step(step_function, "RecurrenceFrom")
    count = _number_of_states(step)
    delay = sequence.future_value if go_backwards else sequence.past_value
    starts = [ops.placeholder(name=name) for name in _NAMES_OF_STATES[:count]]
    x = ops.placeholder(name="x")
    later = [ops.placeholder(name=f"next_{start.name}") for start in starts]
    states = as_function(step(*map(delay, later, starts), x))
    states.replace_placeholders(dict(zip(later, states.outputs)))
    result = states if return_full_state else combine([states.outputs[0]])
    return in_order(_named(result, name), [*starts, x])


def Fold(
    folder_function,
    go_backwards: bool = default_override_or(False),
    initial_state=default_override_or(0),
    return_full_state: bool = False,
    name: str = "",
) -> Callable:
    """Return a layer that gives the final state of a recurrence.

    Args:
        folder_function: as the step of :func:`Recurrence`.
        go_backwards: from the last frame to the first; the final state is then at the first.
        initial_state: as of :func:`Recurrence`.
        return_full_state: return all states; else the first one.
        name: name of the result.

    Raises:
        TypeError: as of :func:`Recurrence`.
        ValueError: the step has more than 10 states.

    >>> x = C.sequence.input_variable(1)
    >>> C.layers.Fold(C.plus)(x).eval([np.array([[1], [2], [3]], 'f')])
    array([[6.]], dtype=float32)
    """
    go_backwards = get_default_override(Fold, go_backwards=go_backwards)
    initial_state = get_default_override(Fold, initial_state=initial_state)
    recurrence = Recurrence(folder_function, go_backwards, initial_state, return_full_state)
    edge = sequence.first if go_backwards else sequence.last

    def fold(x):
        return _named(combine([edge(state) for state in recurrence(x).outputs]), name)

    return Function(fold) if isinstance(recurrence, Function) else fold


def _as_step(function, layer: str) -> Function:
    """Return a step as a Function (states..., x) -> states that has been checked.

    Raises:
        TypeError: it is no step.
        ValueError: it has too many states.
    """
    if not callable(function):
        raise TypeError(f"{layer}: the step must be a Function or a Python function: {function!r}")
    step = function if isinstance(function, Function) else _traced(function, layer)
    if len(step.outputs) != _number_of_states(step):
        raise TypeError(
            f"{layer}: number of state variables inconsistent: the step function takes "
            f"{_number_of_states(step)} and returns {len(step.outputs)}; "
            "it must be (state, ..., x) -> (state, ...)"
        )
    if len(step.outputs) > len(_NAMES_OF_STATES):
        raise ValueError(
            f"{layer}() supports recurrence with up to {len(_NAMES_OF_STATES)} state variables, "
            f"not {len(step.outputs)}; C.splice joins several into one"
        )
    return step


def _traced(function: Callable, layer: str) -> Function:
    try:
        return Function(function)
    except OutsideVariableError as error:
        raise TypeError(
            f"{layer} Python step function makes use of additional CNTK variables or placeholders "
            f"beside its arguments {list(inspect.signature(function).parameters)}: {error}; "
            "parameters may be used, other variables have to come in with x, by C.splice"
        ) from None
    except NestedParameterError:
        raise TypeError(
            f"Parameter cannot be created inside {layer} Python step function. "
            "Make parameters and layers before it, and use them in it"
        ) from None


def _number_of_states(step: Function) -> int:
    return len(step.signature) - 1


def _depends_on_inputs(state) -> bool:
    return bool(as_function(state).arguments)


def _named(result: Function, name: str) -> Function:
    """Return a result with a name, if there is one."""
    if not name:
        return result
    outputs = result.outputs
    return ops.alias(outputs[0], name) if len(outputs) == 1 else combine(outputs, name)
