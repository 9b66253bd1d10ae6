"""ProgressPrinter's older half: a script calls ``update`` and ``epoch_summary`` itself."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod

from cntk.logging.averages import RunningSums
from cntk.logging.lines import epoch_line, minibatch_line, table_row
from cntk.logging.update_window import is_due


class ManualProgress(ABC):
    """What ``update`` adds up, for the lines of the printer that this is a part of."""

    freq: int
    first: int
    tag: str
    num_epochs: int | None
    metric_is_pct: bool

    def __init__(self) -> None:
        self.epochs = 0
        self._last_updates = 0
        self.reset_start()
        self.reset_last()

    @abstractmethod
    def log(self, message) -> None:
        """Write a line."""

    @abstractmethod
    def _beat(self) -> None:
        """Write a sign of life, if it is wanted and due."""

    def update(self, loss, minibatch_size, metric=None) -> None:
        """Count a minibatch, and print a line if one is due.

        Args:
            loss: average over the minibatch.
            minibatch_size: number of samples.
            metric: average over the minibatch; None without metric.
        """
        before = self._since_start.samples - self._since_last.samples
        for sums in (self._since_start, self._since_last):
            sums.add(loss, minibatch_size, metric)
        self._updates += 1
        if is_due(self._updates, self.freq, self.first):
            start, last = self._since_start, self._since_last
            samples = (before, start.samples)
            losses = (start.loss - last.loss, start.loss)
            metrics = None if metric is None else (start.metric - last.metric, start.metric)
            if self.freq == 0:
                self.log(table_row(samples, losses, metrics))
            else:
                updates = (self._last_updates, self._updates)
                self.log(minibatch_line(samples, updates, losses, metrics, self.metric_is_pct))
            self._last_updates = self._updates
            self.reset_last()
        self._beat()

    def update_with_trainer(self, trainer, with_metric=False) -> None:
        """Count the minibatch that a trainer has just seen.

        Args:
            trainer: a Trainer.
            with_metric: print its metric too.
        """
        samples = trainer.previous_minibatch_sample_count
        if samples:
            metric = trainer.previous_minibatch_evaluation_average if with_metric else None
            self.update(trainer.previous_minibatch_loss_average, samples, metric)

    def epoch_summary(self, with_metric=False):
        """Print the end of an epoch; return (average loss, average metric, samples).

        Nothing is printed, and None returned, if ``freq`` is 0.
        """
        self.epochs += 1
        if self.freq == 0:
            return None
        loss, metric = self.avg_loss_since_start(), self.avg_metric_since_start()
        samples = self._since_start.samples
        self.log(
            epoch_line(
                self.epochs,
                self.num_epochs,
                self.tag,
                samples,
                loss,
                metric if with_metric else None,
                time.perf_counter() - self._epoch_began,
                self.metric_is_pct,
            )
        )
        self.reset_start()
        self.reset_last()
        return loss, metric, samples

    def avg_loss_since_start(self) -> float:
        """Return the average loss of this epoch's samples."""
        return self._since_start.average_loss

    def avg_metric_since_start(self) -> float:
        """Return the average metric of this epoch's samples."""
        return self._since_start.average_metric

    def avg_loss_since_last(self) -> float:
        """Return the average loss since the last line."""
        return self._since_last.average_loss

    def avg_metric_since_last(self) -> float:
        """Return the average metric since the last line."""
        return self._since_last.average_metric

    def reset_start(self) -> None:
        """Begin a new epoch."""
        self._since_start = RunningSums()
        self._updates = self._last_updates = 0
        self._epoch_began = time.perf_counter()

    def reset_last(self) -> None:
        """Forget what came since the last line."""
        self._since_last = RunningSums()
