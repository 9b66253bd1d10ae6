"""TensorBoardProgressWriter: curves, pictures, histograms and the graph, for TensorBoard."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from typing import Any

import numpy as np

from cntk.counts import count_of
from cntk.errors import ArgumentError, ExecutionError, ShapeError, describe
from cntk.graph.function import Function
from cntk.logging.progress_writer import ProgressWriter
from cntk.logging.tensorboard_step import histograms, pictures, shown_variables
from cntk.logging.training_step import TrainingStep


class TensorBoardProgressWriter(ProgressWriter):
    """Writes the loss and the metric of training into a log that TensorBoard shows.

    Needs tensorboardX: ``pip install cntk-core[tensorboard]``.

    Args:
        freq: points of the curves after each that many minibatches; None: only at the end of an
            epoch.
        log_dir: folder of the log; it is made if it is not there.
        rank: of this worker; only worker 0 (or None) writes.
        model: a Function to draw; None: no graph.
        histogram_freq: histograms of all parameters, and of their gradients (those of the mean loss
            per sample), after each that many minibatches; None: none.
        images: what to show as pictures: inputs of the network, or what it computes, of shape
            (channels, height, width) or (height, width); one, a list, or {name: variable}.
        image_freq: pictures after each that many minibatches.
        most_images: how many of a minibatch, at most.

    Raises:
        ImportError: tensorboardX is not installed.
        TypeError: ``model`` is no Function.
        ValueError: ``images`` are no pictures, or come without a frequency.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     writer = C.logging.TensorBoardProgressWriter(freq=10, log_dir=folder)
    ...     writer.write_value('learning rate', 0.1, 0)
    ...     writer.close()
    ...     print(len(list(Path(folder).iterdir())), 'file')
    1 file
    """

    def __init__(
        self, freq=None, log_dir=".", rank=None, model=None, histogram_freq=None, images=None,
        image_freq=None, most_images=8,
    ) -> None:  # fmt: skip
        super().__init__(freq=freq, test_freq=None)
        if model is not None and not isinstance(model, Function):
            raise TypeError(f"model is a Function to draw, not {model!r}")
        self._histogram_freq = _frequency(histogram_freq, "histogram_freq")
        self._image_freq = _frequency(image_freq, "image_freq")
        self._images, self._most = shown_variables(images), count_of(most_images, "most_images")
        if bool(self._images) != (self._image_freq is not None):
            raise ArgumentError("images and image_freq, how often to write them, belong together")
        self._writer: Any = None
        self._is_closed = False
        if rank:
            return
        self._writer = _summary_writer(os.fspath(log_dir))
        weakref.finalize(self, self._writer.close)
        if model is not None:
            from cntk.logging.tensorboard_graph import graph_event

            self._writer.file_writer.event_writer.add_event(graph_event(model))
            self._writer.flush()

    def write_value(self, name: str, value: float, step: int) -> None:
        """Write a point of a curve.

        Args:
            name: name of the curve.
            value: where it is.
            step: at which number of minibatches, or whatever the curve counts.

        Raises:
            RuntimeError: the log is closed.
        """
        self._check_open()
        number, step = float(value), count_of(step, "step")
        if self._writer is not None:
            self._writer.add_scalar(str(name), number, step)

    def write_image(self, name: str, data, step: int) -> None:
        """Write pictures, side by side.

        Args:
            name: name of the pictures.
            data: an array of shape (pictures, channels, height, width) with 1, 3 or 4 channels and
                values from 0 to 255; or {variable: such an array}.
            step: at which number of minibatches.

        Raises:
            ValueError: the array has another shape.
            RuntimeError: the log is closed.
        """
        self._check_open()
        for pixels in data.values() if isinstance(data, Mapping) else [data]:
            found = _pictures(np.asarray(pixels))
            if self._writer is not None:
                self._writer.add_images(str(name), found, count_of(step, "step"))

    def write_histogram(self, name: str, values, step: int) -> None:
        """Write how numbers, such as the elements of a parameter, are spread.

        Args:
            name: name of the histogram.
            values: an array; elements that are not finite are left out.
            step: at which number of minibatches.

        Raises:
            RuntimeError: the log is closed.
        """
        self._check_open()
        numbers = np.asarray(values, np.float64).ravel()
        numbers = numbers[np.isfinite(numbers)]
        if self._writer is not None and numbers.size:
            self._writer.add_histogram(str(name), numbers, count_of(step, "step"))

    def flush(self) -> None:
        """Write what is waiting.

        Raises:
            RuntimeError: the log is closed.
        """
        self._check_open()
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """End the log.

        Raises:
            RuntimeError: it is closed already.
        """
        self._check_open()
        self._is_closed = True
        if self._writer is not None:
            self._writer.close()

    def on_write_training_update(self, samples, updates, aggregate_loss, aggregate_metric) -> None:
        step = self.total_training_updates()
        sums = {"avg_loss": aggregate_loss, "avg_metric": aggregate_metric}
        self._write_means("minibatch", sums, samples, step)

    def on_write_training_summary(
        self, samples, updates, summaries, aggregate_loss, aggregate_metric, elapsed_milliseconds
    ) -> None:
        sums = {"avg_loss": (0, aggregate_loss), "avg_metric": (0, aggregate_metric)}
        self._write_means("summary", sums, (0, samples), summaries)

    def on_write_test_summary(
        self, samples, updates, summaries, aggregate_metric, elapsed_milliseconds
    ) -> None:
        step = self.total_training_updates()
        sums = {"test_avg_metric": (0, aggregate_metric)}
        self._write_means("minibatch", sums, (0, samples), step)

    def wants_step(self) -> bool:
        if self._writer is None or self._is_closed:
            return False
        return self._is_due(self._histogram_freq) or self._is_due(self._image_freq)

    def on_training_step(self, step: TrainingStep) -> None:
        number = self.total_training_updates()
        if self._is_due(self._histogram_freq):
            for name, values in histograms(step):
                self.write_histogram(name, values, number)
        if self._is_due(self._image_freq):
            for name, variable in self._images.items():
                self.write_image(name, pictures(step, variable, self._most), number)

    def _is_due(self, frequency: int | None) -> bool:
        return frequency is not None and self.total_training_updates() % frequency == 0

    def write(self, key: str, value) -> None:
        self.write_value(key, value, self.total_training_updates())

    def _write_means(self, place: str, sums: dict, samples, step: int) -> None:
        """Write points of several curves, by samples, as one event: that is quicker than each."""
        self._check_open()
        count = samples[1] - samples[0]
        if self._writer is None or not count:
            return
        from tensorboardX.proto.summary_pb2 import Summary

        points = [
            Summary.Value(tag=f"{place}/{name}", simple_value=(now - (before or 0)) / count)
            for name, (before, now) in sums.items()
            if now is not None
        ]
        self._writer.file_writer.add_summary(Summary(value=points), step)

    def _check_open(self) -> None:
        if self._is_closed:
            raise ExecutionError("Attempting to use a closed TensorBoardProgressWriter")


def _frequency(given, what: str) -> int | None:
    """Return a number of minibatches from 1 on, or None."""
    if given is None:
        return None
    if count_of(given, what) == 0:
        raise ArgumentError(f"{what} is a number of minibatches from 1 on, or None, not 0")
    return count_of(given, what)


def _summary_writer(folder: str):
    """Return the writer of a log.

    Raises:
        ImportError: tensorboardX is not installed.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        raise ImportError(
            describe(
                "TensorBoardProgressWriter needs tensorboardX",
                hint="pip install cntk-core[tensorboard]",
            )
        ) from error
    return SummaryWriter(folder, write_to_disk=True)


def _pictures(pixels: np.ndarray) -> np.ndarray:
    """Return pictures as bytes, (pictures, channels, height, width).

    Raises:
        ValueError: they have another shape.
    """
    if pixels.ndim == 5:  # sequences of pictures
        pixels = pixels.reshape(-1, *pixels.shape[2:])
    if pixels.ndim != 4 or pixels.shape[1] not in (1, 3, 4):
        raise ShapeError(
            describe(
                f"write_image got an array of shape {pixels.shape}",
                "expected  (pictures, channels, height, width), with 1, 3 or 4 channels",
            )
        )
    return np.clip(np.nan_to_num(pixels), 0, 255).astype(np.uint8)
