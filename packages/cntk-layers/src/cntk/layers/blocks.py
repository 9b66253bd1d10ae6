"""Building blocks: identity, forward declarations, stabilizers."""

from __future__ import annotations

import math

from cntk import ops
from cntk.default_options import default_override_or, get_default_override
from cntk.graph.function import Function
from cntk.graph.trace import block_function
from cntk.namespace import attribute_getter
from cntk.variables import Parameter

__getattr__ = attribute_getter(__name__)


class UntestedBranchError(NotImplementedError):
    """A combination of options that CNTK 2.7 does not have either."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Untested code branch: {name}")


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


def ForwardDeclaration(name: str = "forward_declaration"):
    """Return a placeholder whose ``resolve_to`` closes a loop.

    Args:
        name: name of the placeholder.

    >>> later = C.layers.ForwardDeclaration()
    >>> later.is_placeholder
    True
    """
    placeholder = ops.placeholder(name=name)

    def resolve_to(what) -> None:
        what.replace_placeholders({placeholder: what.output})

    placeholder.resolve_to = resolve_to  # type: ignore[attr-defined]
    return placeholder


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
