"""The patches that windows see, as a matrix: a block of it at a time, in a buffer that is kept.

A convolution is a product with the matrix of patches, which has a column per window and a row per
cell of a window. That matrix is as many times larger than the data as a window has cells, so only
blocks of it ever exist: some windows of some samples. A block lies in memory as [samples, cells,
windows], one product per sample; or, where a sample has few windows, as [cells, samples, windows],
one product for all.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterator

import numpy as np

from cntk.ops._convolution.geometry import ConvolutionGeometry

# 1 MB of float32 stays in a core's cache: the best of 0.5 to 8 MB, for images of 8x8 to 224x224.
BLOCK_CELLS = 2**18
# Fewer columns make slow products: a sample with fewer windows shares a product with others.
FEWEST_COLUMNS = 64
# A larger buffer, which only an extreme kernel needs, is not kept.
LARGEST_KEPT_BYTES = 2**23

_thread = threading.local()


class Region:
    """Consecutive windows, the same ones of each sample.

    Args:
        geometry: the convolution.
        ranges: (start, stop) of the windows along each axis.
        first: number of the first window, in row-major order.
    """

    def __init__(
        self, geometry: ConvolutionGeometry, ranges: tuple[tuple[int, int], ...], first: int
    ) -> None:
        self.shape = tuple(stop - start for start, stop in ranges)
        self.columns = slice(first, first + math.prod(self.shape))
        meets = [
            [(k, *axis.overlap(k, *range_)) for k in range(axis.window)]
            for axis, range_ in zip(geometry.axes, ranges)
        ]
        every = (slice(None), slice(None))
        # One move per position of the window: (index into the patches, index into the data).
        self.moves: list[tuple[tuple[int | slice, ...], tuple[slice, ...]]] = [
            (
                (*every, *(k for k, _, _ in move), *(windows for _, windows, _ in move)),
                (*every, *(cells for _, _, cells in move)),
            )
            for move in itertools.product(*meets)
        ]
        self.meets_padding = any(
            windows != slice(0, extent)
            for axis, extent in zip(meets, self.shape)
            for _, windows, _ in axis
        )


class Block:
    """The patches of a region of a few samples, in this thread's buffer.

    Args:
        geometry: the convolution.
        region: the windows.
        num_samples: how many samples.
        dtype: element type of the products.
    """

    def __init__(
        self, geometry: ConvolutionGeometry, region: Region, num_samples: int, dtype: np.dtype
    ) -> None:
        self.region, self.joined = region, joins_samples(geometry)
        self.patches: np.ndarray  # [samples, channels, *window, *windows of the region]
        self.matrix: np.ndarray  # [(samples,) groups, cells, columns]
        channels, window = geometry.groups * geometry.channels, geometry.window
        num_columns = region.columns.stop - region.columns.start
        buffer = _buffer(num_samples * geometry.groups * geometry.fan_in * num_columns, dtype)
        if self.joined:
            patches = buffer.reshape(channels, *window, num_samples, *region.shape)
            self.patches = np.moveaxis(patches, 1 + len(window), 0)
            self.matrix = buffer.reshape(
                geometry.groups, geometry.fan_in, num_samples * num_columns
            )
        else:
            self.patches = buffer.reshape(num_samples, channels, *window, *region.shape)
            self.matrix = buffer.reshape(num_samples, geometry.groups, geometry.fan_in, num_columns)
        if region.meets_padding:  # gathering writes the same cells each time, and never these
            buffer.fill(0)

    def gather(self, x: np.ndarray) -> None:
        """Fill the block with the patches of samples [samples, channels, *sizes]."""
        for into, cells in self.region.moves:
            self.patches[into] = x[cells]

    def scatter(self, dx: np.ndarray) -> None:
        """Add the block's patches to samples [samples, channels, *sizes]."""
        for into, cells in self.region.moves:
            dx[cells] += self.patches[into]


def joins_samples(geometry: ConvolutionGeometry) -> bool:
    """Whether samples share a product."""
    return geometry.positions < FEWEST_COLUMNS


def blocks(
    geometry: ConvolutionGeometry, num_samples: int, dtype: np.dtype
) -> Iterator[tuple[slice, Block]]:
    """Yield all blocks of a minibatch, each with the slice of samples that it is for."""
    num_cells = geometry.groups * geometry.fan_in
    for region in _regions(geometry, max(FEWEST_COLUMNS, BLOCK_CELLS // num_cells)):
        num_columns = region.columns.stop - region.columns.start
        step = max(1, BLOCK_CELLS // (num_cells * num_columns))
        if joins_samples(geometry):
            step = max(step, FEWEST_COLUMNS // num_columns)
        block = None
        for start in range(0, num_samples, step):
            count = min(step, num_samples - start)
            if block is None or count < step:
                block = Block(geometry, region, count, dtype)
            yield slice(start, start + count), block


def _regions(geometry: ConvolutionGeometry, most_columns: int) -> Iterator[Region]:
    """Yield the windows of a sample in order, at most ``most_columns`` at a time."""
    outputs = geometry.outputs
    whole = [(0, size) for size in outputs]
    cut, inner = len(outputs), 1  # axes from `cut` on are whole
    while cut and inner * outputs[cut - 1] <= most_columns:
        cut -= 1
        inner *= outputs[cut]
    if cut == 0:
        yield Region(geometry, tuple(whole), 0)
        return
    first, step = 0, max(1, most_columns // inner)
    for leading in itertools.product(*map(range, outputs[: cut - 1])):
        for start in range(0, outputs[cut - 1], step):
            stop = min(start + step, outputs[cut - 1])
            ranges = (*((i, i + 1) for i in leading), (start, stop), *whole[cut:])
            yield Region(geometry, ranges, first)
            first += (stop - start) * inner


def _buffer(num_cells: int, dtype: np.dtype) -> np.ndarray:
    """Return an uninitialised 1-D array, in the buffer that this thread keeps."""
    num_bytes = num_cells * dtype.itemsize
    buffer = getattr(_thread, "buffer", None)
    if buffer is None or buffer.nbytes < num_bytes:
        buffer = np.empty(num_bytes, np.uint8)
        if num_bytes <= LARGEST_KEPT_BYTES:
            _thread.buffer = buffer
    return buffer[:num_bytes].view(dtype)
