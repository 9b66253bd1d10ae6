"""Logs that other programs read: a JSON object a line, or comma-separated values."""

from __future__ import annotations

import csv
import json
import math
import os
import time
from abc import ABC, abstractmethod
from typing import Any

from cntk.logging.progress_writer import ProgressWriter

COLUMNS = ("event", "epoch", "minibatches", "samples", "loss", "metric", "seconds", "name", "value")


class _RowWriter(ProgressWriter, ABC):
    """Writes a row for each window of minibatches, each epoch and each test.

    Rows have these entries: ``event`` (``minibatch``, ``epoch``, ``test`` or ``value``), ``epoch``
    (from 1), ``minibatches`` (in all epochs), ``samples`` (of the row), the mean ``loss`` and
    ``metric`` of those samples, and ``seconds`` since the log began; values such as learning rates
    have ``name`` and ``value``. Each row is written through: what a killed job has reported can be
    read. An existing file is continued.

    Args:
        path: the file.
        freq: a row after each that many minibatches; None: only for epochs and tests.
        first: a row after each of that many first minibatches of an epoch.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path, freq=None, first=0) -> None:
        super().__init__(freq=freq, first=first)
        self._path, self._began = os.fspath(path), time.perf_counter()
        self._append("")

    def on_write_training_update(self, samples, updates, aggregate_loss, aggregate_metric) -> None:
        count = samples[1] - samples[0]
        loss, metric = (
            _mean(sums[1] - sums[0], count) for sums in (aggregate_loss, aggregate_metric)
        )
        self._row("minibatch", samples=count, loss=loss, metric=metric)

    def on_write_training_summary(
        self, samples, updates, summaries, aggregate_loss, aggregate_metric, elapsed_milliseconds
    ) -> None:
        loss, metric = _mean(aggregate_loss, samples), _mean(aggregate_metric, samples)
        self._row("epoch", epoch=summaries, samples=samples, loss=loss, metric=metric)

    def on_write_test_summary(
        self, samples, updates, summaries, aggregate_metric, elapsed_milliseconds
    ) -> None:
        self._row("test", samples=samples, metric=_mean(aggregate_metric, samples))

    def write(self, key: str, value) -> None:
        self._row("value", name=key, value=value)

    def _row(self, event: str, **entries: Any) -> None:
        row = {
            "event": event,
            "epoch": self._training.summaries + 1,
            "minibatches": self.total_training_updates(),
            **entries,
            "seconds": round(time.perf_counter() - self._began, 3),
        }
        self._append(self._text(row))

    @abstractmethod
    def _text(self, row: dict[str, Any]) -> str:
        """Return a row as a line of the file."""

    def _append(self, text: str) -> None:
        with open(self._path, "a", encoding="utf-8", newline="") as file:
            file.write(text)


class JSONLinesProgressWriter(_RowWriter):
    """Writes one JSON object a line: event, epoch, minibatches, samples, means, seconds.

    ``event`` is ``minibatch``, ``epoch``, ``test`` or ``value`` (a learning rate, with ``name`` and
    ``value``). Means that are no numbers are ``null``. Lines are written through at once; an
    existing file is continued.

    Args:
        path: the file.
        freq: a line after each that many minibatches; None: only for epochs and tests.
        first: a line after each of that many first minibatches of an epoch.

    Raises:
        OSError: the file cannot be written.

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / 'log.jsonl'
    >>> writer = C.logging.JSONLinesProgressWriter(path, freq=1)
    >>> writer.update_training(4, 2.0, None)
    >>> '"loss": 0.5, "metric": 0.0' in path.read_text()
    True
    """

    def _text(self, row: dict[str, Any]) -> str:
        known = {key: None if _is_no_number(value) else value for key, value in row.items()}
        return json.dumps(known) + "\n"


class CSVProgressWriter(_RowWriter):
    """Writes comma-separated values under a line of names, for spreadsheets and data frames.

    The columns are event (``minibatch``, ``epoch``, ``test`` or ``value``), epoch, minibatches,
    samples, loss, metric, seconds, name, value. Lines are written through at once; an existing file
    is continued.

    Args:
        path: the file.
        freq: a line after each that many minibatches; None: only for epochs and tests.
        first: a line after each of that many first minibatches of an epoch.

    Raises:
        OSError: the file cannot be written.

    >>> from pathlib import Path
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / 'log.csv'
    >>> writer = C.logging.CSVProgressWriter(path, freq=1)
    >>> writer.update_training(4, 2.0, None)
    >>> path.read_text().splitlines()[0]
    'event,epoch,minibatches,samples,loss,metric,seconds,name,value'
    """

    def __init__(self, path, freq=None, first=0) -> None:
        super().__init__(path, freq, first)
        if os.path.getsize(self._path) == 0:
            self._append(_line(COLUMNS))

    def _text(self, row: dict[str, Any]) -> str:
        return _line([row.get(name, "") for name in COLUMNS])


class _Line:
    """A file of one line, for the csv module to write to."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        self.text += text


def _line(values) -> str:
    line = _Line()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.text


def _mean(total: float, count: int) -> float:
    return total / count if count else math.nan


def _is_no_number(value) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
