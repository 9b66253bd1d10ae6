"""Rows that are made only when their minibatch is: decoded images, for example.

A chunk of images holds where they are; shuffling and dividing move these places, and what costs
time happens once a minibatch is known, in threads, straight into its array. A row is a function of
its sample, the sweep and the seed, so neither the number of threads nor a restart changes it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np

from cntk.generator import uniform
from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.problems import Problem

_WORD = 2**64 - 1
_APART_FROM_ORDER = 0x9E3779B97F4A7C15  # else samples would see the numbers that shuffle them
_SAMPLE_BITS = 40


class Moment(NamedTuple):
    """All that the randomness of a sample depends on.

    Attributes:
        seed: the ``randomization_seed`` of the source.
        sweep: sweeps over the data before this one.
        sample: number of the sample in its source, in the file's order.
    """

    seed: int
    sweep: int
    sample: int

    def numbers(self, stream: int, count: int) -> np.ndarray:
        """Return the first numbers from 0 to below 1 of one of the sample's streams.

        Args:
            stream: numbers of different streams are independent.
            count: how many, up to 64.

        >>> Moment(1, 0, 5).numbers(2, 3) == Moment(1, 0, 5).numbers(2, 4)[:3]
        array([ True,  True,  True])
        """
        seed = (self.seed ^ _APART_FROM_ORDER) & _WORD
        table = ((self.sweep << _SAMPLE_BITS) + self.sample) & _WORD
        return uniform(seed, 64 * stream, count, dtype=np.dtype("f8"), table=table)


class MalformedSample(Exception):
    """A sample that cannot be made; the source counts it and leaves it out."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Recipe(ABC):
    """How the rows of a deserializer's streams are made.

    Args:
        shapes: static shape of the rows of each stream, by name; they are of float32.
    """

    def __init__(self, shapes: dict[str, tuple[int, ...]]) -> None:
        self.shapes = shapes

    @abstractmethod
    def write(self, item: Any, moment: Moment, rows: dict[str, np.ndarray]) -> None:
        """Write the rows of one sample; called from several threads at once.

        Args:
            item: what the chunk holds for the sample.
            moment: its randomness.
            rows: for each stream an array to be filled.

        Raises:
            MalformedSample: the sample cannot be used.
        """

    @abstractmethod
    def report(self, sample: int, problem: Problem) -> None:
        """Count a malformed sample; called in the order of samples.

        Raises:
            RuntimeError: it is one more than allowed.
        """

    def finish(self, streams: dict[str, SequenceRows], moments: list[Moment]) -> None:
        """Change the streams of a whole minibatch, if samples are to be combined."""
        return None


class DeferredRows:
    """Rows of one stream that are not made yet.

    Args:
        recipe: makes them.
        stream: name of the stream.
        items: for each row what the recipe needs.
        samples: number of each row's sample.
        sweeps: sweep of each row; known once the row is in a minibatch.
    """

    def __init__(self, recipe: Recipe, stream: str, items, samples, sweeps=None) -> None:
        self.recipe, self.stream, self.items, self.samples = recipe, stream, items, samples
        self.sweeps = np.zeros(len(samples), np.int64) if sweeps is None else sweeps

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def shape(self) -> tuple[int, ...]:
        """(rows, *static shape)."""
        return (len(self), *self.recipe.shapes[self.stream])

    @property
    def nbytes(self) -> int:
        """Memory of the places, not that of the rows."""
        return sum(getattr(self, name).nbytes for name in _COLUMNS)

    def __getitem__(self, rows) -> DeferredRows:
        return DeferredRows(
            self.recipe, self.stream, self.items[rows], self.samples[rows], self.sweeps[rows]
        )

    def made(self, seed: int = 0) -> np.ndarray:
        """Return the rows, all of them made here and now.

        Args:
            seed: the randomness of samples.

        Raises:
            MalformedSample: one of them cannot be made.
        """
        shapes = self.recipe.shapes.items()
        rows = {name: np.empty((len(self), *shape), np.float32) for name, shape in shapes}
        for i, (sweep, sample) in enumerate(zip(self.sweeps.tolist(), self.samples.tolist())):
            own = {name: array[i] for name, array in rows.items()}
            self.recipe.write(self.items[i], Moment(seed, sweep, sample), own)
        return rows[self.stream]

    def in_sweep(self, sweep: int) -> DeferredRows:
        """Return the same rows for a sweep."""
        sweeps = np.full(len(self), sweep, np.int64)
        return DeferredRows(self.recipe, self.stream, self.items, self.samples, sweeps)

    @staticmethod
    def stack(parts: list[DeferredRows]) -> DeferredRows:
        """Return the rows of all parts, one after the other."""
        first = parts[0]
        joined = (np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS)
        return DeferredRows(first.recipe, first.stream, *joined)


_COLUMNS = ("items", "samples", "sweeps")


def deferred_streams(chunk: Chunk) -> dict[Recipe, dict[str, DeferredRows]]:
    """Return the streams of a chunk that are not made yet, by their recipe."""
    found: dict[Recipe, dict[str, DeferredRows]] = {}
    for name, sequences in chunk.streams.items():
        if isinstance(sequences.rows, DeferredRows):
            found.setdefault(sequences.rows.recipe, {})[name] = sequences.rows
    return found


def put_in_sweep(chunk: Chunk, sweep: int) -> Chunk:
    """Return a chunk whose deferred rows know their sweep."""
    for name, sequences in chunk.streams.items():
        if isinstance(sequences.rows, DeferredRows):
            chunk.streams[name] = SequenceRows(sequences.rows.in_sweep(sweep), sequences.lengths)
    return chunk
