"""The layer that generates a sequence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk import ops
from cntk.graph.build import as_function, combine
from cntk.graph.function import Function
from cntk.layers._recurrence.recurrence import Recurrence
from cntk.ops import sequence


def UnfoldFrom(
    generator_function,
    until_predicate: Callable | None = None,
    length_increase: float = 1,
    name: str = "",
) -> Function:
    """Return a layer (initial_state, dynamic_axes_like) that generates a sequence.

    Args:
        generator_function: a Function or Python function (state) -> output, which is the next state
            too, or (state) -> (output, next state).
        until_predicate: (output) -> nonzero at the frame that ends the sequence, which is the last
            one of the result; default: the length alone ends it.
        length_increase: length of the result as a multiple of that of ``dynamic_axes_like``, in
            frames per frame.
        name: name of the result.

    Raises:
        TypeError: the generator takes or returns something else, or uses variables from outside.

    >>> like, start = C.sequence.input_variable(1), C.input_variable(1)
    >>> f = C.layers.UnfoldFrom(lambda h: h + 1)(start, like)
    >>> f.eval({start: np.array([[0]], 'f'), like: [np.zeros((3, 1), 'f')]})[0].ravel()
    array([1., 2., 3.], dtype=float32)
    """
    generator = _as_generator(generator_function)

    @Function
    def unfold(initial_state, dynamic_axes_like):
        frames = dynamic_axes_like
        if length_increase != 1:
            frames = sequence.where(
                sequence.broadcast_as(np.float32(length_increase), dynamic_axes_like)
            )
        later = ops.placeholder(name="unfold_state")
        state = sequence.past_value(
            ops.reconcile_dynamic_axes(later, frames), initial_state, name="unfold_prev_state"
        )
        generated = as_function(generator(state))
        generated.replace_placeholders({later: generated.outputs[-1]})
        output = combine([generated.outputs[0]], "" if name else "unfold_output")
        if until_predicate is not None:
            valid = _until_it_ended(until_predicate(output))
            output = sequence.gather(output, valid, name="valid_output")
        return ops.alias(output, name) if name else output

    return unfold


def _as_generator(function) -> Function:
    """Return a generator as a Function state -> output or (output, next state).

    Raises:
        TypeError: it is no generator.
    """
    if not callable(function):
        raise TypeError(f"UnfoldFrom: the generator must be a function, not {function!r}")
    generator = function if isinstance(function, Function) else Function(function)
    if len(generator.signature) != 1 or len(generator.outputs) > 2:
        raise TypeError(
            "UnfoldFrom: generator_function should take 1 positional argument (state) and return a "
            f"single output or a tuple (output, new state); it takes {len(generator.signature)} "
            f"and returns {len(generator.outputs)}"
        )
    return generator


def _until_it_ended(ended):
    """Return 1 for each frame up to the first one that ends the sequence, with it; then 0."""
    still_valid = Recurrence(
        lambda valid, ended: (1 - sequence.past_value(ended)) * valid,
        go_backwards=False,
        initial_state=1,
        name="valid_frames",
    )
    return still_valid(ended)
