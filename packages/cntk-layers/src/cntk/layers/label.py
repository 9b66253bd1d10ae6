"""Names for what is between layers."""

from __future__ import annotations

from cntk import ops
from cntk.graph.function import Function


def Label(name: str):
    """Return a layer that gives its input a name by which ``find_by_name`` finds it.

    Args:
        name: the name.

    >>> f = C.layers.Label('here')(C.input_variable(2)) * 2
    >>> f.here.name
    'here'
    """

    @Function
    def label(x):
        return ops.alias(x, name=name)

    return label
