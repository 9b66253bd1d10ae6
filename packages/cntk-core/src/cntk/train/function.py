"""Function.train and Function.test: loops over arrays or a minibatch source."""

from __future__ import annotations

from numbers import Integral

from cntk.errors import ArgumentError, UnsupportedError
from cntk.eval.criterion import split_criterion
from cntk.eval.evaluator import Evaluator
from cntk.graph.build import as_function
from cntk.graph.function import Function
from cntk.learners.learner import Learner
from cntk.logging.progress_writer import ProgressWriter
from cntk.record import Record
from cntk.train.arrays import ArraySource
from cntk.train.trainer import Trainer


def train(
    criterion: Function, source, minibatch_size, streams, model_inputs_to_streams,
    parameter_learners, callbacks, progress_frequency, max_epochs, epoch_size, max_samples,
) -> Record:  # fmt: skip
    """Train a criterion and return a Record of losses; see :meth:`Function.train`.

    Returns:
        Record with ``updates`` (a Record(loss, metric, samples) per report of the first progress
        writer, or per minibatch) and ``epoch_summaries`` (likewise per epoch).
    """
    if max_epochs is not None and max_samples is not None:
        raise ArgumentError("give max_epochs or max_samples, not both")
    source, mapping = _source(criterion, source, streams, model_inputs_to_streams)
    by_passes = epoch_size is None and max_samples is None
    if by_passes and not isinstance(source, ArraySource):
        raise ArgumentError("epoch_size or max_samples must be given for a minibatch source")
    writers = [c for c in _list(callbacks) if isinstance(c, ProgressWriter)]
    others = [c for c in _list(callbacks) if not isinstance(c, ProgressWriter)]
    collector = _Collector(writers[0]._training if writers else None)
    trainer = Trainer(
        None, split_criterion(criterion), _as_list(parameter_learners), [*writers, collector]
    )
    if others:
        raise UnsupportedError(
            f"Function.train: callbacks are progress writers; {others[0]!r} is not in this release"
        )
    loop = _Loop(trainer, source, mapping, minibatch_size)
    if by_passes:
        loop.run_passes(max_epochs or 1, progress_frequency)
    else:
        total = max_samples if max_samples is not None else epoch_size * (max_epochs or 1)
        loop.run(total, progress_frequency or epoch_size or max_samples)
    return Record(updates=collector.updates, epoch_summaries=collector.epochs)


def test(criterion: Function, source, minibatch_size, streams, mapping, callbacks) -> Record:
    """Return Record(metric, samples) over a whole source; see :meth:`Function.test`."""
    _, metric = split_criterion(criterion)
    measured = metric if metric is not None else criterion.outputs[0]
    source, mapping = _source(criterion, source, streams, mapping)
    writers = [c for c in _list(callbacks) if isinstance(c, ProgressWriter)]
    evaluator = Evaluator(measured, writers)
    wanted = set(as_function(measured).arguments)
    total, samples = 0.0, 0
    while True:
        data = _next_minibatch(source, minibatch_size, mapping)
        if not data:
            break
        before = evaluator._test_samples
        average = evaluator.test_minibatch({v: d for v, d in data.items() if v in wanted})
        count = evaluator._test_samples - before
        total, samples = total + average * count, samples + count
        if isinstance(source, ArraySource) and source.at_end:
            break
    evaluator.summarize_test_progress()
    return Record(metric=total / samples if samples else 0.0, samples=samples)


class _Loop:
    """Feeds minibatches to a trainer."""

    def __init__(self, trainer, source, mapping, minibatch_size) -> None:
        self.trainer, self.source, self.mapping = trainer, source, mapping
        self.minibatch_size = minibatch_size
        self.seen = self.summarized = 0

    def run(self, total: int, summary_every: int) -> None:
        """Train on that many samples; summarize whenever ``summary_every`` more have been seen."""
        while self.seen < total and self._step(total - self.seen, summary_every):
            pass
        self._end_epoch()

    def run_passes(self, passes: int, summary_every: int | None) -> None:
        """Train on whole passes over arrays: only they know where a pass of sequences ends.

        Args:
            passes: how often.
            summary_every: samples between summaries; None: at the end of each pass.
        """
        for _ in range(passes):
            self._step(None, summary_every)
            while not self.source.at_end:
                self._step(None, summary_every)
            if summary_every is None:
                self._end_epoch()
        self._end_epoch()

    def _step(self, left: int | None, summary_every: int | None) -> bool:
        """Train on a minibatch of at most ``left`` samples; return whether there was one."""
        size = self._size()
        size = size if left is None else min(size, left)
        data = _next_minibatch(self.source, size, self.mapping)
        if not data:
            return False
        self.trainer.train_minibatch(data)
        before, self.seen = self.seen, self.seen + self.trainer.previous_minibatch_sample_count
        if summary_every is not None and self.seen // summary_every != before // summary_every:
            self._end_epoch()
        return True

    def _end_epoch(self) -> None:
        """Summarize what has been seen since the last summary, if anything."""
        if self.seen != self.summarized:
            self.trainer.summarize_training_progress()
            self.summarized = self.seen

    def _size(self) -> int:
        size = self.minibatch_size
        return int(size) if isinstance(size, Integral) else size[self.seen]


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


def _source(criterion: Function, source, streams, mapping):
    """Return (source, {argument: stream}) of arrays or a minibatch source."""
    arguments = criterion.arguments
    if hasattr(source, "get_next_minibatch"):
        if mapping is None and streams is not None:
            if len(streams) != len(arguments):
                raise ArgumentError(
                    f"streams: the criterion has {len(arguments)} arguments, "
                    f"{len(streams)} streams were given"
                )
            mapping = dict(zip(arguments, streams))
        if not mapping:
            raise ArgumentError("Mapping between input vars and streams should not be empty.")
        return source, dict(mapping)
    parts = source if isinstance(source, tuple) else (source,)
    if len(parts) != len(arguments):
        raise ArgumentError(
            "to pass data directly in place of a minibatch source, pass a tuple of "
            f"{len(arguments)} numpy or scipy arrays, in the order of the arguments of the "
            f"criterion function. You passed {len(parts)} value(s)"
        )
    return ArraySource(arguments, parts), None


def _next_minibatch(source, size: int, mapping: dict | None) -> dict:
    """Return {argument: data}, ``{}`` at the end."""
    if mapping is None:
        return source.next_minibatch(size)
    found = source.get_next_minibatch(size)
    if not found:
        return {}
    for argument, stream in mapping.items():
        if stream not in found:
            raise ArgumentError(
                f"{argument} is mapped to {stream!r}, which is not a stream of this source: "
                f"it has {', '.join(map(str, found))}"
            )
    return {argument: found[stream] for argument, stream in mapping.items()}


def _list(callbacks) -> list:
    return list(callbacks) if isinstance(callbacks, (list, tuple)) else (
        [] if callbacks is None else [callbacks])  # fmt: skip


def _as_list(learners) -> list[Learner]:
    return list(learners) if isinstance(learners, (list, tuple)) else [learners]
