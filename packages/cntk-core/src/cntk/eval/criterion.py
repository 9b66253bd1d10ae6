"""A criterion: a loss and perhaps a metric, summed over minibatches, and gradients of the loss."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np

from cntk.axis import Axis
from cntk.continuation import Continuations
from cntk.errors import ArgumentError
from cntk.eval.counting import counted_in_training
from cntk.execution.arguments.feeding import named_arguments
from cntk.execution.lower import Lowering
from cntk.execution.offsets import Draw
from cntk.execution.plan import Plan
from cntk.execution.program import Program, Run
from cntk.execution.session import gradient_symbols, ones_like
from cntk.execution.symbols import PlanGraph, Symbol
from cntk.graph.build import as_variable, combine
from cntk.graph.function import Function
from cntk.graph.nodes import mutations
from cntk.layout import Layout
from cntk.operators.declare import registry
from cntk.variables import Variable


def split_criterion(criterion) -> tuple[Variable, Variable | None]:
    """Return (loss, metric) of what users pass as a criterion.

    Args:
        criterion: a loss, a (loss, metric) pair, or a Function with one or two outputs.

    Raises:
        ValueError: there are more than two parts.
    """
    if isinstance(criterion, (tuple, list)):
        parts = list(criterion)
    elif isinstance(criterion, Function):
        parts = list(criterion.outputs)
    else:
        parts = [criterion]
    if len(parts) == 1:
        parts.append(None)
    if len(parts) != 2:
        raise ArgumentError("criterion parameter must be a singleton or a tuple of 2 elements")
    loss, metric = parts
    if not isinstance(loss, (Function, Variable)):
        raise TypeError(f"Object of type {type(loss)} cannot be cast to Variable")
    return as_variable(loss), None if metric is None else as_variable(metric)


class Criterion:
    """Loss and metric as programs that return sums over a minibatch.

    Args:
        loss: the loss; it may be a tensor per sample, all elements are summed.
        metric: the metric, or None.
        counted: returns the variable whose rows are the samples, for the loss; None: there is one.
    """

    def __init__(
        self,
        loss: Variable,
        metric: Variable | None,
        counted: Callable[[Variable], Variable | None] = counted_in_training,
    ) -> None:
        self.loss, self.metric = loss, metric
        self._counted = counted(loss)
        self.function = combine([loss] if metric is None else [loss, metric])
        self.continuations = Continuations()
        self._programs: OrderedDict[tuple, tuple[int, Program]] = OrderedDict()

    def arguments_by_variable(self, arguments) -> dict:
        """Return {variable: data} of what the user feeds."""
        return named_arguments(self.function, arguments)

    def run(
        self,
        data: dict,
        parameters=(),
        outputs=(),
        training: bool = True,
        drawn: list[Draw] | None = None,
    ) -> Run:
        """Compute; outputs of the run are loss sum, [metric sum], outputs, gradients.

        Args:
            data: {variable: data}.
            parameters: parameters to differentiate the loss with respect to.
            outputs: further variables to compute.
            training: use the training form of operators.
            drawn: a list that gets what the run draws, as it draws it.
        """
        return self.program(parameters, outputs, training).run(data, drawn=drawn)

    def program(self, parameters=(), outputs=(), training: bool = True) -> Program:
        """Return what :meth:`run` runs, made at its first use; arguments as there."""
        key = (tuple(parameters), tuple(outputs), training)
        known = self._programs.get(key)
        if known is None or known[0] != mutations[0]:
            known = (mutations[0], self._compile(parameters, outputs, training))
            self._programs[key] = known
            while len(self._programs) > 16:
                self._programs.popitem(last=False)
        return known[1]

    def _compile(self, parameters, outputs, training: bool) -> Program:
        graph = PlanGraph(training)
        lowering = Lowering(graph)
        measured = [self.loss] if self.metric is None else [self.loss, self.metric]
        symbols = lowering.lower([*measured, *outputs])
        sums = [_total(symbol) for symbol in symbols[: len(measured)]]
        loss = symbols[0]
        slopes = gradient_symbols(graph, lowering, loss, ones_like(loss), parameters)
        plan = Plan(graph, [*sums, *symbols[len(measured) :], *slopes], graph.effects)
        counted = self._counted
        # a symbol may have got a batch axis of its own
        axes: tuple[Axis, ...] = ()
        if counted == self.loss:
            axes = loss.dynamic_axes
        elif counted is not None:
            axes = lowering.symbol_of.get(counted, counted).dynamic_axes
        return Program(plan, plan.payloads, self.continuations, counted=axes)

    def sample_count(self, run: Run) -> int:
        """Return the number of samples of a run, or of frames for a loss per frame."""
        axes = run.program.counted
        if not axes:
            return 1
        layout = run.layout_of(axes)
        if layout is None:  # of an axis that was made, but is not needed to compute the loss
            layout = max(run.layouts.values(), key=_rows)
        return layout.rows


def _rows(layout: Layout) -> int:
    return layout.rows


def _total(symbol: Symbol) -> Symbol:
    """Return the sum over all rows and static axes."""
    return registry["sum_to"](symbol, symbol.graph.literal(0, symbol._dtype))


def number(run: Run, position: int) -> float:
    """Return a sum of a run as a Python number."""
    return float(np.asarray(run.array(position)))
