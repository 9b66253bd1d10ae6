"""The layer that does nothing, and activations that may be none."""

from __future__ import annotations

from cntk import ops
from cntk.errors import describe
from cntk.graph.function import Function


@Function
def identity(keep):
    """Return the argument itself."""
    return ops.combine([keep])


def is_identity(activation) -> bool:
    """Whether an activation is none at all."""
    return activation is None or activation is identity


def activated(activation, value):
    """Return the value with an activation applied.

    Raises:
        TypeError: the activation cannot be called.
    """
    if is_identity(activation):
        return value
    if not callable(activation):
        what = f"an activation is a function of one argument, or None, not {activation!r}"
        hint = f"C.{activation}" if isinstance(activation, str) else "C.relu"
        raise TypeError(describe(what, hint=hint))
    return activation(value)
