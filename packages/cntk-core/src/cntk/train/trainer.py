"""Trainer: minibatch in, parameters changed."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from cntk.errors import ArgumentError, ExecutionError, OutOfMemoryError, describe
from cntk.eval.criterion import Criterion, number, split_criterion
from cntk.eval.evaluator import Evaluator
from cntk.execution import exhausted
from cntk.execution.program import Program, user_data
from cntk.graph.build import as_function, as_variable
from cntk.graph.function import Function
from cntk.learners.learner import Learner
from cntk.logging.training_step import TrainingStep
from cntk.logging.value_report import ValueReport
from cntk.train.attempt import Attempt
from cntk.train.distributed.learner import DistributedLearner
from cntk.train.non_finite import Guard
from cntk.train.training_function import training_function
from cntk.train.undivided import Undivided
from cntk.variables import Parameter, Variable


class Trainer(Evaluator):
    """Trains a model: computes loss, metric and gradients of a minibatch, lets learners update.

    Args:
        model: the model, or None.
        criterion: the loss, a (loss, metric) pair, or a Function with one or two outputs. The loss
            is summed over all its elements and over the samples of a minibatch.
        parameter_learners: a learner or a list of learners; each parameter belongs to one at most.
        progress_writers: a progress writer or a list of them.

    Raises:
        ValueError: no learner, or one whose parameters are not part of the network, or no input
            with a batch axis; or some learners are distributed and others not.
        TypeError: what should be the model, the criterion or a learner is something else.

    >>> x, y = C.input_variable(2), C.input_variable(1)
    >>> z = C.times(x, C.parameter((2, 1)))
    >>> trainer = C.Trainer(z, C.squared_error(z, y), C.sgd(z.parameters, 0.1))
    >>> trainer.train_minibatch({x: np.ones((4, 2), 'f'), y: np.ones((4, 1), 'f')})
    True
    >>> trainer.previous_minibatch_loss_average
    1.0
    """

    def __init__(self, model, criterion, parameter_learners, progress_writers=None) -> None:
        loss, metric = split_criterion(criterion)
        self._model = _model(model)
        _check_countable(loss)
        self._criterion = Criterion(loss, metric)
        outputs = self._model.outputs if self._model else ()
        self._whole = training_function(outputs, loss, metric)
        self._learners = _learners(parameter_learners)
        _check_parameters(self._whole, self._learners)
        _note_uncovered(self._whole, self._learners)
        self._parameters = [p for learner in self._learners for p in learner.parameters]
        self._guard = Guard(self._replay, self._parameters)
        super().__init__(metric, progress_writers)
        self._loss_sum = self._metric_sum = 0.0
        self._count = 0
        self._epoch_loss = self._epoch_metric = 0.0
        self._reports: dict[tuple[Learner, str], ValueReport] = {}

    @property
    def model(self) -> Function | None:
        """The model."""
        return self._model

    @property
    def training_function(self) -> Function:
        """Model, loss and metric, and their sums, as one Function; what a checkpoint holds."""
        return self._whole

    @property
    def loss_function(self) -> Function:
        """The loss."""
        return as_function(self._criterion.loss)

    @property
    def evaluation_function(self) -> Function | None:
        """The metric, or None."""
        metric = self._criterion.metric
        return None if metric is None else as_function(metric)

    @property
    def parameter_learners(self) -> list[Learner]:
        """The learners."""
        return list(self._learners)

    def program(self) -> Program:
        """Return what computes loss, metric and gradients of a minibatch, in that order."""
        return self._criterion.program(self._parameters)

    def train_minibatch(self, arguments, outputs=None, device=None, is_sweep_end=None):
        """Train on one minibatch; return whether parameters were updated.

        Args:
            arguments: {variable or name: data}, or the data of the only argument; ``{}`` is an
                empty minibatch.
            outputs: variables to return as well, as computed before the update; the result is then
                (updated, {variable: data}).
            device: where to compute.
            is_sweep_end: whether the minibatch ends a sweep through the data; MinibatchData know.

        Raises:
            ValueError: data are missing or do not fit.
            MemoryError: there is too little, and nothing has changed; a smaller minibatch may do.
        """
        if isinstance(arguments, dict) and not arguments:
            self._count = 0
            return (False, {}) if outputs else False
        wanted = [as_variable(output) for output in outputs or ()]
        data = self._criterion.arguments_by_variable(arguments)
        sweep_end = _sweep_end(data, is_sweep_end)
        attempt, run = Attempt(self._criterion.continuations), None
        try:
            run = self._criterion.run(data, self._parameters, wanted, drawn=attempt.drawn)
            updated = self._finish(run, data, attempt, sweep_end, len(wanted))
            if not wanted:
                return updated
            first = 1 if self._criterion.metric is None else 2
            return updated, {
                variable: user_data(run.array(first + i), run.layout(first + i))
                for i, variable in enumerate(wanted)
            }
        except MemoryError as error:
            if isinstance(error, OutOfMemoryError):
                raise
            raise exhausted.in_variable(error, "a step of training") from None
        finally:
            attempt.end()
            if run is not None:
                run.end()

    def _replay(self, data: dict) -> None:
        """Compute a minibatch again; nothing is changed."""
        attempt = Attempt(self._criterion.continuations)
        try:
            self._criterion.run(data, self._parameters, drawn=attempt.drawn).end()
        finally:
            attempt.end()

    def _finish(self, run, data: dict, attempt: Attempt, sweep_end: bool, extra: int) -> bool:
        """Take the sums of a run, commit its effects, and let the learners update."""
        gradients = self._admitted_gradients(run, data, extra)
        if gradients is None:  # the minibatch is left out
            return False
        updated, parts, position = False, [], 0
        for learner in self._learners:
            end = position + len(learner.parameters)
            parts.append(gradients[position:end])
            position = end
            learner.reserve(parts[-1])
        with Undivided():
            run.commit("forward")
            run.commit("backward")
            for learner, part in zip(self._learners, parts):
                updated |= learner.update_arrays(part, self._count, sweep_end)
            attempt.complete()
            if self._measure is not None:  # a test may go on from here; training does not from it
                self._measure.continuations.follow(self._criterion.continuations)
        if self._writers:
            self._report(data, gradients)
        return updated

    def _admitted_gradients(self, run, data: dict, extra: int) -> list | None:
        """Take the sums of a run; return its gradients, None if they must not change anything."""
        if self._writers:
            self._report_values()
        self._count = self._criterion.sample_count(run)
        self._loss_sum = number(run, 0)
        has_metric = self._criterion.metric is not None
        self._metric_sum = number(run, 1) if has_metric else 0.0
        first = 1 + has_metric + extra
        gradients = [run.array(first + i) for i in range(len(self._parameters))]
        return gradients if self._guard.allows(data, self._loss_sum, gradients) else None

    def _report_values(self) -> None:
        """Tell writers the rates and momenta in force, where they have changed."""
        for learner in self._learners:
            for name, value, minibatch_size in learner.reported_values():
                key = (learner, name)
                if key not in self._reports:
                    self._reports[key] = ValueReport(name)
                self._reports[key].tell(self._writers, value, minibatch_size)

    def _report(self, data: dict, gradients: list) -> None:
        self._epoch_loss += self._loss_sum
        self._epoch_metric += self._metric_sum
        metric = None if self._criterion.metric is None else self._epoch_metric
        for writer in self._writers:
            writer.update_training(self._count, self._epoch_loss, metric)
            if writer.wants_step():
                by_parameter = dict(zip(self._parameters, gradients))
                step = TrainingStep(self._whole, data, self._count, by_parameter)
                writer.on_training_step(step)

    @property
    def previous_minibatch_loss_average(self) -> float:
        """Mean loss per sample of the last minibatch, before its update.

        Raises:
            RuntimeError: there was none, or it was empty.
        """
        self._check_trained()
        return self._loss_sum / self._count

    @property
    def previous_minibatch_evaluation_average(self) -> float:
        """Mean metric per sample of the last minibatch, before its update.

        Raises:
            RuntimeError: there was none, or it was empty.
            ValueError: there is no metric.
        """
        self._check_trained()
        if self._criterion.metric is None:
            raise ArgumentError(
                "Trainer::PreviousMinibatchEvaluationAverage: Cannot get evaluation criterion "
                "value when no evaluation function was specified during 'this' trainer's "
                "construction"
            )
        return self._metric_sum / self._count

    def _check_trained(self) -> None:
        if self._count == 0:
            raise ExecutionError(
                "There was no preceding call to TrainMinibatch or the minibatch was empty."
            )

    @property
    def previous_minibatch_sample_count(self) -> int:
        """Number of loss values of the last minibatch."""
        return self._count

    @property
    def total_number_of_samples_seen(self) -> int:
        """Number of samples in all updates, those before a restored checkpoint included."""
        return max(learner.total_number_of_samples_seen() for learner in self._learners)

    def total_number_of_units_seen(self, unit=None) -> int:
        """Return the number of samples in all updates."""
        return self.total_number_of_samples_seen

    @property
    def epoch_sums(self) -> tuple[float, float]:
        """Sums of loss and metric since the last summary of progress."""
        return self._epoch_loss, self._epoch_metric

    @epoch_sums.setter
    def epoch_sums(self, sums) -> None:
        self._epoch_loss, self._epoch_metric = map(float, sums)

    def summarize_training_progress(self) -> None:
        """End an epoch: writers print their summaries and begin a new one."""
        metric = None if self._criterion.metric is None else self._epoch_metric
        for writer in self._writers:
            writer.write_training_summary(self._epoch_loss, metric)
        self._epoch_loss = self._epoch_metric = 0.0

    def print_node_timing(self) -> None:
        """Print how long its nodes took while ``C.debugging.set_node_timing`` was on."""
        self._whole.print_node_timing()

    def save_checkpoint(self, filename: str, external_state: dict | None = None) -> None:
        """Write the model to ``filename`` and the state of training to ``filename.ckp``.

        They change as one: whoever is interrupted while saving finds the old ones or the new.

        Args:
            filename: path of the model file.
            external_state: a dictionary of the user's own.

        Raises:
            ValueError: the files cannot be written; those of before are whole.
            TypeError: it is no dictionary, or holds what files cannot.
        """
        from cntk.train.checkpoint import save

        if external_state is not None and not isinstance(external_state, Mapping):
            raise TypeError(f"external_state is a dictionary, not {external_state!r}")
        save(self, filename, external_state or {})

    def restore_from_checkpoint(self, filename: str) -> dict:
        """Read what :meth:`save_checkpoint` wrote, and return the user's dictionary.

        Args:
            filename: path of the model file.

        Raises:
            ValueError: the files are damaged, or belong to another network.
        """
        from cntk.train.checkpoint import restore

        return restore(self, filename)


def _check_countable(loss: Variable) -> None:
    """Refuse a loss of inputs without a batch axis: there is no number of samples."""
    if not any(v.dynamic_axes for v in (loss, *as_function(loss).arguments)):
        what = (
            "Trainer: Failed to find a variable underlying the graph rooted at specified loss "
            f"function '{loss}', from which the training sample count can be determined."
        )
        raise ArgumentError(describe(what, hint="an input with a batch axis, C.input_variable"))


def _model(given) -> Function | None:
    if isinstance(given, tuple):
        what = "the model is a Function, a variable or None, not a tuple"
        raise TypeError(describe(what, hint="C.Trainer(model, (loss, metric), learners)"))
    return None if given is None else as_function(given)


def _learners(given) -> list[Learner]:
    learners = list(given) if isinstance(given, (list, tuple)) else [given]
    if not learners:
        what = "These must be at least one learner."
        raise ArgumentError(describe(what, hint="C.sgd(model.parameters, lr)"))
    for learner in learners:
        if not isinstance(learner, Learner):
            raise TypeError(f"parameter_learners holds {learner!r}, which is no learner")
    if len({isinstance(learner, DistributedLearner) for learner in learners}) > 1:
        what = (
            "Cannot use a non-distributed learner for some parameters together with a distributed "
            "learner for other parameters, in a single Trainer."
        )
        hint = "C.data_parallel_distributed_learner around each of the others"
        raise ArgumentError(describe(what, hint=hint))
    return learners


def _note_uncovered(function: Function, learners) -> None:
    covered = {p for learner in learners for p in learner.parameters}
    left = [p for p in function.parameters if p not in covered]
    if left:
        print(
            f"[Note:] Trainer ctor: {len(left)} of the model parameters are not covered by any of "
            "the specified Learners; these parameters will not be learned",
            file=sys.stderr,
        )


def _sweep_end(data: dict[Variable, object], given) -> bool:
    """Return whether the minibatch ends a sweep: as told, or as its MinibatchData say."""
    if given is None:
        return any(getattr(value, "sweep_end", False) for value in data.values())
    return bool(given)


def _check_parameters(function: Function, learners) -> None:
    """Refuse learners whose parameters are not in the network, or overlap.

    Raises:
        ValueError: a parameter is foreign, or covered twice.
    """
    known = set(function.parameters)
    covered: dict[Parameter, int] = {}
    for position, learner in enumerate(learners):
        foreign = [p for p in learner.parameters if p not in known]
        if foreign:
            what = (
                f"Trainer ctor: {len(foreign)} of the learner parameters "
                f"'{', '.join(map(str, foreign))}' are not part of the model specified"
            )
            hint = "a learner of loss.parameters, or some of them"
            raise ArgumentError(describe(what, made_at=foreign[0].made_at, hint=hint))
        for parameter in learner.parameters:
            if parameter in covered:
                what = f"Parameter '{parameter}' is covered by 2 different learners"
                hint = "give each learner parameters of its own"
                raise ArgumentError(describe(what, made_at=parameter.made_at, hint=hint))
            covered[parameter] = position
