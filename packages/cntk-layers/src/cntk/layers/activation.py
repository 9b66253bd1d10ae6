"""Activations as layers."""

from __future__ import annotations

from cntk.default_options import default_override_or, get_default_override
from cntk.graph.trace import block_function
from cntk.layers.identity import activated, identity


def Activation(activation=default_override_or(identity), name: str = ""):
    """Return a layer that applies an activation.

    Args:
        activation: the function.
        name: name of the layer.

    >>> C.layers.Activation(C.relu)(C.input_variable(2)).eval([[-1, 2]])
    array([[0., 2.]], dtype=float32)
    """
    activation = get_default_override(Activation, activation=activation)

    @block_function("Activation", name)
    def activate(x):
        return activated(activation, x)

    return activate
