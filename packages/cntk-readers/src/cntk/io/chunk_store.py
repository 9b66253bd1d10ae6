"""Chunks that were read, kept while they are likely to be needed again; the next one on its way.

At most one chunk is read ahead, by one thread, and nothing else is read before it is complete. So
malformed inputs are counted in the same order as without it.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache

from cntk.io.chunk import Chunk

KEPT_BYTES = 256 << 20
"""Data smaller than this are read once. Of larger data only what is in use is kept: the next sweep
would come back to the rest when it had made room for other chunks long ago."""


class ChunkStore:
    """Reads chunks and keeps the last ones.

    Args:
        read: returns the chunk of a number.
        kept_bytes: memory above which the chunks used longest ago are dropped; those that are held,
            and the one asked for, are not.
    """

    def __init__(self, read: Callable[[int], Chunk], kept_bytes: int = KEPT_BYTES) -> None:
        self._read, self._kept_bytes = read, kept_bytes
        self._chunks: OrderedDict[int, Chunk] = OrderedDict()
        self._num_bytes = 0
        self._held: frozenset[int] = frozenset()
        self._all_fit = True
        self._ahead: tuple[int, int, Future[Chunk]] | None = None  # chunk, process

    def get(self, chunk_id: int) -> Chunk:
        """Return a chunk, from memory if it is still there."""
        chunk = self._chunks.get(chunk_id)
        if chunk is None:
            chunk = self._chunks[chunk_id] = self._wait_or_read(chunk_id)
            self._num_bytes += chunk.num_bytes
            self._drop(self._kept_bytes, self._held | {chunk_id})
        else:
            self._chunks.move_to_end(chunk_id)
        return chunk

    def hold(self, chunk_ids: list[int]) -> list[Chunk]:
        """Return chunks that are used together; they stay until others are asked for so.

        Once the data turned out not to fit, nothing but these is kept.
        """
        self._held = frozenset(chunk_ids)
        if not self._all_fit:
            self._drop(0, self._held)
        return [self.get(chunk_id) for chunk_id in chunk_ids]

    def _drop(self, kept_bytes: int, needed: frozenset[int]) -> None:
        """Drop the chunks used longest ago that are not needed, down to some memory."""
        for chunk_id in list(self._chunks):
            if self._num_bytes <= kept_bytes:
                break
            if chunk_id not in needed:
                self._num_bytes -= self._chunks.pop(chunk_id).num_bytes
                self._all_fit = False

    def peek(self, chunk_id: int) -> Chunk | None:
        """Return a chunk if it is in memory, or on its way."""
        if self._ahead is not None and self._ahead[0] == chunk_id:
            return self.get(chunk_id)
        return self._chunks.get(chunk_id)

    def begin(self, chunk_id: int) -> None:
        """Begin to read a chunk in another thread, unless one is being read already."""
        if chunk_id not in self._chunks and self._ahead is None:
            process = os.getpid()
            self._ahead = chunk_id, process, _thread(process).submit(self._read, chunk_id)

    def _wait_or_read(self, chunk_id: int) -> Chunk:
        if self._ahead is None:
            return self._read(chunk_id)
        ahead, process, future = self._ahead
        self._ahead = None
        if process == os.getpid():  # a forked process has not the thread that would read it
            if ahead == chunk_id:
                return future.result()
            wait([future])
        return self._read(chunk_id)


@cache
def _thread(process: int) -> ThreadPoolExecutor:
    """Return the thread of a process that reads ahead; a forked process has its own."""
    return ThreadPoolExecutor(1, "cntk.io.ahead")
