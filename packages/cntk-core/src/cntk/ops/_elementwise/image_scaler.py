"""Scaling of images."""

from __future__ import annotations

import numpy as np

from cntk.errors import ShapeError
from cntk.graph.build import literal
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Attribute, Block
from cntk.ops._elementwise.arithmetic import plus
from cntk.ops._shape.reshape import reshape
from cntk.ops._shape.splice import splice
from cntk.shape import is_unknown, shape_text


@composite(
    stored=Block(
        "ImageScaler",
        attributes={"scalar": Attribute("Scaler", "F"), "biases": Attribute("Biases", "F*")},
    )
)
def image_scaler(x: Operand, scalar: float, biases, name: str = "") -> Function:
    """Return ``scalar * x`` plus a bias for each channel.

    Args:
        x: image of static shape ``(channels, height, width)``.
        scalar: factor of all pixels.
        biases: one number for each channel.
        name: name of the result.

    Raises:
        ValueError: ``x`` is no such image, or has another number of channels.

    >>> C.image_scaler([[[1, 2]], [[3, 4]]], 10, [5, 6]).eval()
    array([[[15., 25.]],
           [[36., 46.]]], dtype=float32)
    """
    if not is_unknown(x.shape) and (len(x.shape) != 3 or x.shape[0] != len(biases)):
        raise ShapeError(
            f"ImageScaler: {len(biases)} biases need an image of shape "
            f"[{len(biases)} x height x width], not {shape_text(x.shape)}"
        )
    scaled = x * scalar
    shifts = splice(*(literal(bias, x) for bias in biases), axis=-1)
    return plus(scaled, reshape(shifts, (len(biases), 1, 1)), name=name)


@image_scaler.prepare
def image_scaler_prepare(x, scalar, biases):
    scalar, *biases = (float(np.float32(number)) for number in (scalar, *biases))
    return [x], {"scalar": scalar, "biases": tuple(biases)}


@image_scaler.samples
def image_scaler_samples(make):
    yield Sample(make(3, 4, 5), scalar=2.0, biases=(0.1, 0.2, 0.3))
