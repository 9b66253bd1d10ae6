"""The primitive below ``C.convolution``, and its two gradients: a set closed under differentiation.

In CNTK's graphs and files all lists have an entry for each axis as soon as the operand's rank is
known: ``complete`` fills them up.
"""

from __future__ import annotations

from cntk.errors import AxisError
from cntk.graph.infer import deduce
from cntk.operators.declare import Operand, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._convolution.arguments import extend
from cntk.ops._convolution.geometry import (
    convolution_geometry,
    convolution_shape,
    split_kernel,
)
from cntk.ops._convolution.reference import accumulate, correlate, scatter
from cntk.shape import INFERRED

# What the geometry depends on, in the order in which its functions take it.
OPTIONS = ("strides", "auto_padding", "lower_pad", "upper_pad", "dilation", "groups")
STORED_ATTRIBUTES: dict[str, Attribute | tuple[Attribute, Attribute]] = {
    "kernel_shape": Attribute("kernelShape", "N"),
    "strides": Attribute("strides", "N"),
    "dilation": Attribute("dilation", "N", (1,)),
    "sharing": Attribute("sharing", "B*", reverse=True),
    "auto_padding": Attribute("autoPadding", "B*", reverse=True),
    "lower_pad": Attribute("lowerPad", "N"),
    "upper_pad": Attribute("upperPad", "N"),
    "sequential": Attribute("sequential", "B", False),
    "output_shape": Attribute("outputShape", "N", (0,)),
    "groups": Attribute("groups", "Z", 1),
    "max_temp_mem_size_in_samples": Attribute("maxTempMemSizeInSamples", "Z"),
}


@operator(
    family="per_sample",
    stored=Primitive(
        33,
        "Convolution",
        fixed={"transpose": (False, "B")},
        attributes=STORED_ATTRIBUTES,
    ),
)
def convolve(
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
    """Return the cross-correlation of each sample with the kernel; see ``C.convolution``."""


@convolve.complete
def convolve_complete(convolution_map, operand, strides, auto_padding, groups, **lists):
    rank = len(operand.shape)
    _, kernel_shape = split_kernel(operand.shape, convolution_map.shape, groups)
    if kernel_shape[0] == INFERRED:
        channels = operand.shape[0]
        strides, auto_padding = span_channels(rank, channels, strides, auto_padding)
        kernel_shape = (max(INFERRED, channels // groups), *kernel_shape[1:])
    lists.update(strides=strides, auto_padding=auto_padding)
    return {"kernel_shape": kernel_shape, **complete_lists(rank, lists)}


def span_channels(rank: int, channels: int, strides: tuple, auto_padding: tuple) -> tuple:
    """Return strides and auto_padding of a kernel that has one place along the channels.

    Short lists are for the other axes only; CNTK then writes a stride over all channels.
    """
    if len(strides) < rank:
        strides = (max(1, channels), *extend("strides", strides, rank - 1))
    return strides, (False, *extend("auto_padding", auto_padding, rank)[1:])


def complete_lists(rank: int, attributes: dict) -> dict[str, tuple]:
    """Return the lists among the attributes with an entry per axis, the channel axis included."""
    lists = ("strides", "auto_padding", "dilation", "sharing", "lower_pad", "upper_pad")
    found = {name: attributes[name] for name in lists}
    if len(found["dilation"]) < rank:  # dilated channels would never fit
        found["dilation"] = (1, *extend("dilation", found["dilation"], rank - 1))
    return {name: extend(name, values, rank) for name, values in found.items()}


@convolve.shape
def convolve_shape(convolution_map, operand, groups, **attributes):
    check_is_shared(convolution_map)
    shape = convolution_shape(
        operand.shape, convolution_map.shape, *options_of(attributes, groups=groups)
    )
    expected = list(convolution_map.shape)
    expected[-len(operand.shape)] = operand.shape[0] // groups
    deduce(convolution_map, tuple(expected))
    return shape


def options_of(attributes: dict, **more) -> tuple:
    """Return what the geometry depends on."""
    attributes = {**attributes, **more}
    return tuple(attributes[name] for name in OPTIONS)


def check_is_shared(convolution_map) -> None:
    """Raise when each sample would have a kernel of its own."""
    if convolution_map.dynamic_axes:
        raise AxisError(
            "Convolution: the convolution map must not have dynamic axes; "
            "it is a parameter, a constant, or computed from these"
        )


@convolve.reference
def convolve_reference(convolution_map, operand, **attributes):
    (kernel,) = convolution_map
    options = options_of(attributes)
    return correlate(
        convolution_geometry(operand.shape[1:], kernel.shape, *options), operand, kernel
    )


@convolve.gradient
def convolve_gradient(dy, convolution_map, operand, wanted, **attributes):
    options = options_of(attributes)
    to_map = to_operand = None
    if "convolution_map" in wanted:
        to_map = convolve_map_gradient(dy, operand, convolution_map, options)
    if "operand" in wanted:
        to_operand = convolve_data_gradient(dy, convolution_map, operand, options)
    return to_map, to_operand


@operator(family="per_sample", no_gradient=("operand",))
def convolve_data_gradient(
    by_output: Operand, convolution_map: Operand, operand: Operand, options: tuple
):
    """Return the gradient of a convolution to its operand, which only lends its shape."""


@convolve_data_gradient.shape
def convolve_data_gradient_shape(operand):
    return operand.shape


@convolve_data_gradient.reference
def convolve_data_gradient_reference(by_output, convolution_map, operand, options):
    (kernel,) = convolution_map
    geometry = convolution_geometry(operand.shape[1:], kernel.shape, *options)
    return scatter(geometry, by_output, kernel).reshape(operand.shape)


@convolve_data_gradient.gradient
def convolve_data_gradient_gradient(dy, by_output, convolution_map, options, wanted):
    to_output = to_map = None
    if "by_output" in wanted:
        to_output = convolve(convolution_map, dy, **dict(zip(OPTIONS, options)))
    if "convolution_map" in wanted:
        to_map = convolve_map_gradient(by_output, dy, convolution_map, options)
    return to_output, to_map, None


@operator(family="whole", no_gradient=("convolution_map",))
def convolve_map_gradient(
    by_output: Operand, operand: Operand, convolution_map: Operand, options: tuple
):
    """Return the gradient of a convolution to its kernel, which only lends its shape."""


@convolve_map_gradient.shape
def convolve_map_gradient_shape(convolution_map):
    return convolution_map.shape


@convolve_map_gradient.axes
def convolve_map_gradient_axes():
    return ()


@convolve_map_gradient.reference
def convolve_map_gradient_reference(by_output, operand, convolution_map, options, has_rows):
    if not has_rows[1]:
        by_output, operand = by_output[None], operand[None]
    geometry = convolution_geometry(operand.shape[1:], convolution_map.shape, *options)
    return accumulate(geometry, by_output, operand).reshape(convolution_map.shape)


@convolve_map_gradient.gradient
def convolve_map_gradient_gradient(dy, by_output, operand, options, wanted):
    to_output = to_operand = None
    if "by_output" in wanted:
        to_output = convolve(dy, operand, **dict(zip(OPTIONS, options)))
    if "operand" in wanted:
        to_operand = convolve_data_gradient(by_output, dy, operand, options)
    return to_output, to_operand, None
