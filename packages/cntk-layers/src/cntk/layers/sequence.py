"""Layers over sequences: recurrences, folds, delays, windows."""

from __future__ import annotations

import inspect

import numpy as np

from cntk import ops
from cntk.graph.build import as_function, combine
from cntk.graph.function import Function
from cntk.graph.trace import block_function, in_order
from cntk.ops import sequence
from cntk.variables import Variable


def Delay(T: int = 1, initial_state=0, name: str = ""):
    """Return a layer that delays a sequence.

    Args:
        T: number of frames; negative looks ahead, 0 does nothing.
        initial_state: what stands in for frames beyond the sequence.
        name: name of the layer.

    >>> x = C.sequence.input_variable(())
    >>> C.layers.Delay()(x).eval([np.array([1, 2, 3], 'f')])
    [array([0., 1., 2.], dtype=float32)]
    """

    @block_function("Delay", name)
    def delay(x):
        if T > 0:
            return sequence.past_value(x, time_step=T, initial_state=initial_state)
        if T < 0:
            return sequence.future_value(x, time_step=-T, initial_state=initial_state)
        return x

    return delay


def PastValueWindow(window_size: int, axis, go_backwards: bool = False, name: str = ""):
    """Return a layer that gives the last frames of a sequence, the newest first.

    It is a function of a sequence that returns (frames, flags): a flag is 1 where the sequence is
    long enough for a frame. Neither has a sequence axis.

    Args:
        window_size: number of frames.
        axis: static axis along which the frames are joined.
        go_backwards: take the first frames instead, from the first on.
        name: name of the layer.

    >>> x = C.sequence.input_variable(1)
    >>> frames, valid = C.layers.PastValueWindow(2, axis=0)(x).outputs
    >>> C.combine([frames]).eval([np.array([[1], [2], [3]], 'f')])
    array([[3., 2.]], dtype=float32)
    """
    edge = sequence.first if go_backwards else sequence.last
    sign = -1 if go_backwards else 1

    def joined(x, initial_state):
        frames = [edge(Delay(sign * t, initial_state)(x)) for t in range(window_size)]
        return ops.splice(*frames, axis=axis)

    @block_function("PastValueWindow", name)
    def window(x):
        ones = sequence.broadcast_as(1, x)
        value, valid = joined(x, 0), joined(ones, 0)
        return ops.alias(value, "value"), ops.alias(valid, "valid")

    return window


def _as_step(step_function, what: str) -> Function:
    """Return a step as a Function of (states..., input)."""
    if isinstance(step_function, Function):
        return step_function
    if not callable(step_function):
        raise TypeError(f"{what}: the step must be a Function or a Python function")
    try:
        return Function(step_function)
    except TypeError as error:
        if "missing arguments" in str(error):
            raise TypeError(
                f"{what} Python step function makes use of additional CNTK variables or "
                f"placeholders; pass them as states, or through the input: {error}"
            ) from None
        if "parameters cannot be created" in str(error):
            raise TypeError(
                f"Parameter cannot be created inside {what} Python step function."
            ) from None
        raise


def _check_states(step: Function, count: int, what: str) -> None:
    if len(step.outputs) != count:
        raise TypeError(
            f"{what}: the step function takes {count} states and returns {len(step.outputs)}"
        )


def _closed(step: Function, x, initial_states, go_backwards: bool) -> Function:
    """Return the step's outputs with the states fed back through a delay."""
    delay = sequence.future_value if go_backwards else sequence.past_value
    later = [ops.placeholder(name=f"state{i}") for i in range(len(initial_states))]
    before = [delay(state, initial) for state, initial in zip(later, initial_states)]
    result = as_function(step(*before, x))
    loop = dict(zip(later, result.outputs))
    result.replace_placeholders(loop)
    return result


def _chosen(result: Function, return_full_state: bool) -> Function:
    """Return all states, or the first one."""
    return result if return_full_state else combine([result.outputs[0]])


def _initial_states(given, count: int, what: str) -> list:
    states = list(given) if isinstance(given, (tuple, list)) else [given] * count
    if len(states) != count:
        raise TypeError(f"{what}: {count} initial states are needed, {len(states)} were given")
    return states


def _named(layer, name: str) -> Function:
    """Return a layer whose results have a name."""
    if not name:
        return layer
    inner = layer

    def named(function: Function) -> Function:
        outputs = function.outputs
        if len(outputs) == 1:
            return ops.alias(function, name)
        return combine([ops.alias(output, name) for output in outputs])

    return _rewrapped(inner, named)


def _rewrapped(layer: Function, change) -> Function:
    return in_order(change(layer), list(layer.signature))


def Recurrence(
    step_function,
    go_backwards: bool = False,
    initial_state=0,
    return_full_state: bool = False,
    name: str = "",
):
    """Return a layer that applies a step along a sequence, feeding its state back.

    Args:
        step_function: a Function or Python function (state, ..., x) -> (state, ...), such as a cell
            of :func:`LSTM`.
        go_backwards: from the last frame to the first.
        initial_state: the state before the first frame: a number, array, constant or a variable per
            sequence; a tuple gives one for each state.
        return_full_state: return all states; else the first one.
        name: name of the result.

    Raises:
        TypeError: the step returns another number of states than it takes.

    >>> x = C.sequence.input_variable(())
    >>> C.layers.Recurrence(C.plus)(x).eval([np.array([1, 2, 3], 'f')])
    [array([1., 3., 6.], dtype=float32)]
    """
    step = _as_step(step_function, "Recurrence")
    count = len(step.signature) - 1
    _check_states(step, count, "Recurrence")
    states = _initial_states(initial_state, count, "Recurrence")
    x = ops.placeholder(name="x")
    result = _chosen(_closed(step, x, states, go_backwards), return_full_state)
    outside = [v for v in states if isinstance(v, Variable) and not v.is_constant]
    if outside:
        return _applied_later(step, states, go_backwards, return_full_state, name)
    return _named(in_order(result, [x]), name)


