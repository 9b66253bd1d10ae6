"""How operators use a convolution: which of their symbols are its source, target and weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from cntk.ops._convolution.convolve import options_of
from cntk.ops._convolution.convolve_transposed import asked_shape
from cntk.ops._convolution.geometry import ConvolutionGeometry, convolution_geometry
from cntk.ops._convolution.transposed import transposed_geometry
from cntk.shape import is_static

_RESULT = 2  # the position of the result after the two operands that are read


class Role(NamedTuple):
    """How an operator uses a convolution.

    ``kind``: what it computes; ``source``, ``target``, ``weights``: which of the two operands it
    reads, or the result, each is; ``geometry``: function of a step.
    """

    kind: str
    source: int
    target: int
    weights: int
    geometry: Callable[[Any], ConvolutionGeometry]

    def symbols(self, step) -> tuple[Any, Any, Any]:
        """Return the source, the target and the weights of a step."""
        known = [*step.operands[:2], step.outputs[0]]
        return known[self.source], known[self.target], known[self.weights]


def _plain_geometry(step) -> ConvolutionGeometry:
    weights, source = step.operands
    return convolution_geometry(source.shape, weights.shape, *options_of(step.attributes))


def _data_geometry(step) -> ConvolutionGeometry:
    source, weights = step.operands[2], step.operands[1]
    return convolution_geometry(source.shape, weights.shape, *step.attributes["options"])


def _map_geometry(step) -> ConvolutionGeometry:
    source, weights = step.operands[1], step.operands[2]
    return convolution_geometry(source.shape, weights.shape, *step.attributes["options"])


def _transposed_geometry(step) -> ConvolutionGeometry:
    weights, operand = step.operands
    asked = asked_shape(step.attributes["output_shape"])
    options = options_of(step.attributes)
    return transposed_geometry(operand.shape, weights.shape, *options, asked)


ROLES = {
    "convolve": Role("forward", 1, _RESULT, 0, _plain_geometry),
    "convolve_data_gradient": Role("data_gradient", _RESULT, 0, 1, _data_geometry),
    "convolve_map_gradient": Role("weights_gradient", 1, 0, _RESULT, _map_geometry),
    "convolve_transposed": Role("data_gradient", _RESULT, 1, 0, _transposed_geometry),
}


def fitting_role(step) -> Role | None:
    """Return the role of a convolution that kernels in float32 can serve; None for others."""
    symbols = [*step.operands, *step.outputs]
    if any(x.is_sparse or x._dtype.name != "float32" or not is_static(x.shape) for x in symbols):
        return None
    role = ROLES[step.operator.name]
    return None if role.symbols(step)[2].has_rows else role


def orders(step) -> tuple:
    """Return source and target; each may have its own order in memory."""
    role = ROLES[step.operator.name]
    geometry = role.geometry(step)
    source, target, _ = role.symbols(step)
    # where the window slides along the channels, they are one more spatial axis
    return ((source,), (target,)) if len(geometry.axes) == len(source.shape) - 1 else ()
