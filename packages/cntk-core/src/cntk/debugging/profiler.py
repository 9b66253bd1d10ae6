"""Profiling: times of kernels by operator, in a report and as a trace."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from os import PathLike
from pathlib import Path

from cntk.errors import ExecutionError
from cntk.execution import watch
from cntk.execution.watch import Launch, WatchedStep

_BYTES_PER_EVENT = 32


class _Statistics:
    """Times of one kernel, in seconds."""

    def __init__(self) -> None:
        self.count, self.total, self.squares = 0, 0.0, 0.0
        self.shortest, self.longest = math.inf, 0.0

    def add(self, seconds: float) -> None:
        """Count one run."""
        self.count += 1
        self.total += seconds
        self.squares += seconds * seconds
        self.shortest, self.longest = min(self.shortest, seconds), max(self.longest, seconds)

    def line(self, description: str) -> str:
        """Return mean, standard deviation, extremes, count and total, in milliseconds."""
        mean = self.total / self.count
        deviation = math.sqrt(max(self.squares / self.count - mean * mean, 0.0))
        times = (mean, deviation, self.shortest, self.longest)
        columns = " ".join(f"{1000 * seconds:13.3f} ms" for seconds in times)
        return f"{description:<40}: {columns} {self.count:>10} {1000 * self.total:13.3f} ms"


class Profiler:
    """Records when each step of a run begins and ends.

    Args:
        folder: where the files go.
        most_events: how many runs of steps the trace keeps; the report counts all.
    """

    def __init__(self, folder: Path, most_events: int) -> None:
        self._folder, self._most_events = folder, most_events
        self._begin = time.perf_counter()
        self._statistics: dict[str, _Statistics] = {}
        self._events: list[tuple[str, int, float, float]] = []
        self._lock = threading.Lock()

    def around(self, watched: WatchedStep, launch: Launch) -> Launch:
        """Return a launch that is recorded.

        Args:
            watched: the step.
            launch: what computes it.
        """
        name = f"{watched.step.operator.name} ({watched.kernel.backend})"

        def recorded(slots: list) -> None:
            begin = time.perf_counter()
            launch(slots)
            self._record(name, begin, time.perf_counter())

        return recorded

    def _record(self, name: str, begin: float, end: float) -> None:
        with self._lock:
            self._statistics.setdefault(name, _Statistics()).add(end - begin)
            if len(self._events) < self._most_events:
                self._events.append((name, threading.get_native_id(), begin, end))

    def write(self) -> None:
        """Write ``<time>_summary_.txt`` and ``<time>_detail_.json``."""
        now = datetime.now()
        self._folder.mkdir(parents=True, exist_ok=True)
        stem = self._folder / f"{now:%Y-%m-%d_%H-%M-%S}"
        summary, detail = f"{stem}_summary_.txt", f"{stem}_detail_.json"
        Path(summary).write_text("\n".join(self._summary(now)) + "\n", encoding="utf-8")
        Path(detail).write_text(json.dumps(list(self._trace()), indent=0), encoding="utf-8")

    def _summary(self, now: datetime) -> Iterator[str]:
        yield "CNTK Performance Profiler Summary Report"
        yield f"\nTime Stamp: {now:%Y/%m/%d %H:%M:%S}\n"
        columns = " ".join(f"{title:>16}" for title in ("Mean", "StdDev", "Min", "Max"))
        yield f"{'Description':<40}  {columns} {'Count':>10} {'Total':>16}\n"
        ordered = sorted(self._statistics.items(), key=lambda entry: -entry[1].total)
        for name, statistics in ordered:
            yield statistics.line(name)

    def _trace(self) -> Iterator[dict]:
        """Yield begin and end events in the format that browsers show as a time line."""
        for name, thread, begin, end in self._events:
            event = {"name": name, "cat": "PERF", "pid": os.getpid(), "tid": thread}
            micros = [int(1e6 * (moment - self._begin)) for moment in (begin, end)]
            yield {**event, "ph": "X", "ts": micros[0], "dur": micros[1] - micros[0]}


_current: list[Profiler] = []


def start_profiler(
    dir: str | PathLike = "profiler", sync_gpu: bool = True, reserve_mem: int = 32 * 1024 * 1024
) -> None:
    """Prepare to record; :func:`enable_profiler` begins, :func:`stop_profiler` writes the files.

    Args:
        dir: folder of the files.
        sync_gpu: wait for each kernel on a GPU, so that its own time is recorded; kernels on the
            CPU always have ended when they return.
        reserve_mem: bytes that the time line may take; the report counts what no longer fits.

    Raises:
        RuntimeError: it was started before and not stopped.

    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     start_profiler(folder)
    ...     enable_profiler()
    ...     result = C.exp(C.input_variable(1)).eval([[0]])
    ...     stop_profiler()
    ...     sorted(name.split('_', 2)[2] for name in os.listdir(folder))
    ['detail_.json', 'summary_.txt']
    """
    if _current:
        raise ExecutionError(
            "Error: ProfilerInit: Profiler already initialized.\n  try: stop_profiler() before"
        )
    if reserve_mem < 0:
        raise ValueError(f"reserve_mem is a number of bytes, not {reserve_mem}")
    _current.append(Profiler(Path(os.fspath(dir)), reserve_mem // _BYTES_PER_EVENT))


def enable_profiler() -> None:
    """Begin to record, or go on; without :func:`start_profiler` nothing happens.

    >>> enable_profiler()
    """
    for profiler in _current:
        watch.start(profiler)


def disable_profiler() -> None:
    """Pause; :func:`enable_profiler` goes on.

    >>> disable_profiler()
    """
    for profiler in _current:
        watch.stop(profiler)


def stop_profiler() -> None:
    """Stop recording and write the files; without :func:`start_profiler` nothing happens.

    >>> stop_profiler()
    """
    disable_profiler()
    if _current:
        _current.pop().write()
