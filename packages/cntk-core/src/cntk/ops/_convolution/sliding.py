"""One axis of a sliding window: which input cells each output reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cntk.errors import ShapeError


@dataclass(frozen=True, slots=True)
class SlidingAxis:
    """A window of equally spaced cells that slides along one axis.

    Output ``o`` reads the input cells ``o * stride - lower + k * dilation`` for each position ``k``
    of the window. Cells outside the input are padding.

    Args:
        size: cells of the input.
        window: cells of the window.
        stride: cells between two neighbouring windows.
        dilation: cells between two neighbouring positions of a window.
        lower: cells of padding before the input; negative: cells that no window reads.
        output: number of windows.
    """

    size: int
    window: int
    stride: int
    dilation: int
    lower: int
    output: int

    @classmethod
    def fit(
        cls,
        size: int,
        window: int,
        stride: int = 1,
        dilation: int = 1,
        auto_pad: bool = False,
        lower: int = 0,
        upper: int = 0,
        ceil: bool = False,
    ) -> SlidingAxis:
        """Return the axis with as many windows as fit.

        Args:
            auto_pad: ``ceil(size / stride)`` windows, whose centres lie in the middle of the input.
            lower, upper: padding before and after, in cells, without ``auto_pad``.
            ceil: keep a last window that is only partly filled.

        Raises:
            ShapeError: a window, stride or dilation below 1, or negative padding.

        >>> SlidingAxis.fit(6, window=3, stride=2, auto_pad=True).output
        3
        """
        if min(window, stride, dilation, lower + 1, upper + 1) < 1:
            raise ShapeError(
                f"window {window}, stride {stride} and dilation {dilation} must be at least 1, "
                f"padding {lower} and {upper} at least 0"
            )
        extent = (window - 1) * dilation + 1
        if auto_pad:
            lower, upper = (extent - 1) // 2, extent // 2
        room = size + lower + upper - extent
        output = (-(-room // stride) if ceil else room // stride) + 1
        if auto_pad:  # what the centres do not span, half of it before the first
            lower -= max(0, size - 1 - (output - 1) * stride) // 2
        return cls(size, window, stride, dilation, lower, output)

    @property
    def extent(self) -> int:
        """Cells from the first to the last position of a window."""
        return (self.window - 1) * self.dilation + 1

    def overlap(
        self, position: int, start: int = 0, stop: int | None = None
    ) -> tuple[slice, slice]:
        """Return where a position of the windows ``start`` to ``stop`` meets the input.

        Returns:
            The windows (counted from ``start``) whose cell is inside the input, and those cells.
        """
        stop = self.output if stop is None else stop
        offset = position * self.dilation - self.lower
        first = max(start, -(offset // self.stride))
        last = min(stop, (self.size - 1 - offset) // self.stride + 1)
        if last <= first:
            return slice(0, 0), slice(0, 0)
        begin, end = (output * self.stride + offset for output in (first, last - 1))
        return slice(first - start, last - start), slice(begin, end + 1, self.stride)

    def inside(self, output: int) -> slice:
        """Return the input cells under one window that is not dilated."""
        start = output * self.stride - self.lower
        return slice(max(0, start), max(0, min(self.size, start + self.window)))

    def reversed(self) -> SlidingAxis:
        """Return the axis, for stride 1, on which the gradient slides: outputs become inputs."""
        return SlidingAxis(
            self.output, self.window, 1, self.dilation, self.extent - 1 - self.lower, self.size
        )


def all_known(axes: Iterable[SlidingAxis | None]) -> tuple[SlidingAxis, ...]:
    """Return axes none of which is None, which stands for an axis of unknown size.

    Raises:
        ShapeError: one is.
    """
    listed = tuple(axes)
    known = tuple(axis for axis in listed if axis is not None)
    if len(known) < len(listed):
        raise ShapeError("the sizes of data that windows slide over must be known")
    return known
