"""Tensors as sequences: the first static axis becomes the sequence axis."""

from __future__ import annotations

import numpy as np

from cntk.axis import UNKNOWN_AXES, Axis
from cntk.errors import ArgumentError, AxisError, ExecutionError, ShapeError
from cntk.graph.function import Function
from cntk.layout import Layout
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._sequence.derived_axes import source_of
from cntk.ops._sequence.unpack import pad_frames
from cntk.ops._sequence.where import EMPTY


@operator(
    family="whole",
    derives_layout=True,
    no_gradient=("sequence_lengths",),
    stored=Primitive(
        70,
        "ToSequenceOp",
        attributes={
            "sequence_axis_name_prefix": Attribute("sequenceAxis", "S"),
            "new_dynamic_axes": Attribute("newDynamicAxes", "Ax*", reverse=True),
        },
    ),
)
def to_sequence(
    x: Operand,
    sequence_lengths: Operand | None = None,
    sequence_axis_name_prefix: str = "toSequence_",
    name: str = "",
    new_dynamic_axes=None,
) -> Function:
    """Return each sample as a sequence along its first static axis.

    Args:
        x: static shape ``(time, A1, ...)``, with a batch axis and no sequence axis.
        sequence_lengths: number of frames of each sample, static shape ``()`` or ``(1,)``; default:
            all.
        sequence_axis_name_prefix: what the name of the new sequence axis starts with.
        name: name of the result, of static shape ``(A1, ...)``.
        new_dynamic_axes: dynamic axes of the result; files of CNTK have them.

    Raises:
        ValueError: ``x`` has other dynamic axes or no static axis; a length is larger than the
            first static axis.
        RuntimeError: a length is less than 1.

    >>> x = C.input_variable(3)
    >>> C.to_sequence(x).eval({x: np.array([[5, 6, 7]], np.float32)})
    [array([5., 6., 7.], dtype=float32)]
    """


@to_sequence.prepare
def to_sequence_prepare(x, sequence_lengths, sequence_axis_name_prefix, new_dynamic_axes):
    if not isinstance(sequence_axis_name_prefix, str):
        raise ArgumentError(
            "to_sequence: sequence_axis_name_prefix must be a str, "
            f"not {sequence_axis_name_prefix!r}"
        )
    operands = [x] if sequence_lengths is None else [x, sequence_lengths]
    return operands, {
        "sequence_axis_name_prefix": sequence_axis_name_prefix,
        "new_dynamic_axes": new_dynamic_axes,
    }


@to_sequence.complete
def to_sequence_complete(x, sequence_axis_name_prefix, new_dynamic_axes):
    if new_dynamic_axes is not None or x.dynamic_axes == UNKNOWN_AXES:
        return {}
    new = Axis(sequence_axis_name_prefix + source_of(x).uid)
    return {"new_dynamic_axes": (*x.dynamic_axes, new)}


@to_sequence.shape
def to_sequence_shape(x, sequence_lengths):
    _check_rank(x, "ToSequenceOp")
    if sequence_lengths is not None and any(n not in (1, -3) for n in sequence_lengths.shape):
        raise ShapeError(
            f"ToSequenceOp: Second input operand '{sequence_lengths}' must be a scalar."
        )
    return x.shape[1:]


@to_sequence.axes
def to_sequence_axes(x, sequence_lengths, new_dynamic_axes):
    _check_axes(x, "ToSequenceOp")
    if sequence_lengths is not None and sequence_lengths.dynamic_axes != x.dynamic_axes:
        raise AxisError(
            f"ToSequenceOp: First input operand '{x}' dynamic axes do not match second input "
            f"operand '{sequence_lengths}' dynamic axes."
        )
    return UNKNOWN_AXES if new_dynamic_axes is None else tuple(new_dynamic_axes)


def _check_rank(x, what: str) -> None:
    if not x.shape:
        raise ShapeError(f"{what}: First input operand '{x}' must be of rank >= 1.")


def _check_axes(x, what: str) -> None:
    if not x.dynamic_axes:
        raise AxisError(f"{what}: Operand '{x}' must have dynamic axes.")
    if len(x.dynamic_axes) != 1:
        raise AxisError(
            f"{what}: Input operand '{x}' with #dynamic axes != 1 (batch axis) is not supported."
        )


@to_sequence.lower
def to_sequence_lower(x, sequence_lengths, new_dynamic_axes):
    axes = tuple(new_dynamic_axes)
    if sequence_lengths is None:
        return all_frames(x, axes)
    return first_frames(x, sequence_lengths, axes)


