"""The checkpoints of one training session: written, thinned out, and found again."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import partial

from cntk.errors import ArgumentError, describe
from cntk.storage import DamagedFileError, ForeignFileError, ModelFileError
from cntk.train.checkpoint import checkpoint_of, external_state
from cntk.train.sessions.background import Background
from cntk.train.sessions.checkpoint_files import CheckpointFiles
from cntk.train.sessions.configs import CheckpointConfig, CrossValidationConfig
from cntk.train.sessions.copies import Copies

SOURCE = "TrainingMinibatchSource"  # the position in the training data, in a checkpoint
REPORTS = "ProgressReports"  # what progress writers have counted
VALIDATIONS = "CrossValidations"  # how many there were, and what their callback knows
_BEST = "CrossValidationMean"  # of the model in the checkpoint `.best`


class SessionCheckpoints:
    """Writes checkpoints as a :class:`CheckpointConfig` says.

    Args:
        config: the configuration; it has a file name.
        validation: the configuration of cross validations, or None.
        trainer: the trainer.
        state: function that returns what belongs to the session: {key: value}.

    Raises:
        ValueError: the best one is to be kept, and nothing measures which one is.
    """

    def __init__(
        self,
        config: CheckpointConfig,
        validation: CrossValidationConfig | None,
        trainer,
        state: Callable[[], dict],
    ) -> None:
        if config.keep_best and (validation is None or validation.source is None):
            hint = "cv_config=C.CrossValidationConfig(data, ...)"
            raise ArgumentError(describe("keep_best needs a cross validation on data", hint=hint))
        self._config, self._trainer, self._state = config, trainer, state
        assert config.filename is not None
        self.writes = config.frequency.every != 0
        self.files = CheckpointFiles(config.filename)
        self._background = Background() if config.asynchronous else None
        self._copies = Copies()
        self._best: float | None = None

    def restore(self, load: Callable[[str], None]) -> None:
        """Load the newest checkpoint that is whole, if there is any.

        Args:
            load: function of its path.

        Raises:
            ValueError: there are some, and none is whole; or it belongs to another network.
        """
        self.finish()
        self._best = None
        if not self._config.restore:
            return
        damage: ModelFileError | None = None
        for found in self.files.newest_first():
            print(f"Restoring training session from the checkpoint '{found}'", file=sys.stderr)
            try:
                load(found)
            except (DamagedFileError, ForeignFileError) as error:
                print(f"It cannot be used: {error}", file=sys.stderr)
                damage = damage or error
                continue
            if self._config.keep_best:
                self._best = external_state(self.files.best).get(_BEST)
            return
        if damage is not None:
            raise damage

    def save_numbered(self, index: int) -> None:
        """Write the checkpoint of a number, or the only one there is, by the configuration."""
        if not self._config.has_numbers:
            self._save(self.files.final)
            return
        keep = self._config.keep
        then = None if keep is None else partial(self.files.keep, keep, index)
        self._save(self.files.numbered(index), then=then)

    def save_final(self) -> None:
        """Write the checkpoint without a number, and wait until it is on the disk."""
        self._save(self.files.final)
        self.finish()

    def end(self) -> None:
        """Write the last checkpoint where all others have numbers; wait until all are written."""
        if self._config.has_numbers:
            self._save(self.files.final)
        self.finish()

    def offer(self, mean: float) -> None:
        """Keep the state as the best one, if the mean of its cross validation is the smallest."""
        best = math.inf if self._best is None else self._best
        if self._config.keep_best and mean < best:
            self._best = mean
            self._save(self.files.best, {_BEST: mean})

    def finish(self) -> None:
        """Wait for what is being written in the background.

        Raises:
            ValueError: it could not be written.
        """
        if self._background is not None:
            self._background.wait()

    def _save(
        self, path: str, more: dict | None = None, then: Callable[[], None] | None = None
    ) -> None:
        external = {**self._state(), **(more or {})}
        if self._background is None:
            self._trainer.save_checkpoint(path, external)
            if then is not None:
                then()
            return
        self._background.wait()
        self._copies.take_back()
        checkpoint = checkpoint_of(self._trainer, external, self._copies)

        def write() -> None:
            checkpoint.write(path)
            if then is not None:
                then()

        self._background.start(write)
