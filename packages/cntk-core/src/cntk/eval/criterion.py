"""A criterion: a loss and perhaps a metric, summed over minibatches, and gradients of the loss."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from cntk.continuation import Continuations
from cntk.errors import ArgumentError
from cntk.execution.arguments.feeding import named_arguments
from cntk.execution.lower import Lowering
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
    """

    def __init__(self, loss: Variable, metric: Variable | None) -> None:
        self.loss, self.metric = loss, metric
        self.function = combine([loss] if metric is None else [loss, metric])
        self.continuations = Continuations()
        self._programs: OrderedDict[tuple, tuple[int, Program]] = OrderedDict()

    def arguments_by_variable(self, arguments) -> dict:
        """Return {variable: data} of what the user feeds."""
        return named_arguments(self.function, arguments)

    def run(self, data: dict, parameters=(), outputs=(), training: bool = True) -> Run:
        """Compute; outputs of the run are loss sum, [metric sum], outputs, gradients.

        Args:
            data: {variable: data}.
            parameters: parameters to differentiate the loss with respect to.
            outputs: further variables to compute.
            training: use the training form of operators.
        """
        key = (tuple(parameters), tuple(outputs), training)
        known = self._programs.get(key)
        if known is None or known[0] != mutations[0]:
            known = (mutations[0], self._compile(parameters, outputs, training))
            self._programs[key] = known
            while len(self._programs) > 16:
                self._programs.popitem(last=False)
        return known[1].run(data)

    def _compile(self, parameters, outputs, training: bool) -> Program:
        graph = PlanGraph(training)
        lowering = Lowering(graph)
        measured = [self.loss] if self.metric is None else [self.loss, self.metric]
        symbols = lowering.lower([*measured, *outputs])
        sums = [_total(symbol) for symbol in symbols[: len(measured)]]
        loss = symbols[0]
        slopes = gradient_symbols(graph, lowering, loss, ones_like(loss), parameters)
        plan = Plan(graph, [*sums, *symbols[len(measured) :], *slopes], graph.effects)
        return Program(plan, plan.payloads, self.continuations, counted=loss.dynamic_axes)

    def sample_count(self, run: Run) -> int:
        """Return the number of loss values of a run: samples, or frames for a loss per frame.

        Without any dynamic axis there is one.
        """
        layout = run.layout_of(run.program.counted)
        if layout is None:  # a loss without dynamic axes counts what was fed
            layout = max(run.layouts.values(), key=_rows, default=None)
        return 1 if layout is None else layout.rows


def _rows(layout: Layout) -> int:
    return layout.rows


def _total(symbol: Symbol) -> Symbol:
    """Return the sum over all rows and static axes."""
    return registry["sum_to"](symbol, symbol.graph.literal(0, symbol._dtype))


def number(run: Run, position: int) -> float:
    """Return a sum of a run as a Python number."""
    return float(np.asarray(run.array(position)))
