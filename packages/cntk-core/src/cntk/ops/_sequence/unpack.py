"""Sequences as padded arrays, and back."""

from __future__ import annotations

import numpy as np

from cntk.errors import ArgumentError, AxisError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.shape import FREE


@operator(
    family="whole",
    outputs=("y", "mask"),
    suffixes=("", "_UnpackSequenceMask"),
    no_gradient=("mask",),
    stored=Primitive(
        72,
        "UnpackSequenceOp",
        attributes={
            "padding_value": Attribute("sequenceUnpackPaddingValue", "D"),
            "no_mask_output": Attribute("sequenceUnpackSuppressMaskOutput", "B"),
        },
    ),
)
def unpack(
    x: Operand, padding_value: float, no_mask_output: bool = False, name: str = ""
) -> Function:
    """Return each sequence as one tensor, padded to the longest one, and a mask of its frames.

    Args:
        x: a sequence, static shape ``(A1, ...)``.
        padding_value: number that fills the gaps after shorter sequences.
        no_mask_output: leave the mask out.
        name: name of the first result.

    Returns:
        A Function of two outputs per sample: the frames, static shape ``(time, A1, ...)``, and the
        mask, ``(time,)``: 1 at frames, 0 at gaps.

    Raises:
        ValueError: ``x`` has no sequence axis.

    >>> s = C.sequence.input_variable(())
    >>> frames = [np.array([5, 6], np.float32), np.array([7], np.float32)]
    >>> C.sequence.unpack(s, -1, no_mask_output=True).eval({s: frames})
    array([[ 5.,  6.],
           [ 7., -1.]], dtype=float32)
    """


@unpack.prepare
def unpack_prepare(x, padding_value, no_mask_output):
    try:
        padding = float(padding_value)
    except (TypeError, ValueError):
        raise ArgumentError(
            f"unpack: padding_value must be a number, not {padding_value!r}"
        ) from None
    return [x], {"padding_value": padding, "no_mask_output": bool(no_mask_output)}


@unpack.num_outputs
def unpack_num_outputs(no_mask_output):
    return 1 if no_mask_output else 2


@unpack.shape
def unpack_shape(x, no_mask_output):
    frames = (FREE, *x.shape)
    return [frames] if no_mask_output else [frames, (FREE,)]


@unpack.axes
def unpack_axes(x):
    if len(x.dynamic_axes) != 2:
        raise AxisError(
            f"Axis::OperandSequenceAxis() sentinel cannot be resolved if the operand '{x}' has no "
            "sequence axis or > 1 ordered dynamic axes."
        )
    return x.dynamic_axes[:1]


@unpack.reference
def unpack_reference(x, padding_value, no_mask_output, layouts):
    layout = layouts[0]
    layout.check_whole("UnpackSequenceOp")
    frames = layout.pad(x, padding_value)
    if no_mask_output:
        return frames
    return frames, layout.pad(np.ones(layout.rows, x.dtype))


@unpack.gradient
def unpack_gradient(dy, x):
    return take_frames(dy, x)


@unpack.samples
def unpack_samples(make):
    yield Sample(make(2), axes=("sequence",), padding_value=0, no_mask_output=True)
    yield Sample(make(2), axes=("sequence",), padding_value=-1)


@operator(family="whole")
def take_frames(x: Operand, like: Operand):
    """Return the first frames of padded sequences: as many as those of ``like`` have."""


@take_frames.shape
def take_frames_shape(x):
    return x.shape[1:]


@take_frames.axes
def take_frames_axes(like):
    return like.dynamic_axes


@take_frames.reference
def take_frames_reference(x, layouts):
    return layouts[1].take(x)


@take_frames.gradient
def take_frames_gradient(dy, x):
    return pad_frames(dy, x), None


@operator(family="whole")
def pad_frames(x: Operand, like: Operand):
    """Return sequences padded with zeros to the length that the padded ones of ``like`` have."""


@pad_frames.shape
def pad_frames_shape(x, like):
    return (like.shape[0], *x.shape)


@pad_frames.axes
def pad_frames_axes(x):
    return x.dynamic_axes[:1]


@pad_frames.reference
def pad_frames_reference(x, like, layouts):
    return layouts[0].pad(x, longest=like.shape[1])


@pad_frames.gradient
def pad_frames_gradient(dy, x):
    return take_frames(dy, x), None
