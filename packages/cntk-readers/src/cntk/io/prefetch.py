"""Makes deferred rows in threads, some minibatches before they are asked for."""

from __future__ import annotations

import os
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deferred import DeferredRows, MalformedSample, Moment, Recipe, deferred_streams
from cntk.io.problems import Problem
from cntk.io.sequence_reader import SequenceReader
from cntk.io.truncated_reader import TruncatedReader

AHEAD = 3
"""Minibatches that are made before they are asked for."""

AHEAD_BYTES = 256 << 20
"""Rows of minibatches made ahead; a minibatch beyond it is only begun when it is asked for."""

LIGHT_SECONDS = 4e-4
"""Time of a sample below which one thread makes all: more would wait for each other."""

_PIECES_PER_THREAD = 4


class _Request(NamedTuple):
    size: int
    num_parts: int
    part: int


class _Planned(NamedTuple):
    """A minibatch on its way: the reader's state before it, the position after it.

    An error of the reader is raised in its turn: minibatches before it are given first.
    """

    request: _Request
    before: object
    after: int
    chunk: Chunk | None
    sweep_ended: bool
    making: _Making | None
    error: Exception | None = None


class Prefetcher:
    """Gives the minibatches of a reader with all rows made.

    The next minibatches are expected to be of the size and part of the last one; when they are
    not, the reader goes back to where it was. Only data with deferred rows are made ahead.

    Args:
        reader: takes sequences.
        seed: the randomness of samples.
        num_threads: threads that make rows; 0: rows are made when asked for, by the caller.
    """

    def __init__(
        self, reader: SequenceReader | TruncatedReader, seed: int, num_threads: int | None = None
    ) -> None:
        self._reader, self._seed = reader, seed
        self._workers = _Workers(num_threads)
        self._planned: deque[_Planned] = deque()
        self._position = reader.position

    @property
    def position(self) -> int:
        """Samples passed in the minibatches that were given."""
        return self._position

    def seek(self, position: int) -> None:
        """Go to the first sequence that begins at or after a position."""
        self._forget()
        self._reader.seek(position)
        self._position = self._reader.position

    def take(self, size: int, num_parts: int = 1, part: int = 0) -> tuple[Chunk | None, bool]:
        """Return the next sequences for one worker, and whether a sweep ended with them.

        A minibatch in which no sample can be used is passed over.
        """
        request, sweep_ended = _Request(size, num_parts, part), False
        if self._planned and self._planned[0].request != request:
            self._go_back()
        while True:
            if not self._planned:
                self._plan(request)
            planned = self._planned.popleft()
            self._position = planned.after
            sweep_ended |= planned.sweep_ended
            if planned.error is not None:
                raise planned.error
            if planned.making is None:
                return planned.chunk, sweep_ended
            self._plan_ahead(planned)
            chunk = planned.making.result()
            self._plan_ahead(planned)  # only now the first time, when samples were measured
            if chunk.num_sequences:
                return chunk, sweep_ended

    def _plan(self, request: _Request) -> None:
        before = self._reader.state() if isinstance(self._reader, SequenceReader) else None
        making = None
        try:
            chunk, sweep_ended = self._reader.take(*request)
        except Exception as error:
            after = self._reader.position
            self._planned.append(_Planned(request, before, after, None, False, None, error))
            return
        if chunk is not None and deferred_streams(chunk):
            making = _Making(chunk, self._seed, self._workers)
        after = self._reader.position
        self._planned.append(_Planned(request, before, after, chunk, sweep_ended, making))

    def _plan_ahead(self, last: _Planned) -> None:
        """Begin the minibatches after one that is being given."""
        is_wanted = last.before is not None and self._workers.num_threads > 0
        if last.making is None or not is_wanted or not self._workers.is_measured:
            return
        pending = sum(each.making.num_bytes for each in self._planned if each.making)
        while len(self._planned) < AHEAD and pending + last.making.num_bytes <= AHEAD_BYTES:
            self._plan(last.request)
            newest = self._planned[-1]
            if newest.making is None:
                break
            pending += newest.making.num_bytes

    def _go_back(self) -> None:
        before = self._planned[0].before
        self._forget()
        if isinstance(self._reader, SequenceReader):
            self._reader.go_to(before)

    def _forget(self) -> None:
        for planned in self._planned:
            if planned.making is not None:
                planned.making.cancel()
        self._planned.clear()


