"""A step of a sweep with its data, given out piece by piece."""

from __future__ import annotations

import numpy as np

from cntk.io.chunk import Chunk, gather
from cntk.io.gathering import StepSources
from cntk.io.randomize import Step

_BLOCK_BYTES = 16 << 20


class LoadedStep:
    """The sequences of a step in their order.

    A shuffled minibatch comes from nearly as many chunks as it has sequences. C code gathers them
    from all chunks at once. To NumPy picking from each of them costs more than copying: sequences
    are brought together some megabytes at a time, and minibatches are cut from that block.

    Args:
        step: the order.
        chunks: the data of ``step.chunk_ids``.
        sizes: how much each sequence counts.
    """

    def __init__(self, step: Step, chunks: list[Chunk], sizes: np.ndarray) -> None:
        self.step, self._chunks, self.sizes = step, chunks, sizes
        self.is_valid = np.empty(len(step.index), bool)
        for chunk, here in zip(chunks, step.by_chunk):
            self.is_valid[here] = chunk.is_valid[step.index[here]]
        num_sequences = sum(chunk.num_sequences for chunk in chunks)
        num_bytes = sum(chunk.num_bytes for chunk in chunks)
        self._block_size = _BLOCK_BYTES * num_sequences // max(1, num_bytes)
        self._block: Chunk | None = None
        self._begin = self._end = 0
        self._sources: StepSources | None = None
        if len(chunks) > 1 and StepSources.accept(chunks):
            self._sources = StepSources(step, chunks)

    def take(self, chosen: np.ndarray) -> Chunk:
        """Return some sequences.

        Args:
            chosen: their numbers in this step, rising.
        """
        if len(self._chunks) == 1:
            return self._gather(chosen)
        if self._sources is not None:
            streams = self._sources.take(chosen)
            return Chunk(streams, None, self.sizes[chosen], self.is_valid[chosen])
        first, last = int(chosen[0]), int(chosen[-1])
        if self._block is None or first < self._begin or last >= self._end:
            self._begin = first
            self._end = min(len(self.step.index), max(last + 1, first + self._block_size))
            self._block = self._gather(np.arange(self._begin, self._end))
        return self._block.take(chosen - self._begin)

    def _gather(self, chosen: np.ndarray) -> Chunk:
        return gather(self._chunks, self.step.chunk_of[chosen], self.step.index[chosen])
