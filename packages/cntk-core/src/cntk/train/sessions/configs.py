"""What a training session does beside training: checkpoints, cross validation, a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from cntk.counts import count_of
from cntk.deprecation import warn_deprecated
from cntk.errors import ArgumentError, describe
from cntk.graph.build import as_function
from cntk.graph.function import Function
from cntk.train.sessions.callbacks import AllOf
from cntk.train.sessions.feed import Feed, feed_of
from cntk.train.sessions.frequency import Frequency
from cntk.train.sessions.minibatch_sizes import sizes_of


class CheckpointConfig:
    """When and where a training session saves its state.

    Args:
        filename: path of the checkpoint: the model is written to it, the state of training to
            ``filename.ckp``. None: none is written.
        frequency: samples between checkpoints, or a pair such as ``(2, DataUnit.sweep)``; None:
            one at the end; 0: none.
        restore: go on from the checkpoint, if there is one.
        preserve_all: keep all checkpoints, as ``filename0``, ``filename1``, ...
        keep: as ``preserve_all``, but of those with numbers only the last ``keep`` stay.
        keep_best: keep a checkpoint ``filename.best`` of the smallest mean that the cross
            validation has found.
        asynchronous: training stops while the state is copied, which takes as much memory again,
            and goes on while a thread writes the copy. An error comes with the next checkpoint, or
            at the end.

    Raises:
        ValueError: the file name is empty or missing, or the frequency is none.

    >>> config = C.CheckpointConfig("model", frequency=(1, C.train.DataUnit.sweep), keep=3)
    """

    def __init__(
        self, filename, frequency=None, restore=True, preserve_all=False, *, keep=None,
        keep_best=False, asynchronous=False,
    ) -> None:  # fmt: skip
        if filename is None:
            if frequency is not None:
                raise ArgumentError(
                    "Checkpoint frequency cannot be specified without checkpoint_filename"
                )
            frequency = 0
        elif not os.fspath(filename) and frequency != 0:
            raise ArgumentError(
                "Checkpoint file name must not be empty if checkpoint frequency is non zero."
            )
        self.filename = None if filename is None else os.fspath(filename)
        self.frequency = Frequency.of(frequency, "frequency")
        self.keep = None if keep is None else count_of(keep, "keep")
        if self.keep == 0:
            raise ArgumentError(describe("keep cannot be 0", "expected  1 checkpoint or more"))
        self.restore, self.preserve_all = bool(restore), bool(preserve_all)
        self.keep_best, self.asynchronous = bool(keep_best), bool(asynchronous)

    @property
    def has_numbers(self) -> bool:
        """Whether each checkpoint gets a file of its own."""
        return self.preserve_all or self.keep is not None


class _Measurement:
    """Data to measure a metric on, and how.

    Args:
        source: a minibatch source, a tuple of arrays (with a criterion), or None.
        sizes: minibatch size, or a schedule.
        mapping: {variable: stream}; None: the mapping of the training data.
        criterion: a Function whose last output is measured; None: the trainer's metric.
    """

    def __init__(self, source, sizes, mapping, criterion) -> None:
        self.source, self.mapping = source, mapping
        self.sizes = sizes_of(sizes, "minibatch_size")
        self.criterion: Function | None = None if criterion is None else as_function(criterion)
        is_data = source is not None and not hasattr(source, "get_next_minibatch")
        if is_data and self.criterion is None:
            raise ArgumentError(
                "when passing data directly in place of a minibatch source, criterion must be given"
            )

    def feed(self, training: dict | None) -> Feed | None:
        """Return what feeds it, by its own mapping or that of training; None without a source."""
        if self.source is None:
            return None
        if not hasattr(self.source, "get_next_minibatch"):
            return feed_of(self.source, self.mapping, self.criterion.arguments)  # type: ignore[union-attr]
        return Feed(self.source, self.mapping or training)


class CrossValidationConfig(_Measurement):
    """When, and on what, a training session measures its metric in between.

    Args:
        minibatch_source: the data; a minibatch source that ends, or a tuple of arrays, or None if
            the callback does the work.
        frequency: samples of training between measurements, or a pair such as
            ``(1, DataUnit.sweep)``; None: once at the end.
        minibatch_size: size of its minibatches, or a schedule.
        callback: is called with (number of the measurement from 0, mean of the metric, number of
            samples, number of minibatches); it returns False to stop training, else True. Of a
            list of callbacks, all are called. What their methods ``create_checkpoint`` return, if
            they have them, checkpoints keep for ``restore_from_checkpoint``.
        max_samples: how many samples to take; None: all that the source has.
        model_inputs_to_streams: {variable: stream}; None: as for the training data.
        criterion: a Function whose last output is measured; None: the trainer's metric.
        source, mb_size: older names of ``minibatch_source`` and ``minibatch_size``.

    Raises:
        ValueError: an argument is of another kind, or arrays come without a criterion.

    >>> config = C.CrossValidationConfig(frequency=1000, callback=lambda *numbers: True)
    """

    def __init__(
        self, minibatch_source=None, frequency=None, minibatch_size=32,
        callback: Callable | Sequence[Callable] | None = None, max_samples=None,
        model_inputs_to_streams=None, criterion=None, source=None, mb_size=None,
    ) -> None:  # fmt: skip
        minibatch_source, minibatch_size = _older(minibatch_source, minibatch_size, source, mb_size)
        super().__init__(minibatch_source, minibatch_size, model_inputs_to_streams, criterion)
        if isinstance(callback, (list, tuple)):
            callback = AllOf(callback) if callback else None
        if callback is not None and not callable(callback):
            raise ArgumentError(f"callback cannot be called: {callback!r}")
        self.frequency = Frequency.of(frequency, "frequency")
        self.callback: Callable | None = callback
        self.max_samples = None if max_samples is None else count_of(max_samples, "max_samples")


class TestConfig(_Measurement):
    """On what a training session measures its metric when training is over.

    Args:
        minibatch_source: the data; a minibatch source that ends, or a tuple of arrays.
        minibatch_size: size of its minibatches, or a schedule.
        model_inputs_to_streams: {variable: stream}; None: as for the training data.
        criterion: a Function whose last output is measured; None: the trainer's metric.
        source, mb_size: older names of ``minibatch_source`` and ``minibatch_size``.

    Raises:
        ValueError: an argument is of another kind, or arrays come without a criterion.

    >>> y = C.input_variable(1)
    >>> config = C.TestConfig(np.ones((5, 1), 'f'), criterion=C.square(y))
    """

    __test__ = False  # no class of tests, whatever pytest thinks of the name

    def __init__(
        self, minibatch_source=None, minibatch_size=32, model_inputs_to_streams=None,
        criterion=None, source=None, mb_size=None,
    ) -> None:  # fmt: skip
        minibatch_source, minibatch_size = _older(minibatch_source, minibatch_size, source, mb_size)
        super().__init__(minibatch_source, minibatch_size, model_inputs_to_streams, criterion)


def _older(source, size, older_source, older_size) -> tuple:
    """Return source and size, as given by their older names where they are."""
    if older_source is not None:
        warn_deprecated("source", "minibatch_source")
        source = older_source
    if older_size is not None:
        warn_deprecated("mb_size", "minibatch_size")
        size = older_size
    return source, size
