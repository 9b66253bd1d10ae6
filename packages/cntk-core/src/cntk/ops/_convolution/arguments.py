"""Argument lists of convolution and pooling: row-major, one entry per axis, or fewer."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from operator import index

from cntk.errors import ArgumentError, ShapeError, describe
from cntk.ops._convolution.sliding import SlidingAxis
from cntk.shape import shape_text


def numbers(argument: str, values: int | Iterable[int], least: int = 1) -> tuple[int, ...]:
    """Return an argument as a tuple of ints; a single number means a list of one.

    Args:
        argument: its name, for messages.
        values: a number, or a list with one number per axis.
        least: the smallest allowed number.

    Raises:
        ArgumentError: an entry is not a whole number, or is below ``least``.
    """
    try:
        listed = tuple(map(_whole, values if isinstance(values, Iterable) else (values,)))
    except TypeError:
        raise ArgumentError(
            f"{argument}={values!r} must be a whole number, or a list with one per axis"
        ) from None
    if min(listed, default=least) < least:
        raise ArgumentError(f"{argument}={values!r} has an entry below {least}")
    return listed


def _whole(value) -> int:
    """Return a number that a division may have made a float, as an int."""
    if isinstance(value, Real) and float(value).is_integer():
        return int(float(value))
    return index(value)


def flags(argument: str, values: bool | Iterable[bool]) -> tuple[bool, ...]:
    """Return an argument as a tuple of bools; a single flag means a list of one.

    Raises:
        ArgumentError: an entry is neither True nor False (nor 1 nor 0).
    """
    listed = tuple(values) if isinstance(values, Iterable) else (values,)
    if any(value not in (True, False) for value in listed):
        raise ArgumentError(f"{argument}={values!r} must be True or False, or a list of them")
    return tuple(map(bool, listed))


def extend(argument: str, values: tuple, rank: int, fill: int | None = None) -> tuple:
    """Return one entry per axis: a list is aligned at the right and grows at the left.

    Args:
        argument: its name, for messages.
        values: at least one entry and at most ``rank``.
        rank: number of axes.
        fill: what the list grows by; its own first entry when None.

    Raises:
        ShapeError: there are no entries, or more than axes.

    >>> extend("strides", (2, 1), 3), extend("strides", (2, 1), 3, fill=1)
    ((2, 2, 1), (1, 2, 1))
    """
    if not 1 <= len(values) <= rank:
        raise ShapeError(
            f"{argument}={values!r} has {len(values)} entries for {rank} axes; "
            "give one for all axes, or one per axis with the last axis last"
        )
    return (values[0] if fill is None else fill,) * (rank - len(values)) + values


def check_fits(
    operand: tuple[int, ...], window: tuple[int, ...], i: int, axis: SlidingAxis
) -> None:
    """Raise when a window is larger than the axis that it slides along.

    Args:
        operand: static shape of what the window slides over, for messages.
        window: sizes of the window, one per axis of the operand.
        i: number of the axis.
        axis: the axis.

    Raises:
        ShapeError: the window exceeds the data, which auto_padding does not help, or its dilated
            extent exceeds data and padding.
    """
    if axis.window <= axis.size and axis.output > 0:
        return
    dilated = f", dilated to {axis.extent}" if axis.dilation > 1 else ""
    raise ShapeError(
        describe(
            "Convolution operation requires that "
            f"kernel dim {axis.window}{dilated} <= input dim {axis.size}.",
            f"operand {shape_text(operand)}  -> axis {i}, size {axis.size}",
            f"window  {shape_text(window)}  -> axis {i}, size {axis.window}{dilated}",
            hint="a smaller window, or larger data",
        )
    )
