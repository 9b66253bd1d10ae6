"""Shapes of convolution: from static shapes and options to axes along which windows slide.

Shapes are those of one sample: an operand is (C, *spatial), a kernel (O, C / groups, *window) or,
for a single filter, (C, *window). Option lists have an entry for the channel axis too, which is an
axis like the others: a kernel that spans all channels has one place along it; one that does not, or
a padded channel axis, has several, and each filter then yields several channels.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

from cntk.errors import ShapeError, describe
from cntk.ops._convolution.arguments import check_fits, extend
from cntk.ops._convolution.sliding import SlidingAxis, all_known
from cntk.shape import INFERRED, shape_text


@dataclass(frozen=True)
class ConvolutionGeometry:
    """A convolution of known sizes, as kernels compute it.

    Args:
        groups: blocks of channels that do not see each other.
        channels: input channels per group; 1 where the kernel slides along the channel axis.
        filters: filters per group.
        axes: the axes along which the kernel slides.
        output_shape: static shape of the result, (channels, *spatial).
    """

    groups: int
    channels: int
    filters: int
    axes: tuple[SlidingAxis, ...]
    output_shape: tuple[int, ...]

    @property
    def input_view(self) -> tuple[int, ...]:
        """Shape of one sample of the operand: (channels of all groups, *axes)."""
        return (self.groups * self.channels, *self.sizes)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sizes of the operand along the axes."""
        return tuple(axis.size for axis in self.axes)

    @property
    def window(self) -> tuple[int, ...]:
        """Sizes of the window along the axes."""
        return tuple(axis.window for axis in self.axes)

    @property
    def outputs(self) -> tuple[int, ...]:
        """Numbers of windows along the axes."""
        return tuple(axis.output for axis in self.axes)

    @property
    def positions(self) -> int:
        """Number of windows."""
        return math.prod(self.outputs)

    @property
    def fan_in(self) -> int:
        """Number of input cells that one output reads."""
        return self.channels * math.prod(self.window)

    @property
    def is_pointwise(self) -> bool:
        """Whether output ``o`` reads the place ``o`` of the input and no other."""
        return all(a.window == a.stride == 1 and a.output == a.size for a in self.axes)

    def reversed(self) -> ConvolutionGeometry:
        """Return, for strides of 1, the convolution from the output's gradient to the data's."""
        return ConvolutionGeometry(
            self.groups,
            channels=self.filters,
            filters=self.channels,
            axes=tuple(axis.reversed() for axis in self.axes),
            output_shape=self.input_view,
        )


@functools.lru_cache(maxsize=512)
def convolution_geometry(
    operand: tuple[int, ...],
    kernel: tuple[int, ...],
    strides: tuple[int, ...] = (1,),
    auto_padding: tuple[bool, ...] = (True,),
    lower_pad: tuple[int, ...] = (0,),
    upper_pad: tuple[int, ...] = (0,),
    dilation: tuple[int, ...] = (1,),
    groups: int = 1,
) -> ConvolutionGeometry:
    """Return the geometry of a convolution of known sizes.

    Args:
        operand, kernel: shapes as above.
        strides, dilation: cells.
        auto_padding: flags; lower_pad and upper_pad (cells) count where they are False.
        groups: number of blocks of channels.

    Raises:
        ShapeError: shapes and options do not fit each other.
    """
    filters, window = split_kernel(operand, kernel, groups)
    axes = all_known(
        _slide(operand, window, strides, auto_padding, lower_pad, upper_pad, dilation, groups)
    )
    channel, *spatial = axes
    spans_channels = window[0] * groups == operand[0] and channel.lower == 0 and channel.output == 1
    return ConvolutionGeometry(
        groups,
        channels=window[0] if spans_channels else 1,
        filters=filters // groups,
        axes=tuple(spatial) if spans_channels else axes,
        output_shape=(filters * channel.output, *(axis.output for axis in spatial)),
    )


