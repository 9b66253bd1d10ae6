"""Shapes of pooling: windows slide along the last axes of an operand, the leading ones are kept."""

from __future__ import annotations

import functools

from cntk.errors import ShapeError, describe
from cntk.ops._convolution.arguments import check_fits, extend
from cntk.ops._convolution.sliding import SlidingAxis, all_known
from cntk.shape import is_unknown, shape_text


def pooling_shape(
    operand: tuple[int, ...],
    window: tuple[int, ...],
    strides: tuple[int, ...] = (1,),
    auto_padding: tuple[bool, ...] = (False,),
    lower_pad: tuple[int, ...] = (0,),
    upper_pad: tuple[int, ...] = (0,),
    ceil_out_dim: bool = False,
) -> tuple[int, ...]:
    """Return the static shape of a pooled operand; sizes that are not known yet stay so.

    Args:
        operand: static shape, any rank.
        window: sizes, for the last axes; ``UNKNOWN_SHAPE`` for all axes but the first, whole.
        strides: cells, for the last axes; 1 for the others.
        auto_padding: flags; lower_pad and upper_pad (cells) count where they are False.
        ceil_out_dim: keep a last window that is only partly filled.

    Raises:
        ShapeError: the window does not fit, or the last one would be empty.

    >>> pooling_shape((2, -3, 7), window=(2, 2), strides=(2,), ceil_out_dim=True)
    (2, -3, 4)
    """
    if is_unknown(window):
        return (*operand[:1], *(1 for _ in operand[1:]))
    axes = _slide(operand, window, strides, auto_padding, lower_pad, upper_pad, ceil_out_dim)
    return tuple(size if axis is None else axis.output for size, axis in zip(operand, axes))


@functools.lru_cache(maxsize=512)
def pooling_axes(
    operand: tuple[int, ...],
    window: tuple[int, ...],
    strides: tuple[int, ...] = (1,),
    auto_padding: tuple[bool, ...] = (False,),
    lower_pad: tuple[int, ...] = (0,),
    upper_pad: tuple[int, ...] = (0,),
    ceil_out_dim: bool = False,
) -> tuple[SlidingAxis, ...]:
    """Return the axes along which the window slides, the last ones of an operand of known sizes.

    Leading axes that pooling leaves as they are have no entry.

    >>> [axis.output for axis in pooling_axes((5, 6, 7), window=(2, 3))]
    [5, 5]
    """
    if is_unknown(window):
        window, strides, auto_padding = operand[1:], (1,), (False,)
    axes = all_known(
        _slide(operand, window, strides, auto_padding, lower_pad, upper_pad, ceil_out_dim)
    )
    kept = 0
    while (
        kept < len(axes)
        and axes[kept].window == axes[kept].stride == 1
        and (axes[kept].output == axes[kept].size)
    ):
        kept += 1
    return axes[kept:]


def _slide(
    operand: tuple[int, ...],
    window: tuple[int, ...],
    strides: tuple[int, ...],
    auto_padding: tuple[bool, ...],
    lower_pad: tuple[int, ...],
    upper_pad: tuple[int, ...],
    ceil_out_dim: bool,
) -> tuple[SlidingAxis | None, ...]:
    """Return an axis for each axis of the operand; None where its size is not known."""
    if not 1 <= len(window) <= len(operand):
        raise ShapeError(
            describe(
                f"pooling: a window of rank {len(window)} does not fit an operand of rank "
                f"{len(operand)}.",
                f"operand {shape_text(operand)}",
                f"window  {shape_text(window)}  for the last axes",
            )
        )
    strides, auto_padding, lower_pad, upper_pad = (
        _for_all_axes(name, values, len(window), len(operand), neutral)
        for name, values, neutral in (
            ("strides", strides, 1),
            ("auto_padding", auto_padding, False),
            ("lower_pad", lower_pad, 0),
            ("upper_pad", upper_pad, 0),
        )
    )
    window = (1,) * (len(operand) - len(window)) + window
    axes: list[SlidingAxis | None] = []
    for i, (size, cells) in enumerate(zip(operand, window)):
        if size < 0:
            axes.append(None)
            continue
        axis = SlidingAxis.fit(
            size,
            cells,
            strides[i],
            auto_pad=auto_padding[i],
            lower=lower_pad[i],
            upper=upper_pad[i],
            ceil=ceil_out_dim,
        )
        check_fits(operand, window, i, axis)
        _check_no_window_is_empty(operand, i, axis)
        axes.append(axis)
    return tuple(axes)


def _for_all_axes(argument: str, values: tuple, pooled: int, rank: int, neutral: int) -> tuple:
    """Return one entry per axis; a list no longer than the window is for the pooled axes only."""
    if len(values) <= pooled:
        values = extend(argument, values, pooled)
    return extend(argument, values, rank, fill=neutral)


def _check_no_window_is_empty(operand: tuple[int, ...], i: int, axis: SlidingAxis) -> None:
    first, last = -axis.lower, (axis.output - 1) * axis.stride - axis.lower
    if first + axis.window <= 0 or last >= axis.size:
        raise ShapeError(
            describe(
                f"pooling: a window along axis {i} would lie outside the data.",
                f"operand {shape_text(operand)}  -> axis {i}, size {axis.size}",
                f"{axis.output} windows of {axis.window} cells, the first at cell {first}, "
                f"the last at cell {last}",
                hint="strides no larger than the window, or ceil_out_dim=False",
            )
        )
