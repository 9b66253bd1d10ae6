"""Shapes of transposed convolution: those of the convolution whose gradient it is.

An operand is (C, *spatial), a kernel (C, O / groups, *window) or, for one channel, (O, *window).
Nothing slides along the channel axis: the options' entries for it do not count.
"""

from __future__ import annotations

import functools

from cntk.errors import ShapeError, describe
from cntk.ops._convolution.arguments import extend
from cntk.ops._convolution.geometry import (
    ConvolutionGeometry,
    convolution_geometry,
    convolution_shape,
)
from cntk.shape import INFERRED, shape_text


def transposed_shape(
    operand: tuple[int, ...],
    kernel: tuple[int, ...],
    strides: tuple[int, ...] = (1,),
    auto_padding: tuple[bool, ...] = (True,),
    lower_pad: tuple[int, ...] = (0,),
    upper_pad: tuple[int, ...] = (0,),
    dilation: tuple[int, ...] = (1,),
    groups: int = 1,
    output_shape: tuple[int, ...] = (),
) -> tuple[int, ...]:
    """Return the static shape of a transposed convolution; sizes that are not known yet stay so.

    Without padding the result holds the whole scatter, ``(size - 1) * stride + extent`` cells; with
    ``auto_padding`` it has ``(size - 1) * stride + 1``.

    Args:
        operand, kernel: shapes as above.
        strides, auto_padding, lower_pad, upper_pad, dilation, groups: as for
            :func:`~cntk.ops._convolution.geometry.convolution_geometry`.
        output_shape: the result's shape (O, *spatial), where it is to be larger; empty for none.

    Raises:
        ShapeError: shapes and options do not fit each other.

    >>> transposed_shape((3, -3, 4), (3, 2, 3, 3), (2,), (False, False, True))
    (2, -3, 7)
    """
    kernel = whole_kernel(operand, kernel)
    options = neutral_for_channels(
        len(operand), strides, auto_padding, lower_pad, upper_pad, dilation, groups
    )
    result = tuple(output_shape) or (
        kernel[1] * groups,
        *map(_spread, operand[1:], kernel[2:], *(values[1:] for values in options[:-1])),
    )
    if result[0] != kernel[1] * groups and len(result) == len(operand):
        raise _unfit(
            operand,
            kernel,
            f"output_shape {shape_text(result)} has {result[0]} channels, "
            f"the kernel makes {kernel[1] * groups}",
        )
    back = convolution_shape(result, kernel, *options)
    if any(there > 0 and here > 0 and here != there for here, there in zip(operand, back)):
        raise ShapeError(
            describe(
                f"Convolution transpose: The shape '{shape_text(operand)}' of the convolution "
                f"transpose operand is different than the resulting shape '{shape_text(back)}' "
                f"from convolving the specified output shape '{shape_text(result)}' using the "
                "provided options."
            )
        )
    return result


@functools.lru_cache(maxsize=512)
def transposed_geometry(
    operand: tuple[int, ...],
    kernel: tuple[int, ...],
    strides: tuple[int, ...] = (1,),
    auto_padding: tuple[bool, ...] = (True,),
    lower_pad: tuple[int, ...] = (0,),
    upper_pad: tuple[int, ...] = (0,),
    dilation: tuple[int, ...] = (1,),
    groups: int = 1,
    output_shape: tuple[int, ...] = (),
) -> ConvolutionGeometry:
    """Return the convolution, of known sizes, from a result's shape to that of its operand.

    Its ``input_view`` is the static shape of the result.
    """
    options = (strides, auto_padding, lower_pad, upper_pad, dilation, groups)
    result = transposed_shape(operand, kernel, *options, output_shape)
    options = neutral_for_channels(len(operand), *options)
    return convolution_geometry(result, whole_kernel(operand, kernel), *options)


def neutral_for_channels(
    rank: int,
    strides: tuple[int, ...],
    auto_padding: tuple[bool, ...],
    lower_pad: tuple[int, ...],
    upper_pad: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> tuple:
    """Return the options with one entry per axis: stride 1, no padding for the channels."""
    return (
        (1, *extend("strides", strides, rank)[1:]),
        (False, *extend("auto_padding", auto_padding, rank)[1:]),
        (0, *extend("lower_pad", lower_pad, rank)[1:]),
        (0, *extend("upper_pad", upper_pad, rank)[1:]),
        (1, *extend("dilation", dilation, rank)[1:]),
        groups,
    )


def whole_kernel(operand: tuple[int, ...], kernel: tuple[int, ...]) -> tuple[int, ...]:
    """Return the kernel's shape with a channel axis, which one for a single channel may lack.

    Raises:
        ShapeError: its rank, channels or sizes do not fit the operand.
    """
    if len(kernel) - len(operand) not in (0, 1) or not operand:
        raise _unfit(operand, kernel, "the kernel needs one axis more: channels, filters, window")
    if len(kernel) == len(operand):
        kernel = (1, *kernel)
    if any(size < 1 for size in kernel[1:]):
        raise _unfit(operand, kernel, "all sizes of the kernel but the first must be known")
    if operand[0] > 0 and kernel[0] not in (operand[0], INFERRED):
        raise _unfit(operand, kernel, f"{operand[0]} channels meet a kernel for {kernel[0]}")
    return kernel


def _spread(
    size: int, window: int, stride: int, padded: bool, lower: int, upper: int, dilation: int
) -> int:
    """Return the smallest size that a window maps back to ``size``."""
    extent = (window - 1) * dilation + 1
    return (size - 1) * stride + (1 if padded else extent - lower - upper) if size > 0 else size


def _unfit(operand: tuple[int, ...], kernel: tuple[int, ...], reason: str) -> ShapeError:
    return ShapeError(
        describe(
            f"convolution_transpose: {reason}.",
            f"operand         {shape_text(operand)}  (channels, *spatial)",
            f"convolution_map {shape_text(kernel)}  (channels, filters / groups, *window)",
        )
    )
