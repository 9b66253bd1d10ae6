"""Convolutions of operands without channels (``reduction_rank=0``): one channel is put in."""

from __future__ import annotations

from cntk.errors import ShapeError, describe
from cntk.graph.build import make_block
from cntk.graph.function import Function
from cntk.operators.declare import Operator
from cntk.ops._shape.reshape import reshape
from cntk.shape import is_unknown, shape_text
from cntk.variables import placeholder_variable


def without_channels(
    convolve: Operator, convolution_map, operand, options: dict, name: str, transposed: bool = False
) -> Function:
    """Return the convolution of an operand (*spatial) with a kernel ([filters,] *window).

    In the user's graph it is a block, as in CNTK 2.7, of which the operand is the only argument.

    Args:
        convolve: the convolution to apply.
        convolution_map, operand: variables, or symbols of a plan.
        options: arguments of ``convolve``.
        name: name of the result.
        transposed: channels come before filters.

    Raises:
        ShapeError: the kernel has neither the operand's rank nor one more.
    """

    def build(x):
        kernel, x = with_channel(convolution_map, x, transposed=transposed)
        return convolve(kernel, x, **options, name=name)

    if hasattr(operand, "emit"):
        return build(operand)
    inside = placeholder_variable(operand.shape, operand.dynamic_axes, operand.name, operand.dtype)
    op_name = "ConvolutionTranspose" if transposed else "Convolution"
    return make_block(build(inside), [(inside, operand)], op_name, name)


def with_channel(
    convolution_map, operand, num_other_axes: int = 0, transposed: bool = False
) -> tuple:
    """Return kernel and operand with an axis for one channel.

    Args:
        convolution_map: static shape ([filters,] *window).
        operand: static shape (*spatial).
        num_other_axes: axes that the window slides along and that are not static.
        transposed: channels come before filters.

    Raises:
        ShapeError: the kernel has neither the rank of the operand, these axes included, nor one
            more.
    """
    kernel, data = convolution_map.shape, operand.shape
    if is_unknown(kernel) or is_unknown(data):
        raise ShapeError("convolution: reduction_rank=0 needs operands whose ranks are known")
    num_filter_axes = len(kernel) - len(data) - num_other_axes
    if num_filter_axes not in (0, 1) or len(kernel) == num_filter_axes:
        raise ShapeError(
            describe(
                "convolutionMap: Invalid shape, convolutionMap must have the same rank as the "
                "input or greater by 1.",
                f"operand         {shape_text(data)}  (*spatial)",
                f"convolution_map {shape_text(kernel)}  (*window), or filters first",
            )
        )
    position = 0 if transposed else num_filter_axes
    return reshape(convolution_map, (1,), position, position), reshape(operand, (1,), 0, 0)
