"""Blocks of an image as channels, and back."""

from __future__ import annotations

from operator import index

from cntk.errors import ArgumentError, ShapeError
from cntk.graph.function import Function
from cntk.operators.axes import shape_of
from cntk.operators.declare import Operand, Sample, composite
from cntk.operators.stored import Attribute, Block
from cntk.ops._shape.reshape import replace_axes
from cntk.ops._shape.transpose import transpose
from cntk.shape import shape_text

_BLOCK_SIZE = {"block_size": Attribute("blockSize", "Z")}


@composite(stored=Block("DepthToSpace", attributes=_BLOCK_SIZE))
def depth_to_space(operand: Operand, block_size: int, name: str = "") -> Function:
    """Return an image whose blocks of pixels come from channels.

    Args:
        operand: static shape ``(C * b * b, H, W)``; channel ``(y * b + x) * C + c`` becomes pixel
            ``(y, x)`` of the blocks of channel ``c``.
        block_size: side b of a block.
        name: name of the result, of static shape ``(C, H * b, W * b)``.

    Raises:
        ValueError: ``block_size`` is no positive int, or its square does not divide the channels.

    Reference: W. Shi et al., Real-Time Single Image and Video Super-Resolution Using an Efficient
    Sub-Pixel Convolutional Neural Network, CVPR 2016.

    >>> x = np.arange(4, dtype=np.float32).reshape(4, 1, 1)
    >>> C.depth_to_space(x, 2).eval()
    array([[[0., 1.],
            [2., 3.]]], dtype=float32)
    """
    b = block_size
    split = replace_axes(operand, (b, b, -1), 0, 1)  # y, x, C, H, W
    turned = transpose(split, (2, 3, 0, 4, 1))  # C, H, y, W, x
    rows = replace_axes(turned, (-1,), 1, 3)
    return replace_axes(rows, (-1,), 2, 4)


@depth_to_space.prepare
def depth_to_space_prepare(operand, block_size):
    size = _block_size(operand, block_size, "DepthToSpace")
    shape = shape_of(operand)
    if shape and shape[0] > 0 and shape[0] % (size * size):
        raise ShapeError(
            f"DepthToSpace: Number of channels in the operand ({shape[0]}) must be divisible by "
            f"(blocksize x blocksize), i.e., ({size} x {size})."
        )
    return [operand], {"block_size": size}


@depth_to_space.samples
def depth_to_space_samples(make):
    yield Sample(make(8, 2, 3), block_size=2)


@composite(stored=Block("SpaceToDepth", attributes=_BLOCK_SIZE))
def space_to_depth(operand: Operand, block_size: int, name: str = "") -> Function:
    """Return an image whose channels come from blocks of pixels: the inverse of depth_to_space.

    Args:
        operand: static shape ``(C, H * b, W * b)``.
        block_size: side b of a block.
        name: name of the result, of static shape ``(C * b * b, H, W)``.

    Raises:
        ValueError: ``block_size`` is no positive int, or does not divide both sides.

    >>> x = np.arange(4, dtype=np.float32).reshape(1, 2, 2)
    >>> C.space_to_depth(x, 2).eval().ravel()
    array([0., 1., 2., 3.], dtype=float32)
    """
    b = block_size
    columns = replace_axes(operand, (-1, b), 2, 3)
    split = replace_axes(columns, (-1, b), 1, 2)  # C, H, y, W, x
    turned = transpose(split, (2, 4, 0, 1, 3))  # y, x, C, H, W
    return replace_axes(turned, (-1,), 0, 3)


@space_to_depth.prepare
def space_to_depth_prepare(operand, block_size):
    size = _block_size(operand, block_size, "SpaceToDepth")
    shape = shape_of(operand)
    if shape and any(n > 0 and n % size for n in shape[1:]):
        raise ShapeError(
            f"SpaceToDepth: All spatial dimensions in the operand ({shape[1]} x {shape[2]}) must "
            f"be divisible by blocksize ({size})."
        )
    return [operand], {"block_size": size}


@space_to_depth.samples
def space_to_depth_samples(make):
    yield Sample(make(2, 4, 6), block_size=2)


def _block_size(operand, block_size, what: str) -> int:
    """Return the checked block size for an operand that must be an image."""
    try:
        size = index(block_size)
    except TypeError:
        raise ArgumentError(f"{what}: block_size must be an integer, not {block_size!r}") from None
    if size < 1:
        raise ArgumentError(f"{what}: block_size must be positive, not {size}")
    shape = shape_of(operand)
    if shape is not None and len(shape) != 3:
        raise ShapeError(
            f"{what}: Input operand (shape: {shape_text(shape)}) must be a 3-dimensional tensor, "
            "e.g. a 2D image with channels."
        )
    return size