def _applied_later(step, states, go_backwards, return_full_state, name):
    """Return a Python function: initial states that are variables are no arguments of a layer."""

    def recurrence(x):
        result = _chosen(_closed(step, x, states, go_backwards), return_full_state)
        return ops.alias(result, name) if name and len(result.outputs) == 1 else result

    return recurrence


def RecurrenceFrom(
    step_function, go_backwards: bool = False, return_full_state: bool = False, name: str = ""
):
    """Return a layer (initial states..., x) that applies a step along a sequence.

    Args:
        step_function: as of :func:`Recurrence`.
        go_backwards: from the last frame to the first.
        return_full_state: return all states; else the first one.
        name: name of the result.

    >>> x, start = C.sequence.input_variable(()), C.input_variable(())
    >>> f = C.layers.RecurrenceFrom(C.plus)(start, x)
    >>> f.eval({x: [np.array([1, 2], 'f')], start: np.array([10], 'f')})
    [array([11., 13.], dtype=float32)]
    """
    step = _as_step(step_function, "RecurrenceFrom")
    count = len(step.signature) - 1
    _check_states(step, count, "RecurrenceFrom")
    starts = [ops.placeholder(name=f"initial_state{i + 1}" if count > 1 else "initial_state")
              for i in range(count)]  # fmt: skip
    x = ops.placeholder(name="x")
    result = _chosen(_closed(step, x, starts, go_backwards), return_full_state)
    return _named(in_order(result, [*starts, x]), name)


def Fold(
    folder_function,
    go_backwards: bool = False,
    initial_state=0,
    return_full_state: bool = False,
    name: str = "",
):
    """Return a layer that gives the final state of a recurrence.

    Args:
        folder_function: as the step of :func:`Recurrence`.
        go_backwards: from the last frame to the first; the final state is then at the first.
        initial_state: as of :func:`Recurrence`.
        return_full_state: return all states; else the first one.
        name: name of the result.

    >>> x = C.sequence.input_variable(())
    >>> C.layers.Fold(C.plus)(x).eval([np.array([1, 2, 3], 'f')])
    array([6.], dtype=float32)
    """
    recurrence = Recurrence(folder_function, go_backwards, initial_state, return_full_state)
    edge = sequence.first if go_backwards else sequence.last

    def final(function: Function) -> Function:
        outputs = [edge(output) for output in function.outputs]
        return outputs[0] if len(outputs) == 1 else combine(outputs)

    if not isinstance(recurrence, Function):

        def fold(x):
            result = final(recurrence(x))
            return ops.alias(result, name) if name and len(result.outputs) == 1 else result

        return fold
    return _named(_rewrapped(recurrence, final), name)


def UnfoldFrom(
    generator_function, until_predicate=None, length_increase: float = 1, name: str = ""
):
    """Return a layer (initial_state, dynamic_axes_like) that generates a sequence.

    Args:
        generator_function: (state) -> output, which is the next state too, or -> (output, state).
        until_predicate: (output) -> true for the last frame of the sequence.
        length_increase: length of the result as a multiple of that of ``dynamic_axes_like``.
        name: name of the result.

    >>> like, start = C.sequence.input_variable(()), C.input_variable(())
    >>> f = C.layers.UnfoldFrom(lambda h: h + 1)(start, like)
    >>> f.eval({start: np.array([0], 'f'), like: [np.zeros(3, 'f')]})
    [array([1., 2., 3.], dtype=float32)]
    """
    takes = len(inspect.signature(generator_function).parameters) if not isinstance(
        generator_function, Function) else len(generator_function.signature)  # fmt: skip
    if takes != 1:
        raise TypeError(f"UnfoldFrom: the generator takes one state, not {takes}")

    def unfold(initial_state, dynamic_axes_like):
        like = dynamic_axes_like
        if length_increase != 1:
            factors = sequence.broadcast_as(np.float32(length_increase), like)
            like = sequence.where(factors)
        later = ops.placeholder(name="unfold_state")
        spread = ops.reconcile_dynamic_axes(later, like)
        before = sequence.past_value(spread, initial_state, name="unfold_prev_state")
        generated = generator_function(before)
        if isinstance(generated, Function) and len(generated.outputs) > 1:
            generated = generated.outputs
        output, state = generated if isinstance(generated, tuple) else (generated, generated)
        both = combine([as_function(output).output, as_function(state).output])
        both.replace_placeholders({later: both.outputs[1]})
        output = combine([both.outputs[0]])
        if until_predicate is not None:
            output = sequence.gather(output, _valid_frames(until_predicate(output)),
                                     name="valid_output")  # fmt: skip
        return ops.alias(output, name=name or "unfold_output")

    return unfold


def _valid_frames(ended):
    """Return 1 for frames up to and including the first one that ends the sequence."""
    later = ops.placeholder(name="valid")
    before = sequence.past_value(later, 1)
    valid = (1 - sequence.past_value(ended, 0)) * before
    valid.replace_placeholders({later: valid.output})
    return ops.alias(valid, "valid_frames")
