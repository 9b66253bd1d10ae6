"""Layers that look at other frames of a sequence."""

from __future__ import annotations

from operator import index

from cntk import ops
from cntk.default_options import default_override_or, get_default_override
from cntk.graph.function import Function
from cntk.graph.trace import block_function
from cntk.layers._recurrence.initial_state import initial_state_operand
from cntk.ops import sequence


def Delay(T: int = 1, initial_state=default_override_or(0), name: str = "") -> Function:
    """Return a layer that delays a sequence.

    Args:
        T: number of frames; negative looks ahead, 0 does nothing.
        initial_state: what stands in for frames beyond the sequence: a number, array, constant or
            parameter that broadcasts with a frame.
        name: name of the layer.

    Raises:
        TypeError: ``T`` is no int.
        ValueError: ``initial_state`` depends on inputs; ``C.sequence.past_value`` takes such ones.

    >>> x = C.sequence.input_variable(1)
    >>> C.layers.Delay()(x).eval([np.array([[1], [2], [3]], 'f')])[0].ravel()
    array([0., 1., 2.], dtype=float32)
    """
    initial_state = get_default_override(Delay, initial_state=initial_state)
    T = _whole("Delay", "T", T)

    @block_function("Delay", name)
    def delay(x):
        if T == 0:
            return x
        shifted = sequence.past_value if T > 0 else sequence.future_value
        return shifted(x, initial_state_operand(initial_state), abs(T))

    return delay


def PastValueWindow(
    window_size: int, axis, go_backwards: bool = default_override_or(False), name: str = ""
) -> Function:
    """Return a layer that gives the last frames of a sequence, the newest first.

    It is a function of a sequence that returns (frames, flags): a flag is 1 where the sequence is
    long enough for a frame. Neither has a sequence axis.

    Args:
        window_size: number of frames.
        axis: static axis along which the frames are joined; for a frame of shape ``(n,)``, -1 gives
            ``(window_size * n,)`` and -2 gives ``(window_size, n)``.
        go_backwards: give the first frames instead, the first one first.
        name: name of the layer.

    Raises:
        TypeError: ``window_size`` is no int.
        ValueError: the window is empty.

    >>> x = C.sequence.input_variable(1)
    >>> frames, valid = C.layers.PastValueWindow(2, axis=0)(x).outputs
    >>> C.combine([frames]).eval([np.array([[1], [2], [3]], 'f')])
    array([[3., 2.]], dtype=float32)
    """
    go_backwards = get_default_override(PastValueWindow, go_backwards=go_backwards)
    window_size = _whole("PastValueWindow", "window_size", window_size)
    if window_size < 1:
        raise ValueError(f"PastValueWindow: window_size must be at least 1, not {window_size}")
    edge = sequence.first if go_backwards else sequence.last
    step = -1 if go_backwards else 1

    def joined(x, name):
        frames = [edge(Delay(step * t, initial_state=0)(x)) for t in range(window_size)]
        return ops.splice(*frames, axis=axis, name=name)

    @block_function("PastValueWindow", name)
    def window(x):
        ones = sequence.broadcast_as(1, x)
        return joined(x, "value"), joined(ones, "valid")

    return window


def _whole(layer: str, option: str, frames) -> int:
    """Return a number of frames as an int."""
    try:
        return index(frames)
    except TypeError:
        raise TypeError(f"{layer}: {option} is a number of frames, not {frames!r}") from None
