"""Choosing frames by a condition: which time steps, on a sequence axis of their own."""

from __future__ import annotations

import numpy as np

from cntk.axis import UNKNOWN_AXES
from cntk.errors import AxisError, ExecutionError, ShapeError
from cntk.graph.function import Function
from cntk.layout import Layout
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._sequence.derived_axes import axes_of_length, axis_of_condition
from cntk.shape import shape_text

EMPTY = "AddSequence: Sequences must be a least one frame long."
_MOST_FRAMES = 1 << 31  # of one result: more is a condition that was not meant
_MOST_SLACK = 0.01  # frames: no rounding of a long sum may cost a whole one


@composite()
def sequence_where(condition: Operand, name: str = "") -> Function:
    """Return the time steps of the frames whose condition is not 0, on a new sequence axis.

    A condition that is not 0 or 1 repeats or thins out frames: frame i is chosen until as many are
    chosen as the sum of the condition up to i.

    Args:
        condition: sequence of numbers, static shape ``()`` or ``(1,)``.
        name: name of the result, of static shape ``()``.

    Raises:
        ValueError: the condition has no sequence axis, or more than one element.
        RuntimeError: no frame of a sequence is chosen; there are no empty sequences.

    >>> s = C.sequence.input_variable(())
    >>> C.sequence.where(s).eval([np.array([1, 0, 1, 1], np.float32)])
    [array([0., 2., 3.], dtype=float32)]
    >>> C.sequence.where(s).eval([np.array([2, 0, 1], np.float32)])
    [array([0., 0., 2.], dtype=float32)]
    """
    return where(condition, name=name)


@sequence_where.samples
def sequence_where_samples(make):
    yield Sample(np.ones_like(make()), axes=("sequence",))


@operator(
    family="whole",
    derives_layout=True,
    no_gradient=("condition",),
    stored=Primitive(
        13,
        "Where",
        attributes={
            "new_dynamic_axes": Attribute("newDynamicAxes", "Ax*", reverse=True),
            "length_scale": Attribute("newSequenceAxisLengthScalingFactor", "Z", default=None),
            "length_offset": Attribute("newSequenceAxisLengthAdditiveFactor", "I", default=None),
        },
    ),
)
def where(
    condition: Operand,
    new_dynamic_axes=None,
    length_scale: int | None = None,
    length_offset: int | None = None,
    name: str = "",
) -> Function:
    """Return the time steps of the frames whose condition is not 0.

    Args:
        condition: sequence of numbers.
        new_dynamic_axes: dynamic axes of the result; default: named by the condition, or by
            ``length_scale`` and ``length_offset``: how many frames the result has.
        length_scale: frames per frame of the condition.
        length_offset: frames in addition.
        name: name of the result.
    """


@where.complete
def where_complete(condition, new_dynamic_axes, length_scale, length_offset):
    axes = condition.dynamic_axes
    if new_dynamic_axes is not None or axes == UNKNOWN_AXES:
        return {}
    if len(axes) != 2:
        raise AxisError("Where: the condition must have a sequence axis")
    if length_scale is None:
        return {"new_dynamic_axes": (axes[0], axis_of_condition(condition))}
    return {"new_dynamic_axes": axes_of_length(axes, length_scale, length_offset)}


@where.shape
def where_shape(condition):
    if any(size not in (1, -3) for size in condition.shape):
        raise ShapeError(
            "Where operation can only operate on scalar input: one number for each frame, not "
            f"static shape '{shape_text(condition.shape)}'"
        )
    return ()


@where.axes
def where_axes(new_dynamic_axes):
    return UNKNOWN_AXES if new_dynamic_axes is None else tuple(new_dynamic_axes)


@where.lower
def where_lower(condition, new_dynamic_axes):
    if len(new_dynamic_axes) == 1:
        return one_frame_where(condition)
    if tuple(new_dynamic_axes) == condition.dynamic_axes:
        return as_many_frames_where(condition)
    return frames_where(condition, tuple(new_dynamic_axes))


@operator(family="whole", derives_layout=True)
def frames_where(condition: Operand, new_dynamic_axes: tuple):
    """Return the time steps of the chosen frames, on a sequence axis of their own."""


@frames_where.shape
def frames_where_shape():
    return ()


@frames_where.axes
def frames_where_axes(new_dynamic_axes):
    return new_dynamic_axes


@frames_where.reference
def frames_where_reference(condition, layouts):
    times, layout = _chosen(condition, layouts[0])
    return layout.pack(times.astype(condition.dtype)), layout


@operator(family="whole")
def one_frame_where(condition: Operand):
    """Return the time step of the one chosen frame of each sequence."""


@one_frame_where.shape
def one_frame_where_shape():
    return ()


@one_frame_where.axes
def one_frame_where_axes(condition):
    return condition.dynamic_axes[:1]


@one_frame_where.reference
def one_frame_where_reference(condition, layouts):
    times, layout = _chosen(condition, layouts[0])
    if (layout.lengths != 1).any():
        raise ShapeError(
            "Where: the condition was to choose one frame of each sequence; it chose "
            f"{_counts(layout)}"
        )
    return times.astype(condition.dtype)


@operator(family="whole")
def as_many_frames_where(condition: Operand):
    """Return the time steps of the chosen frames: as many as the sequence has."""


@as_many_frames_where.shape
def as_many_frames_where_shape():
    return ()


@as_many_frames_where.reference
def as_many_frames_where_reference(condition, layouts):
    times, layout = _chosen(condition, layouts[0])
    if not layout.has_lengths_of(layouts[0]):
        raise ShapeError(
            "Where: the condition was to choose as many frames as there are, "
            f"{_counts(layouts[0])}; it chose {_counts(layout)}"
        )
    return layout.pack(times.astype(condition.dtype))


def _counts(layout: Layout) -> str:
    return f"{', '.join(map(str, layout.lengths[:6]))}{', ...' if layout.num_samples > 6 else ''}"


def _chosen(condition: np.ndarray, layout: Layout) -> tuple[np.ndarray, Layout]:
    """Return the time steps of the chosen frames, in the user's order, and their layout.

    Raises:
        ExecutionError: a sequence without any, or more than memory is likely to hold.
    """
    layout.check_whole("Where")
    numbers = layout.pad(condition.reshape(-1).astype(np.float64))  # (sequences, time)
    sums = np.cumsum(numbers, axis=1)
    slack = np.minimum(sums * np.finfo(condition.dtype).eps, _MOST_SLACK)  # fractions such as 0.1
    until = np.fmax.accumulate(np.ceil(sums - slack), axis=1)
    until = np.nan_to_num(np.maximum(until, 0), nan=0.0, posinf=np.inf)
    if until[:, -1].sum() > _MOST_FRAMES:
        raise ExecutionError(f"Where: the condition chooses {until[:, -1].sum():.3g} frames")
    # how often each frame is chosen
    counts: np.ndarray = np.diff(until.astype(np.int64), axis=1, prepend=0)
    lengths = counts.sum(axis=1)
    if (lengths < 1).any():
        empty = int(np.argmax(lengths < 1))
        raise ExecutionError(f"{EMPTY} No frame of sequence {empty} is chosen.")
    times = np.broadcast_to(np.arange(counts.shape[1]), counts.shape)
    return np.repeat(times.reshape(-1), counts.reshape(-1)), Layout(layout.num_samples, lengths)
