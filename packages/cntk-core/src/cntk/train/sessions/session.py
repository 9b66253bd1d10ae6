"""Training sessions: a whole training, with reports, checkpoints, cross validation and a test."""

from __future__ import annotations

from cntk.counts import count_of
from cntk.errors import ArgumentError, describe
from cntk.eval.evaluator import Evaluator
from cntk.storage import DamagedFileError
from cntk.train.sessions.callbacks import give_state, goes_on, state_of
from cntk.train.sessions.checkpoints import REPORTS, SOURCE, VALIDATIONS, SessionCheckpoints
from cntk.train.sessions.configs import CheckpointConfig, CrossValidationConfig, TestConfig
from cntk.train.sessions.feed import Feed, feed_of
from cntk.train.sessions.frequency import Frequency, Progress, Recurring
from cntk.train.sessions.measure import measured
from cntk.train.sessions.minibatch_sizes import sizes_of
from cntk.train.sessions.reports import go_on_reporting, reports_of
from cntk.train.sessions.termination import Termination
from cntk.train.trainer import Trainer


class TrainingSession:
    """A training from the first minibatch, or the last checkpoint, to the end.

    Subclasses may override the ``on_`` methods and :meth:`get_minibatch_size`.

    Args:
        trainer: the trainer.
        mb_source: a minibatch source; or a tuple of arrays, one for each argument of the loss, in
            that order.
        mb_size: samples of a minibatch, or a :func:`minibatch_size_schedule`.
        model_inputs_to_streams: {variable: stream of the source}; None for arrays.
        max_samples: samples after which training ends, those of earlier sessions of the trainer
            and of the checkpoint included; None: when the source ends.
        progress_frequency: samples between summaries of progress, or a pair such as
            ``(1, DataUnit.sweep)``; None: one at the end; 0: none.
        checkpoint_config: a :class:`CheckpointConfig`, or None.
        cv_config: a :class:`CrossValidationConfig`, or None.
        test_config: a :class:`TestConfig`, or None.

    Raises:
        ValueError: an argument is missing or does not fit, or training would never end.
    """

    def __init__(
        self, trainer, mb_source, mb_size, model_inputs_to_streams, max_samples=None,
        progress_frequency=None, checkpoint_config=None, cv_config=None, test_config=None,
    ) -> None:  # fmt: skip
        if not isinstance(trainer, Trainer):
            raise ArgumentError(f"Trainer must not be None, and be a cntk.Trainer, not {trainer!r}")
        if mb_source is None:
            raise ArgumentError("Training minibatch source must not be None.")
        self.trainer = trainer
        self._sizes = sizes_of(mb_size, "mb_size")
        arguments = trainer.loss_function.arguments
        self._feed = feed_of(mb_source, model_inputs_to_streams, arguments)
        self._limit = _limit(max_samples, self._feed, cv_config)
        saving = _config(checkpoint_config, CheckpointConfig)
        self._validation = _config(cv_config, CrossValidationConfig)
        self._test = _config(test_config, TestConfig)
        self._mapping = model_inputs_to_streams
        self.progress = Progress()
        self._is_stopped = False
        self._termination = Termination()
        self._position_before: dict | None = None
        self._actions = [
            Recurring(Frequency.of(progress_frequency, "progress_frequency"), self._summarize)
        ]
        self._checkpoints: SessionCheckpoints | None = None
        if saving is not None and saving.filename is not None:
            self._checkpoints = SessionCheckpoints(saving, self._validation, trainer, self._state)
            self._actions.append(Recurring(saving.frequency, self._save_numbered))
        self._validations: Recurring | None = None
        self._validations_before: int | None = None  # how many a checkpoint knows of
        if self._validation is not None:
            self._validations = Recurring(self._validation.frequency, self._validate)
            self._actions.append(self._validations)
            self._validation_feed = self._validation.feed(self._mapping)
            self._validator = _evaluator(self._validation, trainer)
        if self._test is not None:
            self._test_feed = self._test.feed(self._mapping)

    def train(self, device=None) -> None:
        """Train to the end; go on from the last checkpoint, if there is one and it may be used.

        With checkpoints, SIGTERM ends it after the minibatch and a last checkpoint. A handler of
        the user's own is called then instead, and training goes on if it returns.

        Args:
            device: where to compute.

        Raises:
            ValueError: data do not fit the network, a checkpoint belongs to another one or cannot
                be written, or all there are are damaged.
            SystemExit: with status 143, after SIGTERM.
        """
        if self._checkpoints is not None:
            self._checkpoints.restore(self.restore_from_checkpoint)
        if self._checkpoints is None or not self._checkpoints.writes:
            self._train(device)
            return
        with self._termination.noted():
            self._train(device)

    def _train(self, device) -> None:
        self._take_counts()
        self._is_stopped, self._position_before = False, None
        for action in self._actions:
            times = self._validations_before if action is self._validations else None
            action.begin(self.progress, times)
        while not self._is_stopped and self._step(device):
            for action in self._actions:
                action.after_minibatch(self.progress)
            self._look_up()
        for action in self._actions:
            action.at_end(self.progress)
        if self._checkpoints is not None:
            self._checkpoints.end()
        if self._test is not None:
            self._measure_test()
        self._look_up()

    def _state(self) -> dict:
        """Return what a checkpoint keeps of the session, beside model and learners."""
        before = self._position_before
        found = {SOURCE: self._feed.state() if before is None else before}
        found[REPORTS] = reports_of(self.trainer)
        if self._validations is not None and self._validation is not None:
            callback = state_of(self._validation.callback)
            found[VALIDATIONS] = {"times": self._validations.times, "callback": callback}
        return found

    def _hold_position(self) -> None:
        """Note where training goes on, before others may read the same source."""
        if self._checkpoints is not None:
            self._position_before = self._feed.state()

    def _look_up(self) -> None:
        """Save and leave, if that was asked for."""
        if self._checkpoints is not None and self._termination.is_requested:
            self._checkpoints.save_final()
            self._termination.follow()

    def _step(self, device) -> bool:
        """Train on a minibatch; return whether there was one to train on."""
        seen, size = self.progress, self.get_minibatch_size()
        if self._limit is not None:
            size = min(size, self._limit - seen.samples)
        if size <= 0:
            return False
        data = self._feed.next_minibatch(size, device)
        if not data:
            return False
        self.on_minibatch_start()
        self.trainer.train_minibatch(data, device=device)
        self.on_minibatch_end()
        seen.samples += self.trainer.previous_minibatch_sample_count
        seen.minibatches += 1
        seen.sweeps += any(getattr(value, "sweep_end", False) for value in data.values())
        return True

    def _take_counts(self) -> None:
        """Count on from what the learners have seen, in this process or before a checkpoint."""
        learners = self.trainer.parameter_learners
        self.progress.samples = self.trainer.total_number_of_samples_seen
        self.progress.minibatches = max(x.total_number_of_minibatches_seen() for x in learners)
        self.progress.sweeps = max(x.total_number_of_sweeps_seen() for x in learners)

    def restore_from_checkpoint(self, filename: str) -> None:
        """Take model, learners and the position in the training data from a checkpoint.

        Args:
            filename: path of its model file.

        Raises:
            ValueError: the files are damaged, or belong to another network.
        """
        state = self.trainer.restore_from_checkpoint(filename)
        if SOURCE in state:
            self._go_to(state[SOURCE])
        try:
            self._take_reports(state)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            what = f"what it tells of the session cannot be used: {error!r:.200}"
            raise DamagedFileError(what, file=f"{filename}.ckp") from error

    def _go_to(self, position: dict) -> None:
        """Let the training data go on where those of a checkpoint were.

        Raises:
            ValueError: it is the position in a source of another kind.
        """
        try:
            self._feed.go_to(position)
        except (AttributeError, KeyError, TypeError) as error:
            what = (
                f"the checkpoint's position in the data is none of this source: {position!r:.200}"
            )
            hint = "the source that was trained on before, or CheckpointConfig(..., restore=False)"
            raise ArgumentError(describe(what, hint=hint)) from error

    def _take_reports(self, state: dict) -> None:
        """Let logs and callbacks go on from what a checkpoint tells of the session."""
        if REPORTS in state:
            go_on_reporting(self.trainer, state[REPORTS])
        if VALIDATIONS in state and self._validation is not None:
            self._validations_before = int(state[VALIDATIONS]["times"])
            give_state(self._validation.callback, state[VALIDATIONS]["callback"])

    def get_minibatch_size(self) -> int:
        """Return the size of the next minibatch."""
        return self._sizes.at(self.progress.samples, self.progress.sweeps)

    def on_minibatch_start(self) -> None:
        """Do nothing; called before each minibatch."""

    def on_minibatch_end(self) -> None:
        """Do nothing; called after each minibatch."""

    def on_checkpoint_start(self, index: int) -> None:
        """Do nothing; called before a checkpoint, with its number."""

    def on_checkpoint_end(self, index: int) -> None:
        """Do nothing; called after a checkpoint, with its number."""

    def on_cross_validation_start(self, index: int) -> None:
        """Do nothing; called before a cross validation, with its number."""

    def on_cross_validation_end(
        self, index: int, average_error: float, num_samples: int, num_minibatches: int
    ) -> bool:
        """Ask the callback whether to go on; True without one.

        Args:
            index: number of the cross validation, from 0.
            average_error: mean of the metric.
            num_samples: samples that it was measured on.
            num_minibatches: their minibatches.
        """
        callback = None if self._validation is None else self._validation.callback
        if callback is None:
            return True
        return callback(index, average_error, num_samples, num_minibatches)

    def _summarize(self, index: int) -> None:
        self.trainer.summarize_training_progress()

    def _save_numbered(self, index: int) -> None:
        assert self._checkpoints is not None
        self.on_checkpoint_start(index)
        self._checkpoints.save_numbered(index)
        self.on_checkpoint_end(index)

    def _validate(self, index: int) -> None:
        """Measure the metric on the data for it, from where they stood before."""
        config, feed = self._validation, self._validation_feed
        self.on_cross_validation_start(index)
        mean, samples, minibatches = 0.0, 0, 0
        if config is not None and feed is not None:
            before = feed.state()
            limit = config.max_samples
            self._hold_position()
            mean, samples, minibatches = measured(
                self._validator, feed, config.sizes, limit, self._look_up
            )
            feed.go_to(before)
            self._position_before = None
            self._validator.summarize_test_progress()
            if self._checkpoints is not None and samples:
                self._checkpoints.offer(mean)
        answer = self.on_cross_validation_end(index, mean, samples, minibatches)
        self._is_stopped |= not goes_on(answer)

    def _measure_test(self) -> None:
        assert self._test is not None
        evaluator = _evaluator(self._test, self.trainer)
        if self._test_feed is not None:
            self._hold_position()
            measured(evaluator, self._test_feed, self._test.sizes, None, self._look_up)
            self._position_before = None
            evaluator.summarize_test_progress()


