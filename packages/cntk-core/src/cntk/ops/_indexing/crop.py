"""Parts of images that lie where other images do."""

from __future__ import annotations

from operator import index

import numpy as np

from cntk.errors import ArgumentError, ShapeError
from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, composite, operator
from cntk.operators.stored import Attribute, Primitive
from cntk.ops._indexing.cut import cut
from cntk.ops._indexing.positions import offset_between
from cntk.shape import is_static


@composite()
def crop_manual(
    node_input: Operand, node_referent: Operand, offset_x: int, offset_y: int, name: str = ""
) -> Function:
    """Return the part of an image that has the size of another one.

    Args:
        node_input: static shape ``(..., H, W)``.
        node_referent: static shape ``(..., h, w)``; only its size matters.
        offset_x: first column of the part.
        offset_y: first row of the part.
        name: name of the result, of static shape ``(..., h, w)``.

    Raises:
        ValueError: the part leaves the image, an offset is no int from 0 on, or ranks differ.

    >>> x = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
    >>> C.crop_manual(x, np.zeros((1, 2, 2), np.float32), 1, 2).eval()
    array([[[ 9., 10.],
            [13., 14.]]], dtype=float32)
    """
    try:
        offset = index(offset_x), index(offset_y)
    except TypeError:
        offset = (-1, -1)
    if min(offset) < 0:
        raise ArgumentError(
            f"Crop: offsets must be ints from 0 on, not {offset_x!r} and {offset_y!r}"
        )
    return crop_at(node_input, node_referent, offset, name)


@crop_manual.samples
def crop_manual_samples(make):
    yield Sample(make(2, 5, 6), make(2, 3, 2), offset_x=2, offset_y=1)


@operator(
    family="per_sample",
    no_gradient=("node_referent",),
    stored=Primitive(84, "Crop", attributes={"offset": Attribute("offset", "Z*")}),
)
def crop_at(node_input: Operand, node_referent: Operand, offset: tuple, name: str = "") -> Function:
    """Return the part of an image that begins at ``offset`` (column, row)."""


@crop_at.axes
def crop_at_axes(node_input):
    return node_input.dynamic_axes


@crop_at.shape
def crop_at_shape(node_input, node_referent, offset):
    columns, rows = offset
    shape = _cropped_shape(node_input, node_referent)
    _check_inside(node_input.shape, shape, (rows, columns))
    return shape


def _cropped_shape(image, referent) -> tuple[int, ...]:
    if len(image.shape) < 2:
        raise ShapeError(f"Crop: cropped input '{image}' must have rank at least 2.")
    if len(image.shape) != len(referent.shape):
        raise ShapeError(
            f"Crop: cropped input '{image}' and reference input '{referent}' have different ranks."
        )
    return (*image.shape[:-2], *referent.shape[-2:])


def _check_inside(shape, part, offset: tuple[int, int]) -> None:
    """Refuse a part that leaves the image, as far as sizes are known."""
    for word, axis, first in (("y", -2, offset[0]), ("x", -1, offset[1])):
        if shape[axis] > 0 and part[axis] > 0 and first + part[axis] > shape[axis]:
            raise ShapeError(
                f"Crop: Input is small to be cropped along {word} dimension: size {shape[axis]}, "
                f"the part goes from {first} to {first + part[axis]}"
            )


@crop_at.lower
def crop_at_lower(node_input, node_referent, offset):
    columns, rows = offset
    return _crop(node_input, node_referent, (rows, columns))


def _crop(x, like, offset: tuple[int, int]):
    """Return what a crop at (row, column) is in a plan."""
    _check_inside(x.shape, like.shape, offset)
    if not is_static(like.shape[-2:]):
        return crop_to(x, like, offset)
    rank = len(x.shape)
    ranges = tuple(
        (rank + axis, first, first + like.shape[axis], 1) for axis, first in zip((-2, -1), offset)
    )
    return cut(x, ranges)


def crop_automatic(node_input, node_referent, name: str = "") -> Function:
    """Return the part of an image that lies where another one, computed from the same, lies.

    The place follows from the convolutions and poolings on the way from an image that both were
    computed from, found when the graph is first computed.

    Args:
        node_input: static shape ``(..., H, W)``.
        node_referent: static shape ``(..., h, w)``; only its size matters.
        name: name of the result, of static shape ``(..., h, w)``.

    Raises:
        ValueError: ranks differ.

    Reference: J. Long et al., Fully Convolutional Networks for Semantic Segmentation, CVPR 2015.

    >>> x = C.input_variable((1, 5, 5))
    >>> y = C.crop_automatic(x, C.pooling(x, C.AVG_POOLING, (3, 3)))
    >>> y.eval({x: np.arange(25, dtype=np.float32).reshape(1, 1, 5, 5)})[0, 0]
    array([[ 6.,  7.,  8.],
           [11., 12., 13.],
           [16., 17., 18.]], dtype=float32)
    """
    return crop_over(node_input, node_referent, name)


