"""Evaluator: the mean of a metric over minibatches."""

from __future__ import annotations

from cntk.errors import ArgumentError
from cntk.eval.counting import counted_in_tests
from cntk.eval.criterion import Criterion, number
from cntk.graph.build import as_function, as_variable
from cntk.graph.function import Function
from cntk.logging.progress_writer import ProgressWriter
from cntk.variables import Variable


class Evaluator:
    """Computes the mean of a metric in inference mode.

    Args:
        eval_function: the metric.
        progress_writers: a progress writer or a list of them.

    >>> x = C.input_variable(1)
    >>> C.Evaluator(C.reduce_sum(x)).test_minibatch({x: np.array([[1], [3]], 'f')})
    2.0
    """

    def __init__(self, eval_function, progress_writers=None) -> None:
        if eval_function is None and type(self) is Evaluator:
            raise ArgumentError("Eval function is not allowed to be null.")
        self._measure: Criterion | None = None
        if eval_function is not None:
            self._measure = Criterion(_single(eval_function), None, counted_in_tests)
        self._writers = _writers(progress_writers)
        self._test_sum, self._test_samples = 0.0, 0

    @property
    def evaluation_function(self) -> Function | None:
        """The metric."""
        return None if self._measure is None else as_function(self._measure.loss)

    @property
    def progress_writers(self) -> list[ProgressWriter]:
        """The progress writers."""
        return list(self._writers)

    def test_minibatch(self, arguments, device=None, distributed: bool = False) -> float:
        """Return the mean of the metric per sample of a minibatch.

        Args:
            arguments: {variable or name: data}, or the data of the only argument.
            device: where to compute.
            distributed: average over all workers of a distributed job.

        Raises:
            ValueError: there is no metric, or data are missing or do not fit.
        """
        mean, _ = self.measure(arguments)
        return mean

    def measure(self, arguments) -> tuple[float, int]:
        """Return the mean of the metric of a minibatch, and its number of samples.

        Args:
            arguments: as for :meth:`test_minibatch`; what the metric does not need may be there.
        """
        if self._measure is None:
            raise ArgumentError(
                "Evaluator::TestMinibatch: Cannot test when no evaluation function was specified "
                "during construction."
            )
        data = self._measure.arguments_by_variable(arguments)
        run = self._measure.run(data, training=False)
        count, total = self._measure.sample_count(run), number(run, 0)
        run.commit()
        run.end()
        self._test_sum += total
        self._test_samples += count
        for writer in self._writers:
            writer.update_test(count, self._test_sum)
        return total / count, count

    def summarize_test_progress(self) -> None:
        """End a test: writers print their summaries and begin a new one."""
        for writer in self._writers:
            writer.write_test_summary(self._test_sum)
        self._test_sum, self._test_samples = 0.0, 0

    def print_node_timing(self) -> None:
        """Print how long its nodes took while ``C.debugging.set_node_timing`` was on."""
        if self._measure is not None:
            self._measure.function.print_node_timing()


def _single(function) -> Variable:
    outputs = function.outputs if isinstance(function, Function) else [function]
    return as_variable(outputs[0] if len(outputs) == 1 else outputs[-1])


def _writers(given) -> list[ProgressWriter]:
    writers = given if isinstance(given, (list, tuple)) else [] if given is None else [given]
    for writer in writers:
        if not isinstance(writer, ProgressWriter):
            raise TypeError(f"progress_writers holds {writer!r}, which is no ProgressWriter")
        if not hasattr(writer, "_training"):
            kind = type(writer).__name__
            raise TypeError(f"{kind}.__init__ has not called that of ProgressWriter, super()")
    return list(writers)
