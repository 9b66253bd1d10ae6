"""Sums of loss and metric that a script reports itself, minibatch by minibatch."""

from __future__ import annotations

from cntk.logging.lines import average


class RunningSums:
    """Sums over samples."""

    def __init__(self) -> None:
        self.samples, self.loss, self.metric = 0, 0.0, 0.0

    def add(self, loss: float, samples: int, metric: float | None) -> None:
        """Count a minibatch, given its averages."""
        self.samples += samples
        self.loss += loss * samples
        self.metric += (metric or 0.0) * samples

    @property
    def average_loss(self) -> float:
        """The mean over the samples; 0 of none."""
        return average(self.loss, self.samples)

    @property
    def average_metric(self) -> float:
        """The mean over the samples; 0 of none."""
        return average(self.metric, self.samples)