@operator(family="per_sample", stored=Primitive(84, "Crop"), no_gradient=("node_referent",))
def crop_over(node_input: Operand, node_referent: Operand, name: str = "") -> Function:
    """Return the part of an image that lies where another one lies; see ``C.crop_automatic``."""


@crop_over.axes
def crop_over_axes(node_input):
    return node_input.dynamic_axes


@crop_over.shape
def crop_over_shape(node_input, node_referent):
    return _cropped_shape(node_input, node_referent)


@crop_over.lower
def crop_over_lower(node_input, node_referent):
    return _crop(node_input, node_referent, offset_between(node_input, node_referent))


def crop_automatic_with_ancestors(
    node_input, node_referent, ancestor_input, ancestor_referent, name: str = ""
) -> Function:
    """Return the part of an image that lies where another one lies, given what is in one place.

    Args:
        node_input: static shape ``(..., H, W)``.
        node_referent: static shape ``(..., h, w)``; only its size matters.
        ancestor_input: something that ``node_input`` was computed from.
        ancestor_referent: something that ``node_referent`` was computed from, each pixel of which
            lies where that pixel of ``ancestor_input`` does.
        name: name of the result, of static shape ``(..., h, w)``.

    Raises:
        ValueError: ranks differ.

    >>> x, y = C.input_variable((1, 5, 5)), C.input_variable((1, 5, 5))
    >>> C.crop_automatic_with_ancestors(x, C.pooling(y, C.AVG_POOLING, (3, 3)), x, y).shape
    (1, 3, 3)
    """
    return crop_over_ancestors(node_input, node_referent, ancestor_input, ancestor_referent, name)


@operator(
    family="per_sample",
    stored=Primitive(84, "Crop"),
    no_gradient=("node_referent", "ancestor_input", "ancestor_referent"),
)
def crop_over_ancestors(
    node_input: Operand,
    node_referent: Operand,
    ancestor_input: Operand,
    ancestor_referent: Operand,
    name: str = "",
) -> Function:
    """Return a crop; see ``C.crop_automatic_with_ancestors``."""


@crop_over_ancestors.axes
def crop_over_ancestors_axes(node_input):
    return node_input.dynamic_axes


@crop_over_ancestors.shape
def crop_over_ancestors_shape(node_input, node_referent):
    return _cropped_shape(node_input, node_referent)


@crop_over_ancestors.lower
def crop_over_ancestors_lower(node_input, node_referent, ancestor_input, ancestor_referent):
    offset = offset_between(node_input, node_referent, ancestor_input, ancestor_referent)
    return _crop(node_input, node_referent, offset)


@operator(family="per_sample", no_gradient=("like",))
def crop_to(x: Operand, like: Operand, offset: tuple):
    """Return the part of ``x`` of the size that ``like`` has at run time."""


@crop_to.shape
def crop_to_shape(x, like):
    return (*x.shape[:-2], *like.shape[-2:])


@crop_to.reference
def crop_to_reference(x, like, offset):
    _check_inside(x.shape, like.shape, offset)
    return x[_window(like, offset)]


def _window(part: np.ndarray, offset: tuple[int, int]) -> tuple:
    (row, column), (height, width) = offset, part.shape[-2:]
    return ..., slice(row, row + height), slice(column, column + width)


@crop_to.gradient
def crop_to_gradient(dy, x, offset):
    return put_at(dy, x, offset), None


@operator(family="per_sample", no_gradient=("like",))
def put_at(x: Operand, like: Operand, offset: tuple):
    """Return zeros of the shape of ``like`` with ``x`` as the part that begins at an offset."""


@put_at.shape
def put_at_shape(like):
    return like.shape


@put_at.reference
def put_at_reference(x, like, offset):
    result = np.zeros((len(x), *like.shape[1:]), x.dtype)
    result[_window(x, offset)] = x
    return result


@put_at.gradient
def put_at_gradient(dy, x, offset):
    return crop_to(dy, x, offset), None
