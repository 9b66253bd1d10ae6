"""The order of sequences in a sweep: as they are, or shuffled within a rolling window of chunks.

A sweep has as many *steps* as there are chunks; a step is a list of sequences. In file order step t
is chunk t. Shuffled, the chunks are permuted, the chunk at position p has a window of positions
around p, and each of its sequences draws a random time in that window; step t holds the sequences
with times in [t, t + 1), in order of time. So a step needs only the chunks whose windows contain t.
Windows are pushed inside the sweep, where up to half as many more overlap; never to hold more
chunks than allowed they are two thirds of that. When all chunks fit, they have one window, and
every permutation is equally likely.

Each draw depends only on (seed, sweep, position): any step can be found again without the ones
before it, which is what a checkpoint needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from cntk.generator import uniform

_WORD = 2**64 - 1


@dataclass(frozen=True)
class Step:
    """Some sequences, in the order in which they are given out.

    Attributes:
        chunk_ids: chunks that the sequences come from.
        chunk_of: for each sequence the position of its chunk in ``chunk_ids``.
        index: for each sequence its number in its chunk.
    """

    chunk_ids: list[int]
    chunk_of: np.ndarray
    index: np.ndarray

    @cached_property
    def by_chunk(self) -> list[np.ndarray]:
        """For each chunk: which of the step's sequences come from it, rising."""
        order = np.argsort(self.chunk_of, kind="stable")
        bounds = np.searchsorted(self.chunk_of[order], np.arange(len(self.chunk_ids) + 1))
        return [order[begin:end] for begin, end in pairwise(bounds.tolist())]


class FileOrder:
    """Chunks and sequences in the order of the source.

    Args:
        num_chunks: chunks of the source.
        count: returns the number of sequences of a chunk.
    """

    def __init__(self, num_chunks: int, count: Callable[[int], int]) -> None:
        self.num_steps, self._count = num_chunks, count

    def chunk_after(self, number: int) -> int | None:
        """Return the chunk that the step after one needs besides what is there; None at the end."""
        return number + 1 if number + 1 < self.num_steps else None

    def step(self, sweep: int, number: int) -> Step:
        """Return one step of a sweep."""
        index = np.arange(self._count(number))
        return Step([number], np.zeros(len(index), np.int64), index)


class ShuffledOrder:
    """Chunks permuted, sequences shuffled within a rolling window of chunks.

    Args:
        num_chunks: chunks of the source.
        count: returns the number of sequences of a chunk.
        window: chunks that may be needed at the same time.
        seed: different seeds give different orders.

    >>> order = ShuffledOrder(1, lambda chunk_id: 5, window=1, seed=0)
    >>> sorted(order.step(0, 0).index.tolist())
    [0, 1, 2, 3, 4]
    """

    def __init__(self, num_chunks, count: Callable[[int], int], window: int, seed: int) -> None:
        self.num_steps, self._count, self._seed = num_chunks, count, seed
        self._window = num_chunks if window >= num_chunks else max(1, 2 * window // 3)
        self._sweep, self._chunk_ids = -1, np.zeros(0, np.int64)
        # times of each live chunk's sequences: their order, and where each step begins
        self._drawn: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    def chunk_after(self, number: int) -> int | None:
        """Return a chunk that the step after one needs besides those of that step."""
        for position in self._near(number + 1):
            if self._begin(position) == number + 1 < self.num_steps:
                return int(self._chunk_ids[position])
        return None

    def step(self, sweep: int, number: int) -> Step:
        """Return one step of a sweep."""
        if sweep != self._sweep:
            self._sweep, self._drawn = sweep, {}
            self._chunk_ids = np.argsort(self._numbers(self.num_steps, sweep), kind="stable")
        live = [p for p in self._near(number) if 0 <= number - self._begin(p) < self._window]
        self._drawn = {p: self._drawn.get(p) or self._draw(p) for p in live}
        index, times, sizes = [], [], []
        for position in live:
            order, drawn, bounds = self._drawn[position]
            at = number - self._begin(position)
            part = slice(bounds[at], bounds[at + 1])
            index.append(order[part])
            times.append(drawn[part])
            sizes.append(bounds[at + 1] - bounds[at])
        together = np.argsort(np.concatenate(times), kind="stable")
        chunk_of = np.repeat(np.arange(len(live)), sizes)[together]
        chunk_ids = self._chunk_ids[live].tolist()
        return Step(chunk_ids, chunk_of, np.concatenate(index)[together])

    def _near(self, number: int) -> range:
        """Return the positions whose window may contain a step."""
        return range(max(0, number - self._window), min(self.num_steps, number + self._window + 1))

    def _begin(self, position: int) -> int:
        """Return the first step of a position's window."""
        return min(max(0, position - self._window // 2), self.num_steps - self._window)

    def _draw(self, position: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        count = self._count(int(self._chunk_ids[position]))
        times = self._numbers(count, self._sweep, 1 + position) * self._window
        order = np.argsort(times, kind="stable")
        times = times[order]
        bounds = np.searchsorted(times, np.arange(self._window + 1))
        bounds[-1] = count
        return order, times + self._begin(position), bounds

    def _numbers(self, count: int, sweep: int, place: int = 0) -> np.ndarray:
        """Return numbers from 0 to below 1: of a sweep's chunks, or of one chunk's sequences."""
        table = (sweep << 32) + place
        return uniform(self._seed & _WORD, 0, count, dtype=np.dtype("f8"), table=table & _WORD)
