"""ProgressWriter: what a trainer tells about its progress, for subclasses to write down."""

from __future__ import annotations

from cntk.logging.training_step import TrainingStep
from cntk.logging.update_window import Reading, UpdateWindow, read


class ProgressWriter:
    """Gets the sums of loss and metric at chosen updates; override the ``on_write_`` methods.

    Args:
        freq: write after each that many minibatches; 0: after 1, 3, 7, 15, ...; None: never.
        first: write after each of that many first minibatches of an epoch.
        test_freq: the same for test minibatches.
        test_first: the same for test minibatches.
        distributed_freq: the same for exchanges between workers.
        distributed_first: the same for exchanges between workers.

    Raises:
        TypeError: one of them is not an integer.
        OverflowError: one of them is negative.

    >>> class Losses(ProgressWriter):
    ...     def on_write_training_update(self, samples, updates, aggregate_loss, aggregate_metric):
    ...         print('minibatches', updates, 'loss', aggregate_loss)
    >>> writer = Losses(freq=2)
    >>> for total in (3.0, 5.0):
    ...     writer.update_training(10, lambda: total, None)
    minibatches (0, 2) loss (0.0, 5.0)
    """

    def __init__(
        self,
        freq: int | None = None,
        first: int = 0,
        test_freq: int | None = None,
        test_first: int = 0,
        distributed_freq: int | None = None,
        distributed_first: int = 0,
    ) -> None:
        self._training = UpdateWindow(freq, first, "freq")
        self._test = UpdateWindow(test_freq, test_first, "test_freq")
        self._exchanges = UpdateWindow(distributed_freq, distributed_first, "distributed_freq")

    def on_write_training_update(self, samples, updates, aggregate_loss, aggregate_metric) -> None:
        """Write a line of training.

        Args:
            samples: (number at the last line, number now), in this epoch.
            updates: minibatches, likewise.
            aggregate_loss: sum of the loss over those samples, likewise.
            aggregate_metric: sum of the metric, likewise.
        """

    def on_write_test_update(self, samples, updates, aggregate_metric) -> None:
        """Write a line of a test; arguments as for training."""

    def on_write_distributed_sync_update(self, samples, updates, aggregate_metric) -> None:
        """Write a line about exchanges between workers; arguments as for training."""

    def on_write_training_summary(
        self, samples, updates, summaries, aggregate_loss, aggregate_metric, elapsed_milliseconds
    ) -> None:
        """Write the end of an epoch.

        Args:
            samples: number in this epoch.
            updates: minibatches in this epoch.
            summaries: number of epochs, this one included.
            aggregate_loss: sum of the loss over those samples.
            aggregate_metric: sum of the metric over those samples.
            elapsed_milliseconds: since the last summary, or since this writer was made.
        """

    def on_write_test_summary(
        self, samples, updates, summaries, aggregate_metric, elapsed_milliseconds
    ) -> None:
        """Write the end of a test; arguments as for training."""

    def on_training_update_end(self) -> None:
        """Be told of the end of each update, whether a line was due or not."""

    def wants_step(self) -> bool:
        """Return whether :meth:`on_training_step` is to be told of the update that just ended."""
        return False

    def on_training_step(self, step: TrainingStep) -> None:
        """Be told of an update with its data and gradients, if :meth:`wants_step` says so."""

    def write(self, key: str, value) -> None:
        """Write a value such as a learning rate that has changed."""

    def total_training_updates(self) -> int:
        """Return the number of training minibatches in all epochs."""
        return self._training.total_updates

    def total_test_updates(self) -> int:
        """Return the number of test minibatches in all tests."""
        return self._test.total_updates

    def counts(self) -> dict[str, list[float]]:
        """Return what it has counted, for :meth:`go_on_from`; tests count when they are over."""
        return {"training": self._training.state(True), "test": self._test.state(False)}

    def go_on_from(self, counts: dict[str, list[float]]) -> None:
        """Count on from where another one, in an earlier process, has been.

        Raises:
            ValueError: these are no counts.
        """
        self._training.go_on_from(counts["training"])
        self._test.go_on_from(counts["test"])

    def update_training(self, samples: int, loss: Reading, metric: Reading) -> None:
        """Count a training minibatch, and write if a line is due; trainers call this.

        Args:
            samples: number in this minibatch; 0 counts as no minibatch.
            loss: sum over this epoch so far, as a number or as a function that fetches it. The
                function is called only if a line is due: other steps need not wait for the device.
            metric: likewise; None without metric.
        """
        if samples == 0:
            return
        if self._training.add(samples):
            self.on_write_training_update(*self._training.close(loss, metric))
        self.on_training_update_end()

    def update_test(self, samples: int, metric: Reading) -> None:
        """Count a test minibatch; arguments as for training."""
        if samples and self._test.add(samples):
            self.on_write_test_update(*self._test.close(metric))

    def update_distributed_sync(self, samples: int, metric: Reading) -> None:
        """Count an exchange between workers; arguments as for training."""
        if self._exchanges.add(samples):
            self.on_write_distributed_sync_update(*self._exchanges.close(metric))

    def write_training_summary(self, loss: Reading, metric: Reading) -> None:
        """End an epoch: write its summary, and count from 0 again."""
        window = self._training
        window.summaries += 1
        self.on_write_training_summary(
            window.samples,
            window.updates,
            window.summaries,
            read(loss),
            read(metric),
            window.elapsed_milliseconds(),
        )
        window.restart()

    def write_test_summary(self, metric: Reading) -> None:
        """End a test: write its summary, and count from 0 again."""
        window = self._test
        window.summaries += 1
        self.on_write_test_summary(
            window.samples,
            window.updates,
            window.summaries,
            read(metric),
            window.elapsed_milliseconds(),
        )
        window.restart()