@to_sequence.samples
def to_sequence_samples(make):
    yield Sample(make(3, 2))


@operator(family="whole", derives_layout=True)
def all_frames(x: Operand, new_dynamic_axes: tuple):
    """Return sequences along the first static axis."""


@all_frames.shape
def all_frames_shape(x):
    return x.shape[1:]


@all_frames.axes
def all_frames_axes(new_dynamic_axes):
    return new_dynamic_axes


@all_frames.reference
def all_frames_reference(x):
    count, steps = x.shape[:2]
    frames = np.swapaxes(x, 0, 1).reshape(-1, *x.shape[2:])  # rows go by time, then by sequence
    return frames, Layout(count, np.full(count, steps))


@all_frames.gradient
def all_frames_gradient(dy, x):
    return pad_frames(dy, x)


@operator(family="whole", derives_layout=True, no_gradient=("lengths",))
def first_frames(x: Operand, lengths: Operand, new_dynamic_axes: tuple):
    """Return sequences along the first static axis: the first frames, a number for each sample."""


@first_frames.shape
def first_frames_shape(x):
    return x.shape[1:]


@first_frames.axes
def first_frames_axes(new_dynamic_axes):
    return new_dynamic_axes


@first_frames.reference
def first_frames_reference(x, lengths):
    counts = np.trunc(lengths.reshape(-1))
    wrong = ~(counts <= x.shape[1])  # also nan
    if wrong.any():
        sample = int(np.argmax(wrong))
        raise ShapeError(
            f"ToSequenceOp: sample {sample} is to have {counts[sample]:g} frames, its first static "
            f"axis has {x.shape[1]}"
        )
    if (counts < 1).any():
        raise ExecutionError(f"{EMPTY} Sample {int(np.argmax(counts < 1))} is to have none.")
    layout = Layout(len(x), counts.astype(np.int64))
    return layout.take(x), layout


@first_frames.gradient
def first_frames_gradient(dy, x):
    return pad_frames(dy, x), None


@operator(
    family="whole", no_gradient=("dynamic_axes_like",), stored=Primitive(71, "ToSequenceLikeOp")
)
def to_sequence_like(x: Operand, dynamic_axes_like: Operand, name: str = "") -> Function:
    """Return each sample as a sequence with the sequence axis and lengths of another operand.

    Args:
        x: static shape ``(time, A1, ...)``, with a batch axis and no sequence axis; what is behind
            the end of a sequence of ``dynamic_axes_like`` is left out.
        dynamic_axes_like: a sequence, any static shape.
        name: name of the result, of static shape ``(A1, ...)``.

    Raises:
        ValueError: ``x`` has other dynamic axes, no static axis, or fewer frames than the longest
            sequence of ``dynamic_axes_like``; that has no sequence axis.

    >>> s = C.sequence.input_variable(())
    >>> frames = C.sequence.unpack(s, 0, no_mask_output=True)  # one tensor for each sequence
    >>> y = C.to_sequence_like(frames * 2, s)
    >>> y.eval([np.array([5, 6], np.float32), np.array([7], np.float32)])
    [array([10., 12.], dtype=float32), array([14.], dtype=float32)]
    """


@to_sequence_like.shape
def to_sequence_like_shape(x):
    _check_rank(x, "ToSequenceLikeOp")
    return x.shape[1:]


@to_sequence_like.axes
def to_sequence_like_axes(x, dynamic_axes_like):
    _check_axes(x, "ToSequenceLikeOp")
    if len(dynamic_axes_like.dynamic_axes) < 2:
        raise AxisError(
            f"ToSequenceLikeOp: Operand(1) '{dynamic_axes_like}' must be a sequence (have at least "
            "2 dynamic axes)."
        )
    return dynamic_axes_like.dynamic_axes


@to_sequence_like.reference
def to_sequence_like_reference(x, layouts):
    like, steps = layouts[1], len(layouts[1].step_sizes)
    if len(x) != like.num_samples or x.shape[1] < steps:
        raise ShapeError(
            f"ToSequenceLikeOp: {len(x)} samples of {x.shape[1]} frames do not fit "
            f"{like.describe()}: the longest has {steps} frames"
        )
    return like.take(x)


@to_sequence_like.gradient
def to_sequence_like_gradient(dy, x):
    return pad_frames(dy, x), None


@to_sequence_like.samples
def to_sequence_like_samples(make):
    yield Sample(make(3, 2), make(3), axes=("batch", "sequence"))
