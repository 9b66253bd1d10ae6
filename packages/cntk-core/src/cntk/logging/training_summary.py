"""TrainingSummaryProgressCallback: a function that is called at the end of each epoch."""

from __future__ import annotations

from collections.abc import Callable

from cntk.counts import count_of
from cntk.logging.progress_writer import ProgressWriter


class TrainingSummaryProgressCallback(ProgressWriter):
    """Calls a function with the sums of each epoch.

    Args:
        epoch_size: number of samples in an epoch.
        callback: function of (epoch index from 0, sum of the loss, sum of the metric, samples).

    >>> writer = TrainingSummaryProgressCallback(4, lambda *epoch: print(epoch))
    >>> writer.update_training(4, 2.0, 1.0)
    >>> writer.write_training_summary(2.0, 1.0)
    (0, 2.0, 1.0, 4)
    """

    def __init__(self, epoch_size: int, callback: Callable) -> None:
        super().__init__()
        self.epoch_size = count_of(epoch_size, "epoch_size")
        if not callable(callback):
            raise TypeError(f"callback is a function of four arguments, not {callback!r}")
        self._callback = callback

    def on_write_training_summary(
        self, samples, updates, summaries, aggregate_loss, aggregate_metric, elapsed_milliseconds
    ) -> None:
        """Call the function."""
        self._callback(summaries - 1, aggregate_loss, aggregate_metric, samples)
