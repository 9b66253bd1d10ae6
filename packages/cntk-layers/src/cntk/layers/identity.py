"""The layer that does nothing, and activations that may be none."""

from __future__ import annotations

from cntk import ops
from cntk.graph.function import Function


@Function
def identity(keep):
    """Return the argument itself."""
    return ops.combine([keep])


def is_identity(activation) -> bool:
    """Whether an activation is none at all."""
    return activation is None or activation is identity


def activated(activation, value):
    """Return the value with an activation applied."""
    return value if is_identity(activation) else activation(value)
