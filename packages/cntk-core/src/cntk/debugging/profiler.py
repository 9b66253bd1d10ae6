"""Profiling: times of kernels by operator, in a report and as a trace."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from os import PathLike
from pathlib import Path

from cntk.debugging.measuring import Measuring, Times
from cntk.debugging.peak import Peak, peak
from cntk.debugging.work import Work
from cntk.errors import ExecutionError
from cntk.execution import watch
from cntk.execution.watch import Span, WatchedStep

_BYTES_PER_EVENT = 640


class Profiler(Measuring):
    """Records when each step of a run begins and how long it takes.

    Args:
        folder: where the files go.
        most_events: how many runs of steps the trace keeps; the report counts all.
    """

    def __init__(self, folder: Path, most_events: int) -> None:
        super().__init__()
        self._folder, self._most_events = folder, most_events
        self._begin = time.perf_counter()
        self._events: list[dict] = []

    def keep(self, watched: WatchedStep, times: Times, span: Span, work: Work) -> None:
        """Keep a span for the time line, in the format that Chrome and Perfetto show."""
        if len(self._events) >= self._most_events:
            return
        about: dict = {"runs": span.runs, "operations": work.operations, "bytes": work.bytes}
        purpose = watched.step.purpose
        if purpose is not None:
            about["for"] = f"{purpose.node.uid} {purpose.node.made_at or ''}".rstrip()
        self._events.append(
            {
                "name": times.name,
                "cat": "PERF",
                "ph": "X",
                "pid": os.getpid(),
                "tid": threading.get_native_id(),
                "ts": round(1e6 * (span.begin - self._begin), 3),
                "dur": round(1e6 * span.seconds, 3),
                "args": about,
            }
        )

    def write(self) -> None:
        """Write ``<time>_summary_.txt`` and ``<time>_detail_.json``."""
        now = datetime.now()
        self._folder.mkdir(parents=True, exist_ok=True)
        stem = self._folder / f"{now:%Y-%m-%d_%H-%M-%S}"
        summary, detail = f"{stem}_summary_.txt", f"{stem}_detail_.json"
        lines = self._summary(now, peak())
        Path(summary).write_text("\n".join(lines) + "\n", encoding="utf-8")
        Path(detail).write_text(json.dumps(self._events, indent=0), encoding="utf-8")

    def _summary(self, now: datetime, best: Peak) -> Iterator[str]:
        yield "CNTK Performance Profiler Summary Report"
        yield f"\nTime Stamp: {now:%Y/%m/%d %H:%M:%S}"
        yield (
            f"Peak of this machine: {best.operations / 1e9:.1f} GFLOP/s in products of large "
            f"matrices, {best.bytes / 1e9:.1f} GB/s to and from memory\n"
        )
        columns = " ".join(f"{title:>16}" for title in ("Mean", "StdDev", "Min", "Max"))
        speeds = f"{'GFLOP/s':>10} {'GB/s':>8} {'% of peak':>10}"
        yield f"{'Description':<40}  {columns} {'Count':>10} {'Total':>16} {speeds}\n"
        for name, times in self.by_name().items():
            yield _line(times, self.floor(best, name))


def _line(times: Times, floor: float) -> str:
    """Return mean, deviation, extremes, count and total, in ms, and the speed that was reached."""
    mean = times.total / times.count
    deviation = max(times.squares / times.count - mean * mean, 0.0) ** 0.5
    in_order = (mean, deviation, times.shortest, times.longest)
    columns = " ".join(f"{1000 * seconds:13.3f} ms" for seconds in in_order)
    seconds = max(times.total, 1e-9)
    operations, moved = (amount / seconds / 1e9 for amount in times.work)
    return (
        f"{times.name:<40}: {columns} {times.count:>10} {1000 * times.total:13.3f} ms "
        f"{operations:10.1f} {moved:8.1f} {floor / seconds:10.0%}"
    )


_current: list[Profiler] = []


def start_profiler(
    dir: str | PathLike = "profiler", sync_gpu: bool = True, reserve_mem: int = 32 * 1024 * 1024
) -> None:
    """Prepare to record; :func:`enable_profiler` begins, :func:`stop_profiler` writes the files.

    The detail file is a time line for Perfetto or chrome://tracing; the summary has a line for each
    operator, with its speed as a share of what this machine reaches (more than 100 % where data
    come from caches). Steps of a recurrence's body, "in a loop", also are a part of its ``scan``.

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