def training_session(
    trainer, mb_source, mb_size, model_inputs_to_streams, progress_frequency=None,
    max_samples=None, checkpoint_config=None, cv_config=None, test_config=None,
) -> TrainingSession:  # fmt: skip
    """Return a training that ``train()`` runs; see :class:`TrainingSession`.

    Args:
        trainer: the trainer.
        mb_source: a minibatch source; or a tuple of arrays, one for each argument of the loss, in
            that order.
        mb_size: samples of a minibatch, or a :func:`minibatch_size_schedule`.
        model_inputs_to_streams: {variable: stream of the source}; None for arrays.
        progress_frequency: samples between summaries of progress, or a pair such as
            ``(1, DataUnit.sweep)``; None: one at the end; 0: none.
        max_samples: samples after which training ends; None: when the source ends.
        checkpoint_config: a :class:`CheckpointConfig`, or None.
        cv_config: a :class:`CrossValidationConfig`, or None.
        test_config: a :class:`TestConfig`, or None.

    Raises:
        ValueError: an argument is missing or does not fit, or training would never end.

    >>> x, y = C.input_variable(2), C.input_variable(1)
    >>> z = C.times(x, C.parameter((2, 1)))
    >>> trainer = C.Trainer(z, C.squared_error(z, y), C.sgd(z.parameters, 0.1))
    >>> data = np.ones((4, 2), 'f'), np.ones((4, 1), 'f')
    >>> C.training_session(trainer, data, 2, None, max_samples=6).train()
    >>> trainer.total_number_of_samples_seen
    6
    """
    return TrainingSession(
        trainer, mb_source, mb_size, model_inputs_to_streams, max_samples, progress_frequency,
        checkpoint_config, cv_config, test_config,
    )  # fmt: skip


def _limit(max_samples, feed: Feed, validation) -> int | None:
    """Return after how many samples training ends, None for the end of the source."""
    if max_samples is not None:
        limit = count_of(max_samples, "max_samples")
        if limit == 0:
            raise ArgumentError("maxNumTrainingSamples must not be zero.")
        return limit
    may_stop = getattr(validation, "callback", None) is not None
    if feed.is_infinite and not may_stop:
        what = "Train minibatch source must have a limited number of samples or sweeps."
        hint = "max_samples=... here, or max_sweeps=... of the minibatch source"
        raise ArgumentError(describe(what, hint=hint))
    return None


def _config(given, expected: type):
    if given is not None and not isinstance(given, expected):
        what = f"a training session takes a {expected.__name__}, not {given!r}"
        raise ArgumentError(describe(what, hint=f"C.{expected.__name__}(...)"))
    return given


def _evaluator(config, trainer: Trainer) -> Evaluator:
    """Return what measures: the trainer, or an evaluator of the criterion that is stated."""
    if config.criterion is None:
        return trainer
    return Evaluator(config.criterion, trainer.progress_writers)
