"""Function.train and Function.test: a training session, or a test, in one call."""

from __future__ import annotations

from cntk.errors import ArgumentError, describe
from cntk.eval.criterion import split_criterion
from cntk.eval.evaluator import Evaluator
from cntk.graph.function import Function
from cntk.learners.learner import Learner
from cntk.logging.progress_writer import ProgressWriter
from cntk.record import Record
from cntk.train.sessions.arrays import ArraySource
from cntk.train.sessions.configs import CheckpointConfig, CrossValidationConfig, TestConfig
from cntk.train.sessions.feed import Feed, feed_of
from cntk.train.sessions.frequency import DataUnit
from cntk.train.sessions.measure import measured as measured_on
from cntk.train.sessions.minibatch_sizes import sizes_of
from cntk.train.sessions.session import TrainingSession
from cntk.train.trainer import Trainer

_CONFIGS = (CheckpointConfig, CrossValidationConfig, TestConfig)


def train(
    criterion: Function, source, minibatch_size, streams, model_inputs_to_streams,
    parameter_learners, callbacks, progress_frequency, max_epochs, epoch_size, max_samples,
) -> Record:  # fmt: skip
    """Train a criterion and return a Record of losses; see :meth:`Function.train`.

    Returns:
        Record with ``updates`` (a Record(loss, metric, samples) per report of the first progress
        writer, or per minibatch), ``epoch_summaries`` (likewise per epoch), and ``test_summary``
        where there is a :class:`TestConfig`.
    """
    if max_epochs is not None and max_samples is not None:
        raise ArgumentError("give max_epochs or max_samples, not both")
    feed = _feed(criterion, source, streams, model_inputs_to_streams)
    by_passes = epoch_size is None and max_samples is None
    frequency = progress_frequency or epoch_size or max_samples
    if by_passes:
        if not isinstance(feed.source, ArraySource):
            raise ArgumentError("epoch_size or max_samples must be given for a minibatch source")
        feed.source.end_after(max_epochs or 1)
        frequency = frequency or (1, DataUnit.sweep)
    elif max_samples is None:
        max_samples = epoch_size * (max_epochs or 1)
    writers, configs = _sorted(callbacks)
    collector = _Collector(writers[0]._training if writers else None)
    trainer = Trainer(
        None, split_criterion(criterion), _as_list(parameter_learners), [*writers, collector]
    )
    TrainingSession(
        trainer, feed, minibatch_size, None, max_samples, frequency,
        *(configs.get(kind) for kind in _CONFIGS),
    ).train()  # fmt: skip
    found = Record(updates=collector.updates, epoch_summaries=collector.epochs)
    if TestConfig in configs:
        found = found.updated_with(test_summary=collector.tests[-1])
    return found


def test(criterion: Function, source, minibatch_size, streams, mapping, callbacks) -> Record:
    """Return Record(metric, samples) over a whole source; see :meth:`Function.test`."""
    _, metric = split_criterion(criterion)
    evaluator = Evaluator(metric if metric is not None else criterion.outputs[0],
                          _sorted(callbacks)[0])  # fmt: skip
    feed = _feed(criterion, source, streams, mapping)
    mean, samples, _ = measured_on(evaluator, feed, sizes_of(minibatch_size, "minibatch_size"))
    evaluator.summarize_test_progress()
    return Record(metric=mean, samples=samples)


class _Collector(ProgressWriter):
    """Keeps what the first progress writer would report.

    Args:
        like: the update window of that writer; None: every minibatch.
    """

    def __init__(self, like) -> None:
        if like is None:
            super().__init__(freq=1)
        else:
            super().__init__(freq=like._frequency, first=like._first)
        self.updates: list[Record] = []
        self.epochs: list[Record] = []
        self.tests: list[Record] = []

    def on_write_training_update(self, samples, updates, aggregate_loss, aggregate_metric) -> None:
        count = samples[1] - samples[0]
        self.updates.append(
            Record(
                loss=(aggregate_loss[1] - aggregate_loss[0]) / count,
                metric=(aggregate_metric[1] - aggregate_metric[0]) / count,
                samples=count,
            )
        )

    def on_write_training_summary(
        self, samples, updates, summaries, aggregate_loss, aggregate_metric, elapsed_milliseconds
    ) -> None:
        if samples:
            self.epochs.append(
                Record(
                    loss=aggregate_loss / samples,
                    metric=aggregate_metric / samples,
                    samples=samples,
                )
            )

    def on_write_test_summary(
        self, samples, updates, summaries, aggregate_metric, elapsed_milliseconds
    ) -> None:
        mean = aggregate_metric / samples if samples else 0.0
        self.tests.append(Record(metric=mean, samples=samples))


def _feed(criterion: Function, source, streams, mapping) -> Feed:
    """Return what feeds the arguments of a criterion, from arrays or a minibatch source.

    Args:
        criterion: the criterion.
        source: a minibatch source, or a tuple of arrays in the order of the arguments.
        streams: streams of the source, in that order.
        mapping: {argument: stream} instead.
    """
    arguments = criterion.arguments
    if hasattr(source, "get_next_minibatch") and mapping is None and streams is not None:
        if len(streams) != len(arguments):
            raise ArgumentError(
                f"streams: the criterion has {len(arguments)} arguments, "
                f"{len(streams)} streams were given"
            )
        mapping = dict(zip(arguments, streams))
    return feed_of(source, mapping, arguments)


def _sorted(callbacks) -> tuple[list[ProgressWriter], dict]:
    """Return the progress writers, and the configurations by their class.

    Raises:
        ValueError: there is something else, or two of one class.
    """
    given = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
    writers, configs = [], {}
    for callback in given:
        kind = next((kind for kind in _CONFIGS if isinstance(callback, kind)), None)
        if isinstance(callback, ProgressWriter):
            writers.append(callback)
        elif kind is not None and kind not in configs:
            configs[kind] = callback
        elif callback is not None:
            what = f"callbacks has {callback!r}" + (", the second of its kind" if kind else "")
            names = ", ".join(kind.__name__ for kind in _CONFIGS)
            raise ArgumentError(
                describe(what, f"expected  progress writers, and one each of {names}")
            )
    return writers, configs


def _as_list(learners) -> list[Learner]:
    return list(learners) if isinstance(learners, (list, tuple)) else [learners]
