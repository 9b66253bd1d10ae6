"""Chunks that were read, kept while they are likely to be needed again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from cntk.io.chunk import Chunk

KEPT_BYTES = 256 << 20
"""Data smaller than this are read from disk once; of larger data the oldest chunks are dropped."""


class ChunkStore:
    """Reads chunks and keeps the last ones.

    Args:
        read: returns the chunk of a number.
        kept_bytes: memory above which the chunks used longest ago are dropped; the chunk asked for
            is always given.
    """

    def __init__(self, read: Callable[[int], Chunk], kept_bytes: int = KEPT_BYTES) -> None:
        self._read, self._kept_bytes = read, kept_bytes
        self._chunks: OrderedDict[int, Chunk] = OrderedDict()
        self._num_bytes = 0

    def get(self, chunk_id: int) -> Chunk:
        """Return a chunk, from memory if it is still there."""
        chunk = self._chunks.get(chunk_id)
        if chunk is None:
            chunk = self._chunks[chunk_id] = self._read(chunk_id)
            self._num_bytes += chunk.num_bytes
            while self._num_bytes > self._kept_bytes and len(self._chunks) > 1:
                _, oldest = self._chunks.popitem(last=False)
                self._num_bytes -= oldest.num_bytes
        else:
            self._chunks.move_to_end(chunk_id)
        return chunk

    def peek(self, chunk_id: int) -> Chunk | None:
        """Return a chunk if it is in memory."""
        return self._chunks.get(chunk_id)
