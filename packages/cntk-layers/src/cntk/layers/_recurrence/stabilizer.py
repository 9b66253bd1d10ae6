"""A layer that learns the scale of its input."""

from __future__ import annotations

import math

from cntk import ops
from cntk.default_options import default_override_or, get_default_override
from cntk.graph.trace import block_function
from cntk.layers.identity import identity
from cntk.variables import Parameter


def Stabilizer(
    steepness: float = 4,
    enable_self_stabilization: bool = default_override_or(True),
    name: str = "",
):
    """Return a layer that scales its input by one learned number.

    Args:
        steepness: sharpness of the softplus that keeps the number positive.
        enable_self_stabilization: False returns :func:`identity`.
        name: name of the layer.

    Reference:
        Ghahremani, Droppo, "Self-stabilized deep neural network", ICASSP 2016.

    >>> x = C.input_variable(2)
    >>> C.layers.Stabilizer()(x).eval([[1, 2]]).round(4)
    array([[1., 2.]], dtype=float32)
    """
    enabled = get_default_override(Stabilizer, enable_self_stabilization=enable_self_stabilization)
    if not enabled:
        return identity
    start = math.log(math.exp(steepness) - 1) / steepness  # softplus of it is 1
    alpha = Parameter((), init=start, name="alpha")

    @block_function("Stabilizer", name)
    def stabilize(x):
        return ops.softplus(alpha, steepness=steepness) * x

    return stabilize
