"""Takes sequences from a deserializer: order, limits, division among workers, position."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk.io.chunk import Chunk, join
from cntk.io.chunk_store import ChunkStore
from cntk.io.deferred import put_in_sweep
from cntk.io.deserializer import Deserializer, as_chunk
from cntk.io.loaded_step import LoadedStep
from cntk.io.problems import data_error
from cntk.io.randomize import FileOrder, ShuffledOrder, Step

_STATE = ("position", "_sweep", "_number", "_offset", "_passed", "_found_any", "_loaded")


class SequenceReader:
    """A place in the endless row of sequences, and what can be taken from there.

    The position is the number of samples passed since the beginning of the first sweep; sequences
    left out as malformed count as well, so that a position means the same in every run.

    Args:
        deserializer: where the data come from.
        window: chunks that are shuffled together; 0: keep the order.
        seed: for shuffling.
        max_sweeps: sweeps after which the data end.
        max_samples: samples after which the data end.
        check: is called with each chunk that was read.
    """

    def __init__(
        self,
        deserializer: Deserializer,
        window: int,
        seed: int,
        max_sweeps: int,
        max_samples: int,
        check: Callable[[Chunk], None],
    ) -> None:
        self._deserializer, self._check = deserializer, check
        self._max_sweeps, self._max_samples = max_sweeps, max_samples
        self._store = ChunkStore(self._read)
        self._counts: dict[int, int] = {}
        num_chunks = deserializer.num_chunks()
        self._order: FileOrder | ShuffledOrder = FileOrder(num_chunks, self._count)
        if window:
            self._order = ShuffledOrder(num_chunks, self._count, window, seed)
        self.position = 0
        self._sweep = self._number = self._offset = 0
        # sequences passed: the worker of a sequence follows from its number
        self._passed = 0
        self._found_any = False
        self._loaded: LoadedStep | None = None

    def take(self, size: int, num_parts: int = 1, part: int = 0) -> tuple[Chunk | None, bool]:
        """Return the next sequences for one worker, and whether a sweep ended with them.

        Whole sequences are taken while they fit in the worker's share of ``size``, at least one.

        Args:
            size: samples of the minibatch, all workers together.
            num_parts: number of workers.
            part: which of them asks; the i-th sequence belongs to worker ``i % num_parts``.

        Returns:
            None and a flag where the data end.
        """
        size = min(size, max(1, self._max_samples - self.position))
        share = max(1, size // num_parts + (part < size % num_parts))
        taken: list[Chunk] = []
        left, sweep_ended = share, False
        while left > 0 and not self._at_end():
            loaded = self._load()
            span = slice(self._offset, self._offset + (left + 1) * num_parts)
            mine = loaded.is_valid[span].copy()
            if num_parts > 1:
                numbers = np.arange(self._passed, self._passed + len(mine))
                mine &= numbers % num_parts == part
            ends = np.cumsum(np.where(mine, loaded.sizes[span], 0))
            fitting = int(np.searchsorted(ends, left, side="right"))
            own = np.flatnonzero(mine[:fitting])
            if not len(own) and not taken and fitting < len(mine):
                # the first sequence is taken even if it is longer than the minibatch
                own, left = np.array([fitting]), 0
                fitting += 1
            elif len(own):
                left -= int(ends[own[-1]])
            if left == 0:
                fitting = int(own[-1]) + 1
            is_full = left <= 0 or fitting < len(mine)
            if len(own):
                taken.append(put_in_sweep(loaded.take(own + self._offset), self._sweep))
            sweep_ended |= self._pass(loaded, fitting)
            if is_full:
                break
        return (join(taken) if taken else None), sweep_ended

    @property
    def is_between_sweeps(self) -> bool:
        """Whether the next sequence is the first of a sweep."""
        return self._number == self._offset == 0

    def state(self) -> tuple:
        """Return where the reader is, for :meth:`go_to`."""
        return tuple(getattr(self, name) for name in _STATE)

    def go_to(self, state) -> None:
        """Return to where the reader was."""
        for name, value in zip(_STATE, state):
            setattr(self, name, value)

    def seek(self, position: int) -> None:
        """Go to the first sequence that begins at or after a position."""
        chunks = range(self._order.num_steps)
        total = sum(int(self._sizes(i).sum()) for i in chunks) if position else 1
        self._sweep, rest = divmod(position, max(1, total))
        self._passed = self._sweep * sum(map(self._count, chunks)) if self._sweep else 0
        self._number = self._offset = 0
        self._loaded, self._found_any = None, rest > 0
        self.position = position - rest
        while rest > 0:
            ends = np.cumsum(self._step_sizes(self._step()))
            passed = min(int(np.searchsorted(ends, rest)) + 1, len(ends))
            passed_size = int(ends[passed - 1]) if passed else 0
            rest -= passed_size
            self._move(passed, passed_size)

    def _at_end(self) -> bool:
        return self._sweep >= self._max_sweeps or self.position >= self._max_samples

    def _pass(self, loaded: LoadedStep, count: int) -> bool:
        """Go past some sequences and the malformed ones after them; tell whether a sweep ended."""
        rest = loaded.is_valid[self._offset + count :]
        count += int(rest.argmax()) if rest.any() else len(rest)
        span = slice(self._offset, self._offset + count)
        self._found_any |= bool(loaded.is_valid[span].any())
        return self._move(count, int(loaded.sizes[span].sum()))

    def _move(self, count: int, size: int) -> bool:
        sweep = self._sweep
        self._offset += count
        self._passed += count
        self.position += size
        while self._offset >= len(self._step().index):
            self._number, self._offset, self._loaded = self._number + 1, 0, None
            if self._number == self._order.num_steps:
                self._end_sweep()
            if self._sweep >= self._max_sweeps:
                break
        return self._sweep > sweep

    def _end_sweep(self) -> None:
        if not self._found_any:
            raise data_error(
                f"{self._deserializer.describe()} has no sequence that can be used.",
                "all of them were left out as malformed",
            )
        self._sweep, self._number, self._found_any = self._sweep + 1, 0, False

    def _step(self) -> Step:
        if self._loaded is not None:
            return self._loaded.step
        return self._order.step(self._sweep, self._number)

    def _load(self) -> LoadedStep:
        if self._loaded is None:
            step = self._step()
            chunks = self._store.hold(step.chunk_ids)
            self._loaded = LoadedStep(step, chunks, self._step_sizes(step))
            following = self._order.chunk_after(self._number)
            if following is not None and self._deserializer.reads_ahead:
                self._store.begin(following)
        return self._loaded

    def _step_sizes(self, step: Step) -> np.ndarray:
        sizes = np.empty(len(step.index), np.int64)
        for chunk_id, here in zip(step.chunk_ids, step.by_chunk):
            sizes[here] = self._sizes(chunk_id)[step.index[here]]
        return sizes

    def _sizes(self, chunk_id: int) -> np.ndarray:
        chunk = self._store.peek(chunk_id)
        sizes = self._deserializer.sequence_sizes(chunk_id) if chunk is None else chunk.sizes
        return self._store.get(chunk_id).sizes if sizes is None else sizes

    def _count(self, chunk_id: int) -> int:
        if chunk_id not in self._counts:
            self._counts[chunk_id] = len(self._sizes(chunk_id))
        return self._counts[chunk_id]

    def _read(self, chunk_id: int) -> Chunk:
        chunk = as_chunk(self._deserializer.get_chunk(chunk_id), self._deserializer, chunk_id)
        self._check(chunk)
        return chunk
