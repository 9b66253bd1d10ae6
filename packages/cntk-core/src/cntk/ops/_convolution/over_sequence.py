"""Convolution along time (``sequential=True``): unpack sequences, convolve, pack again."""

from __future__ import annotations

import numpy as np

from cntk.axis import UNKNOWN_AXES
from cntk.errors import AxisError, ShapeError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, operator
from cntk.operators.stored import Primitive
from cntk.ops._convolution.convolve import (
    STORED_ATTRIBUTES,
    complete_lists,
    convolve,
    options_of,
)
from cntk.ops._convolution.sliding import SlidingAxis
from cntk.ops._elementwise.passing import stop_gradient
from cntk.ops._sequence.to_sequence import to_sequence
from cntk.ops._sequence.unpack import unpack
from cntk.ops._shape.transpose import swapaxes


def over_sequence(convolution_map, operand, options: dict, name: str) -> Function:
    """Return the convolution of sequences of frames (channels, *spatial).

    The sequence axis is the first one that the kernel's window slides along. The result has a
    sequence axis of its own, as the number of frames may change.

    Raises:
        AxisError: the operand has no sequence axis.
    """
    if operand.dynamic_axes != UNKNOWN_AXES and len(operand.dynamic_axes) != 2:
        raise AxisError(
            f"convolution: sequential=True slides along the sequence axis, which {operand} lacks"
        )
    frames = unpack(operand, 0, no_mask_output=True)  # (time, channels, *spatial)
    convolved = convolve(convolution_map, swapaxes(frames, 0, 1), **options, name=name)
    lengths = convolution_sequence_shape(
        convolution_map, operand, **options, sequential=True, name=f"{name}_sequence_shape"
    )
    return to_sequence(
        swapaxes(convolved, 0, 1), stop_gradient(lengths), "ConvOverSequenceAxisPrefix"
    )


@operator(
    family="whole",
    stored=Primitive(
        97,
        "ConvolutionSequenceShape",
        fixed={"transpose": (False, "B")},
        attributes=STORED_ATTRIBUTES,
    ),
)
def convolution_sequence_shape(
    convolution_map: Operand,
    operand: Operand,
    strides: tuple = (1,),
    auto_padding: tuple = (True,),
    dilation: tuple = (1,),
    groups: int = 1,
    sharing: tuple = (True,),
    lower_pad: tuple = (0,),
    upper_pad: tuple = (0,),
    kernel_shape: tuple = (0,),
    output_shape: tuple = (0,),
    sequential: bool = True,
    max_temp_mem_size_in_samples: int = 0,
    name: str = "",
):
    """Return the number of frames of each sequence that is convolved along time."""


@convolution_sequence_shape.complete
def convolution_sequence_shape_complete(convolution_map, operand, strides, auto_padding, **lists):
    kernel_shape = convolution_map.shape[-len(operand.shape) - 1 :]
    lists.update(strides=strides, auto_padding=auto_padding)
    return {"kernel_shape": kernel_shape, **complete_lists(len(kernel_shape), lists)}


@convolution_sequence_shape.shape
def convolution_sequence_shape_shape():
    return (1,)


@convolution_sequence_shape.axes
def convolution_sequence_shape_axes(operand):
    return operand.dynamic_axes[:1]


@convolution_sequence_shape.reference
def convolution_sequence_shape_reference(operand, layouts, kernel_shape, **attributes):
    strides, auto_padding, lower_pad, upper_pad, dilation = options_of(attributes)[:-1]
    lengths = [
        SlidingAxis.fit(
            frames,
            kernel_shape[1],
            strides[1],
            dilation[1],
            auto_padding[1],
            lower_pad[1],
            upper_pad[1],
        ).output
        for frames in layouts[1].lengths.tolist()
    ]
    if min(lengths, default=1) < 1:
        shortest = int(layouts[1].lengths.min())
        raise ShapeError(
            f"Convolution: a sequence of {shortest} frames is shorter than the window, "
            f"{kernel_shape[1]} frames; try: auto_padding, or longer sequences"
        )
    return np.array(lengths, operand.dtype).reshape(-1, 1)


@convolution_sequence_shape.gradient
def convolution_sequence_shape_gradient():
    return None, None