def convolution_shape(
    operand: tuple[int, ...],
    kernel: tuple[int, ...],
    strides: tuple[int, ...] = (1,),
    auto_padding: tuple[bool, ...] = (True,),
    lower_pad: tuple[int, ...] = (0,),
    upper_pad: tuple[int, ...] = (0,),
    dilation: tuple[int, ...] = (1,),
    groups: int = 1,
) -> tuple[int, ...]:
    """Return the static shape of a convolution; sizes that are not known yet stay so.

    >>> convolution_shape((3, -3, 7), (2, 3, 3, 3), (2,), (False, True, True))
    (2, -3, 4)
    """
    filters, window = split_kernel(operand, kernel, groups)
    axes = _slide(operand, window, strides, auto_padding, lower_pad, upper_pad, dilation, groups)
    sizes = [size if axis is None else axis.output for size, axis in zip(operand, axes)]
    if sizes[0] > 0 and filters > 0:
        sizes[0] *= filters
    elif filters < 0:
        sizes[0] = filters
    return tuple(sizes)


def split_kernel(
    operand: tuple[int, ...], kernel: tuple[int, ...], groups: int = 1
) -> tuple[int, tuple[int, ...]]:
    """Return the number of filters and the window, channel axis first.

    Raises:
        ShapeError: rank, channels or groups do not fit.
    """
    if groups < 1:
        raise ShapeError(f"groups={groups} must be strictly positive, i.e. groups > 0")
    if not operand or len(kernel) - len(operand) not in (0, 1):
        raise _unfit(operand, kernel, "the kernel needs one axis more: filters, channels, window")
    filters, window = (1, kernel) if len(kernel) == len(operand) else (kernel[0], kernel[1:])
    channels = operand[0]
    if any(size < 1 for size in window[1:]):
        raise _unfit(operand, kernel, "all sizes of the kernel but filters and channels are known")
    fitting = window[0] * groups if window[0] > 0 else channels // groups * groups
    if groups > 1 and 0 < channels != fitting:
        raise _unfit(
            operand,
            kernel,
            f"number of input channels ({channels}) must be equal to number of "
            f"kernel channels ({window[0]}) * groups ({groups})",
        )
    if filters > 0 and filters % groups:
        raise _unfit(operand, kernel, f"filters ({filters}) must be divisible by groups ({groups})")
    return filters, window


def _slide(
    operand: tuple[int, ...],
    window: tuple[int, ...],
    strides: tuple[int, ...],
    auto_padding: tuple[bool, ...],
    lower_pad: tuple[int, ...],
    upper_pad: tuple[int, ...],
    dilation: tuple[int, ...],
    groups: int,
) -> tuple[SlidingAxis | None, ...]:
    """Return the axes, channel axis first; None where the size of the operand is not known."""
    rank = len(operand)
    strides = extend("strides", strides, rank)
    auto_padding = extend("auto_padding", auto_padding, rank)
    lower_pad = extend("lower_pad", lower_pad, rank)
    upper_pad = extend("upper_pad", upper_pad, rank)
    if len(dilation) < rank:  # dilated channels would never fit: a short list is not for them
        dilation = (1, *extend("dilation", dilation, rank - 1))
    dilation = extend("dilation", dilation, rank)
    if groups > 1:
        if auto_padding[0] or lower_pad[0] or upper_pad[0]:
            raise ShapeError(
                f"auto_padding={auto_padding} pads the channels, which groups={groups} forbids; "
                f"try: auto_padding={[False, *auto_padding[1:]]}"
            )
        operand = (window[0], *operand[1:])
    axes: list[SlidingAxis | None] = []
    for i, (size, cells) in enumerate(zip(operand, window)):
        if cells == INFERRED:  # only channels: the kernel will span whatever there is
            size = cells = 1
        if size < 0:
            axes.append(None)
            continue
        axis = SlidingAxis.fit(
            size, cells, strides[i], dilation[i], auto_padding[i], lower_pad[i], upper_pad[i]
        )
        check_fits(operand, window, i, axis)
        axes.append(axis)
    return tuple(axes)


def _unfit(operand: tuple[int, ...], kernel: tuple[int, ...], reason: str) -> ShapeError:
    return ShapeError(
        describe(
            f"convolution: {reason}.",
            f"operand         {shape_text(operand)}  (channels, *spatial)",
            f"convolution_map {shape_text(kernel)}  (filters, channels / groups, *window)",
        )
    )
