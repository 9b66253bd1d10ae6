"""forward and backward as two calls: what the first keeps, the second starts from."""

from __future__ import annotations

import weakref

from cntk.autodiff import gradients
from cntk.errors import ArgumentError, ExecutionError, describe
from cntk.execution.arguments.feeding import named_arguments, rows_for
from cntk.execution.generations import moment_of, next_generation
from cntk.execution.lower import Lowering
from cntk.execution.plan import Plan
from cntk.execution.program import Program, Run, user_data
from cntk.execution.session import (
    check_leaves,
    continuations_of,
    evaluate_all,
    gradient_symbols,
    listed_variables,
    output_variables,
)
from cntk.execution.symbols import Leaf, PlanGraph, Symbol
from cntk.graph.build import as_variable
from cntk.graph.infer import Spec
from cntk.sparse import AnyRows
from cntk.value import Value
from cntk.variables import Variable


class BackwardState:
    """What ``forward`` keeps for ``backward``: values in leased memory."""

    def __init__(self, function, graph, lowering, roots, run: Run, residuals) -> None:
        self.function, self.graph, self.lowering, self.roots = function, graph, lowering, roots
        self.residuals, self.moment = residuals, moment_of(function)
        self.layouts = run.all_layouts()
        self.arrays = {symbol: run.array(i) for i, symbol in residuals}
        self._pending = [e for e in run.program.plan.effects if e.stage == "backward"]
        self.run = run
        weakref.finalize(self, run.end)

    def commit(self) -> None:
        """Perform the writes that wait for backward, once."""
        if self._pending:
            self.run.commit("backward")
            self._pending = []


def forward(function, arguments, outputs, keep_for_backward, as_numpy: bool):
    """Compute outputs and keep what backward needs; see :meth:`Function.forward`."""
    wanted = output_variables(function, outputs)
    data = named_arguments(function, arguments)
    if not keep_for_backward:
        return None, evaluate_all(function, wanted, data, as_numpy)
    roots = listed_variables(keep_for_backward)
    graph = PlanGraph(training=True)
    lowering = Lowering(graph)
    symbols = lowering.lower([*wanted, *roots])
    tops, count = symbols[len(wanted) :], len(graph.steps)
    starts = [_start(graph, root, top) for root, top in zip(roots, tops)]
    leaves = [v for v in function.inputs if not v.is_placeholder]
    leaf_symbols = [lowering.symbol_of[v] for v in leaves if v in lowering.symbol_of]
    gradients(graph, list(zip(tops, starts)), leaf_symbols)
    residuals = _residuals(graph, count)
    all_outputs = [*symbols, *residuals]
    plan = Plan(graph, all_outputs, graph.effects)
    run = Program(plan, plan.payloads, continuations_of(function)).run(data)
    next_generation(function)
    run.commit("forward")
    offset = len(symbols)
    kept = [(offset + i, symbol) for i, symbol in enumerate(residuals)]
    kept += [(len(wanted) + i, top) for i, top in enumerate(tops)]
    state = BackwardState(function, graph, lowering, dict(zip(roots, tops)), run, kept)
    results = {}
    for i, variable in enumerate(wanted):
        rows, layout = run.array(i), run.layout(i)
        results[variable] = (
            user_data(rows, layout) if as_numpy else Value.from_packed(rows.copy(), layout)
        )
    return state, results


def _start(graph: PlanGraph, root: Variable, top: Symbol) -> Symbol:
    return graph.given(("root", root), Spec.of(top))


def _residuals(graph: PlanGraph, count: int) -> list[Symbol]:
    """Return the forward values that the backward steps read."""
    found: dict[int, Symbol] = {}
    for step in graph.steps[count:]:
        for operand in (*step.operands, *(v for v in step.attributes.values()
                                          if isinstance(v, Symbol))):  # fmt: skip
            source = operand.source
            if not isinstance(source, Leaf) and source.number < count:
                found.setdefault(operand.number, operand)
            elif isinstance(source, Leaf) and source.kind in ("argument", "passage"):
                found.setdefault(operand.number, operand)
    return list(found.values())


def backward(function, state, root_gradients, variables, as_numpy: bool) -> dict:
    """Return gradients for a kept forward run; see :meth:`Function.backward`."""
    if state is None:
        raise ArgumentError(
            "You are attempting to backpropagate on a minibatch for which the corresponding "
            "forward operation did not keep any intermediate results, Please set keep_for_backward "
            "in forward to the variables in root_gradients.keys()"
        )
    if state.function is not function or not state.moment.is_current:
        raise ExecutionError(
            describe(
                f"Function '{function!r}' Backward: The specified backprop state cannot be used "
                "for backpropagation as the Function's internal state was modified by subsequent "
                "Forward calls to the function, or it is the state of another Function.",
                hint="backward before the next eval, grad or forward of this Function",
            )
        )
    if not isinstance(root_gradients, dict):
        root_gradients = {function.output: root_gradients}
    roots = {as_variable(root): gradient for root, gradient in root_gradients.items()}
    if len(roots) != 1:
        raise ExecutionError(
            f"Function '{function!r}': {len(roots)} backprop roots specified; currently at most "
            "one backprop root is supported."
        )
    wanted = listed_variables(variables)
    check_leaves(function, wanted)
    return _backward(state, next(iter(roots.items())), wanted, as_numpy)


def _backward(state: BackwardState, root, wanted, as_numpy: bool) -> dict:
    variable, gradient = root
    if variable not in state.roots:
        raise ArgumentError(f"{variable} was not in keep_for_backward of the forward call")
    graph, top = state.graph, state.roots[variable]
    start = _start(graph, variable, top)
    found = gradient_symbols(graph, state.lowering, top, start, wanted)
    plan = Plan(graph, found, available=list(state.arrays), layouts=state.layouts)
    rows = _root_rows(variable, gradient, state)
    given: dict = {symbol: state.arrays[symbol] for symbol in plan.available}
    if ("root", variable) in plan.given_slots:
        given[("root", variable)] = rows
    run = Program(plan, plan.payloads).run({}, given, state.layouts)
    state.commit()
    results = {
        v: user_data(run.array(i), run.layout(i))
        if as_numpy
        else Value.from_packed(run.array(i).copy(), run.layout(i))
        for i, v in enumerate(wanted)
    }
    run.end()
    return results


def _root_rows(variable: Variable, gradient, state: BackwardState) -> AnyRows:
    """Return the gradient at the root as packed rows of the forward run's layout."""
    rows, layout = rows_for(variable, gradient)
    if layout is not None:
        expected = state.layouts[state.roots[variable].dynamic_axes]
        if not layout.agrees_with(expected):
            raise ArgumentError(
                f"root gradient for {variable}: {layout.describe()}, the forward run had "
                f"{expected.describe()}"
            )
    return rows
