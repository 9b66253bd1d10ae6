"""The kernels of convolution and its gradients, bound to the steps of a plan."""

from __future__ import annotations

from cntk.backends.numpy.binding import bind_twice, static_shape
from cntk.backends.numpy.convolution import (
    convolution,
    convolution_data_gradient,
    convolution_map_gradient,
)
from cntk.execution.kernels import Kernel
from cntk.ops._convolution.convolve import OPTIONS, options_of
from cntk.ops._convolution.convolve_transposed import asked_shape
from cntk.ops._convolution.transposed import neutral_for_channels, transposed_geometry

declared: list[Kernel] = []


@bind_twice("convolve", declared)
def convolve(step):
    options = dict(zip(OPTIONS, options_of(step.attributes)))

    def compute(convolution_map, operand, out):
        return [convolution(operand, convolution_map[0], out=out[0], **options)]

    return compute


@bind_twice("convolve_data_gradient", declared, reads=(0, 1))
def convolve_data_gradient(step):
    options = dict(zip(OPTIONS, step.attributes["options"]))
    lender = step.operands[2]

    def compute(by_output, convolution_map, operand, out):
        shape = static_shape(lender, operand)
        return [
            convolution_data_gradient(
                by_output, convolution_map[0], operand_shape=shape, out=out[0], **options
            )
        ]

    return compute


@bind_twice("convolve_map_gradient", declared, reads=(0, 1))
def convolve_map_gradient(step):
    options = dict(zip(OPTIONS, step.attributes["options"]))
    lender = step.operands[2]

    def compute(by_output, operand, convolution_map, out):
        shape = static_shape(lender, convolution_map)
        result = out[0] if out[0] is None else out[0][0]
        result = convolution_map_gradient(
            by_output, operand, map_shape=shape, out=result, **options
        )
        return [result[None]]

    return compute


@bind_twice("convolve_transposed", declared)
def convolve_transposed(step):
    asked, options = asked_shape(step.attributes["output_shape"]), options_of(step.attributes)
    inner = dict(zip(OPTIONS, neutral_for_channels(len(step.operands[1].shape), *options)))

    def compute(convolution_map, operand, out):
        kernel = convolution_map[0]
        geometry = transposed_geometry(operand.shape[1:], kernel.shape, *options, asked)
        shape = geometry.input_view
        return [
            convolution_data_gradient(operand, kernel, operand_shape=shape, out=out[0], **inner)
        ]

    return compute