class _Workers:
    """Threads that make rows; begun at the first use, and again in a forked process.

    Python runs one thread at a time, but for what is done in C. Where samples are small, threads
    wait for each other so much that one is faster. So one begins, and the others join it when
    samples take longer. The rows are the same.
    """

    def __init__(self, num_threads: int | None) -> None:
        self.num_threads = _available_cores() if num_threads is None else num_threads
        self.useful_threads = min(1, self.num_threads)
        self.is_measured = False
        self._executors: dict[int, ThreadPoolExecutor] = {}
        self._process = 0

    def submit(self, work, *arguments) -> Future:
        """Let a thread do some work."""
        if self._process != os.getpid():
            self._executors, self._process = {}, os.getpid()
        count = self.useful_threads
        if count not in self._executors:
            self._executors[count] = ThreadPoolExecutor(count, "cntk.io")
        return self._executors[count].submit(work, *arguments)

    def measured(self, seconds: float, samples: int) -> None:
        """Note how long one thread took for some samples."""
        self.is_measured = True
        if seconds / samples > LIGHT_SECONDS:
            self.useful_threads = self.num_threads


class _Making:
    """The rows of one minibatch while they are made."""

    def __init__(self, chunk: Chunk, seed: int, workers: _Workers) -> None:
        self._chunk, self._workers = chunk, workers
        self._futures: list[Future] = []
        self._tasks: list[_Task] = []
        self._is_cancelled = False
        for recipe, streams in deferred_streams(chunk).items():
            rows = {name: np.empty(each.shape, np.float32) for name, each in streams.items()}
            self._tasks.append(_Task(recipe, next(iter(streams.values())), rows, seed))
        self.num_bytes = sum(task.num_bytes for task in self._tasks)
        if workers.num_threads:
            for task in self._tasks:
                pieces = _PIECES_PER_THREAD * workers.useful_threads
                step = max(1, task.count // pieces)
                for begin in range(0, task.count, step):
                    piece = range(begin, min(begin + step, task.count))
                    self._futures.append(workers.submit(self._run, task, piece))

    def _run(self, task: _Task, piece: range) -> None:
        begin = time.perf_counter()
        for i in piece:
            if self._is_cancelled:
                return
            task.make(i)
        self._workers.measured(time.perf_counter() - begin, len(piece))

    def cancel(self) -> None:
        """Make no more rows."""
        self._is_cancelled = True
        for future in self._futures:
            future.cancel()

    def result(self) -> Chunk:
        """Return the chunk with its rows, without the sequences that are malformed.

        Raises:
            RuntimeError: more of them are malformed than allowed.
        """
        try:
            for future in self._futures:
                future.result()
            if not self._workers.num_threads:
                for task in self._tasks:
                    self._run(task, range(task.count))
        except BaseException:
            self.cancel()
            raise
        chunk = self._chunk
        is_valid = np.ones(chunk.num_sequences, bool)
        for task in self._tasks:
            for name, rows in task.rows.items():
                lengths = chunk.streams[name].lengths
                chunk.streams[name] = SequenceRows(rows, lengths)
            is_valid[np.repeat(np.arange(len(lengths)), lengths)[task.report()]] = False
        kept = np.flatnonzero(is_valid)
        if len(kept) < len(is_valid):
            chunk = chunk.take(kept)
        for task in self._tasks:
            moments = [m for m, valid in zip(task.moments, is_valid) if valid]
            task.recipe.finish(chunk.streams, moments)
        return chunk


class _Task:
    """The rows of one recipe in a minibatch."""

    def __init__(
        self, recipe: Recipe, places: DeferredRows, rows: dict[str, np.ndarray], seed: int
    ) -> None:
        self.recipe, self.rows, self._items = recipe, rows, places.items
        pairs = zip(places.sweeps.tolist(), places.samples.tolist())
        self.moments = [Moment(seed, sweep, sample) for sweep, sample in pairs]
        self.count = len(places)
        self.num_bytes = sum(array.nbytes for array in rows.values())
        self._problems: dict[int, Problem] = {}

    def make(self, i: int) -> None:
        """Make the rows of one sample, in any thread."""
        try:
            rows = {name: array[i] for name, array in self.rows.items()}
            self.recipe.write(self._items[i], self.moments[i], rows)
        except MalformedSample as error:
            self._problems[i] = error.problem

    def report(self) -> list[int]:
        """Count what was malformed; return those rows."""
        rows = sorted(self._problems)
        for i in rows:
            self.recipe.report(self.moments[i].sample, self._problems[i])
        return rows


def _available_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
