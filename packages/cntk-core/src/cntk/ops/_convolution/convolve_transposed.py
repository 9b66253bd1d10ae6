"""The primitive below ``C.convolution_transpose``: the gradient of a convolution as a forward step.

Its gradients are the convolution that it is the gradient of, and that one's gradient to the kernel.
"""

from __future__ import annotations

from cntk.graph.infer import deduce
from cntk.operators.declare import Operand, operator
from cntk.operators.stored import Primitive
from cntk.ops._convolution.arguments import extend
from cntk.ops._convolution.convolve import (
    OPTIONS,
    STORED_ATTRIBUTES,
    check_is_shared,
    complete_lists,
    convolve,
    convolve_map_gradient,
    options_of,
    span_channels,
)
from cntk.ops._convolution.reference import scatter
from cntk.ops._convolution.transposed import (
    neutral_for_channels,
    transposed_geometry,
    transposed_shape,
    whole_kernel,
)


@operator(
    family="per_sample",
    stored=Primitive(
        33, "Convolution", fixed={"transpose": (True, "B")}, attributes=STORED_ATTRIBUTES
    ),
)
def convolve_transposed(
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
    sequential: bool = False,
    max_temp_mem_size_in_samples: int = 0,
    name: str = "",
):
    """Return each sample scattered through the kernel; see ``C.convolution_transpose``."""


@convolve_transposed.complete
def convolve_transposed_complete(
    convolution_map, operand, strides, auto_padding, output_shape, **lists
):
    kernel = whole_kernel(operand.shape, convolution_map.shape)
    rank = len(operand.shape)
    if asked_shape(output_shape):
        strides = extend("strides", strides, rank)  # as CNTK 2.7 writes them then
    strides, auto_padding = span_channels(rank, operand.shape[0], strides, auto_padding)
    lists.update(strides=strides, auto_padding=auto_padding)
    return {"kernel_shape": kernel[1:], **complete_lists(rank, lists)}


@convolve_transposed.shape
def convolve_transposed_shape(convolution_map, operand, output_shape, **attributes):
    check_is_shared(convolution_map)
    options = (*options_of(attributes), asked_shape(output_shape))
    shape = transposed_shape(operand.shape, convolution_map.shape, *options)
    deduce(convolution_map, (operand.shape[0], *convolution_map.shape[1:]))
    return shape


def asked_shape(output_shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the output shape that was asked for; in files 0 says that none was."""
    return () if output_shape == (0,) else output_shape


@convolve_transposed.reference
def convolve_transposed_reference(convolution_map, operand, output_shape, **attributes):
    (kernel,) = convolution_map
    options = (*options_of(attributes), asked_shape(output_shape))
    geometry = transposed_geometry(operand.shape[1:], kernel.shape, *options)
    return scatter(geometry, operand, kernel)


@convolve_transposed.gradient
def convolve_transposed_gradient(dy, convolution_map, operand, wanted, **attributes):
    options = neutral_for_channels(len(operand.shape), *options_of(attributes))
    to_map = to_operand = None
    if "convolution_map" in wanted:
        to_map = convolve_map_gradient(operand, dy, convolution_map, options)
    if "operand" in wanted:
        to_operand = convolve(convolution_map, dy, **dict(zip(OPTIONS, options)))
    return to_map, to_operand
