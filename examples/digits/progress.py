"""How training reports: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time


class Progress:
    """Shows epochs, loss, error and speed.

    Args:
        epochs: number of epochs.
        samples_per_epoch: number of samples in each.
    """

    def __init__(self, epochs: int, samples_per_epoch: int) -> None:
        self.epochs, self.samples = epochs, samples_per_epoch
        self._started = self._epoch_started = time.perf_counter()
        self._bar = _bar(epochs * samples_per_epoch) if sys.stdout.isatty() else None

    def minibatch(self, epoch: int, samples: int, loss: float) -> None:
        """Report a minibatch."""
        if self._bar:
            bar, task = self._bar
            text = f"epoch {epoch + 1}/{self.epochs}  loss {loss:.3f}"
            bar.update(task, advance=samples, description=text)

    def epoch(self, epoch: int, loss: float, error: float) -> None:
        """Report the end of an epoch."""
        now = time.perf_counter()
        speed = self.samples / (now - self._epoch_started)
        self._epoch_started = now
        line = (
            f"epoch {epoch + 1:2d} of {self.epochs}: loss {loss:.4f}, error {error:6.2%}, "
            f"{speed:5.0f} images/s"
        )
        if self._bar:
            self._bar[0].console.print(line)
        else:
            print(line, flush=True)

    def close(self) -> None:
        """Finish."""
        if self._bar:
            self._bar[0].stop()
        print(f"trained in {time.perf_counter() - self._started:.1f} s", flush=True)


def _bar(total: int):
    """Return a running progress bar and its task, or None without the package rich."""
    try:
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar
    except ImportError:
        return None
    bar = Bar(TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    bar.start()
    return bar, bar.add_task("epoch 1", total=total)
