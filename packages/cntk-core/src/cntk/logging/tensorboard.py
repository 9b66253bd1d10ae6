"""TensorBoardProgressWriter, which comes in a later release."""

from __future__ import annotations

from cntk.errors import UnsupportedError
from cntk.logging.progress_writer import ProgressWriter


class TensorBoardProgressWriter(ProgressWriter):
    """Says that this release writes no TensorBoard logs.

    The class and its methods are here because scripts import it, and inherit from it, whether they
    log or not.

    Args:
        freq: lines after each that many minibatches.
        log_dir: folder of the log.
        rank: of this worker.
        model: a Function to draw.

    Raises:
        NotImplementedError: always.
    """

    def __init__(self, freq=None, log_dir=".", rank=None, model=None) -> None:
        raise _later()

    def write_value(self, name, value, step) -> None:
        """Refuse to write a number."""
        raise _later()

    def write_image(self, name, data, step) -> None:
        """Refuse to write an image."""
        raise _later()

    def flush(self) -> None:
        """Refuse to write what is waiting."""
        raise _later()

    def close(self) -> None:
        """Refuse to end the log."""
        raise _later()


def _later() -> UnsupportedError:
    return UnsupportedError(
        "TensorBoardProgressWriter comes in a later release; until then a ProgressWriter of your "
        "own gets the same numbers: override on_write_training_update"
    )
