"""A bar on the terminal that grows as training goes on."""

from __future__ import annotations

import sys
import time
from typing import Any, TextIO

from cntk.logging.lines import average
from cntk.logging.progress_writer import ProgressWriter

_BETWEEN_LINES = 10.0  # seconds, where there is no terminal


class ProgressBar(ProgressWriter):
    """Shows loss, metric, samples per second and the time that is left.

    On a terminal with the package rich (``pip install cntk-core[progress]``) it is a bar that is
    redrawn at most ten times a second; elsewhere a plain line every ten seconds, and one for each
    epoch.

    Args:
        total: samples of the whole training, for the share that is done; None: not known.
        description: a word before the bar.
        file: where to write; default: standard error.

    >>> bar = ProgressBar(total=8, description='training', file=sys.stdout)
    >>> bar.update_training(4, 2.0, 1.0)
    >>> bar.write_training_summary(2.0, 1.0)
    training 50%: epoch 1, loss 0.5000, metric 0.2500, ... samples/s...
    """

    def __init__(
        self, total: int | None = None, description: str = "training", file: TextIO | None = None
    ) -> None:
        super().__init__(freq=1)
        self._total, self._description = total, description
        self._file = sys.stderr if file is None else file
        self._began = self._spoken = time.monotonic()
        self._samples = 0
        self._bar: Any = None
        self._task: Any = None
        if _is_terminal(self._file):
            self._bar, self._task = _rich_bar(self._file, description, total)

    def on_write_training_update(self, samples, updates, aggregate_loss, aggregate_metric) -> None:
        count = samples[1] - samples[0]
        self._samples += count
        if self._bar is None:
            if time.monotonic() - self._spoken >= _BETWEEN_LINES:
                self._say(aggregate_loss[1], aggregate_metric[1], samples[1])
            return
        self._bar.update(
            self._task, advance=count, loss=average(aggregate_loss[1], samples[1]),
            metric=average(aggregate_metric[1], samples[1]), speed=self._speed(),
        )  # fmt: skip

    def on_write_training_summary(
        self, samples, updates, summaries, aggregate_loss, aggregate_metric, elapsed_milliseconds
    ) -> None:
        if self._bar is None:
            self._say(aggregate_loss, aggregate_metric, samples)
        elif self._total is not None and self._samples >= self._total:
            self.close()

    def _speed(self) -> float:
        """Return the samples per second since the bar was made."""
        return self._samples / max(time.monotonic() - self._began, 1e-9)

    def close(self) -> None:
        """Leave the bar as it is, and give the terminal back."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _say(self, loss: float, metric: float, samples: int) -> None:
        self._spoken = time.monotonic()
        speed = self._speed()
        done, left = "", ""
        if self._total:
            done = f" {self._samples / self._total:.0%}"
            left = f", {max(self._total - self._samples, 0) / max(speed, 1e-9):.0f} s left"
        epoch = max(self._training.summaries, 1)
        print(
            f"{self._description}{done}: epoch {epoch}, loss {average(loss, samples):.4f}, "
            f"metric {average(metric, samples):.4f}, {speed:.1f} samples/s{left}",
            file=self._file,
            flush=True,
        )


def _is_terminal(file: TextIO) -> bool:
    return bool(getattr(file, "isatty", lambda: False)())


def _rich_bar(file: TextIO, description: str, total: int | None) -> tuple[Any, Any]:
    """Return (bar, task) of rich; (None, None) where rich is not installed."""
    try:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )
    except ImportError:
        return None, None
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("loss {task.fields[loss]:.4f} metric {task.fields[metric]:.4f}"),
        TextColumn("{task.fields[speed]:.0f} samples/s"), TimeRemainingColumn(),
        console=Console(file=file), refresh_per_second=10,
    )  # fmt: skip
    bar.start()
    return bar, bar.add_task(description, total=total, loss=0.0, metric=0.0, speed=0.0)
