"""Running Functions: eval, grad, and calls on data; programs are kept for the next time."""

from __future__ import annotations

import sys
import threading
import weakref
from collections import OrderedDict
from collections.abc import Sequence

from cntk.autodiff import gradients
from cntk.continuation import Continuations
from cntk.errors import ArgumentError, ExecutionError
from cntk.execution.arguments.feeding import named_arguments
from cntk.execution.generations import Moment, moment_of, next_generation
from cntk.execution.lower import Lowering, structural_key
from cntk.execution.plan import Plan
from cntk.execution.program import Program, Run, user_data
from cntk.execution.symbols import PlanGraph, Symbol
from cntk.execution.watch import watchers
from cntk.graph.build import as_variable
from cntk.graph.function import is_function_or_variable
from cntk.graph.nodes import mutations
from cntk.operators.declare import registry
from cntk.value import Value
from cntk.variables import Variable

_KEPT_PLANS = 256
_plans: OrderedDict[tuple, Plan] = OrderedDict()
_plans_lock = threading.Lock()


def program_for(
    owner, outputs: Sequence[Variable], training: bool, wrt: Sequence[Variable] = (), root=None
) -> Program:
    """Return the program that computes outputs, and gradients of a root.

    Args:
        owner: the Function that remembers it.
        outputs: variables to compute.
        training: use the training form of operators.
        wrt: variables to differentiate with respect to; their gradients follow the outputs.
        root: the variable that is differentiated, from a gradient of ones.
    """
    key = (tuple(outputs), training, tuple(wrt), root)
    programs = owner.__dict__.setdefault("_programs", OrderedDict())
    known = programs.get(key)
    if known is not None and known[0] == mutations[0]:
        return known[1]
    program = _shared_program(continuations_of(owner), outputs, training, wrt, root)
    programs[key] = (mutations[0], program)
    while len(programs) > 32:
        programs.popitem(last=False)
    return program


def forget_plans() -> None:
    """Let go of the plans that equal Functions share."""
    with _plans_lock:
        _plans.clear()


def continuations_of(function) -> Continuations:
    """Return what the delays of a Function have kept of the minibatch before."""
    return function.__dict__.setdefault("_continuations", Continuations())


def _shared_program(continuations, outputs, training, wrt, root) -> Program:
    """Return a program around a plan that equal graphs share."""
    roots = [*outputs, *([root] if root is not None else [])]
    found = None if watchers() else structural_key([*roots])  # watched plans know the user's nodes
    if found is None:
        plan = _compile(outputs, training, wrt, root)
        return Program(plan, plan.payloads, continuations)
    structure, payloads = found
    places = {id(payload): i for i, payload in enumerate(payloads)}
    key = (structure, training, root is not None, tuple(places.get(id(w), -1) for w in wrt))

    def remake() -> Plan:
        return _compile(outputs, training, wrt, root)

    with _plans_lock:
        shared = _plans.get(key)
        if shared is not None:
            _plans.move_to_end(key)
            return Program(shared, payloads, continuations, remake=remake)
    plan = remake()
    bound = plan.forget_variables()
    with _plans_lock:
        _plans[key] = plan
        while len(_plans) > _KEPT_PLANS:
            _plans.popitem(last=False)
    return Program(plan, bound, continuations, remake=remake)


def _compile(outputs, training, wrt, root) -> Plan:
    graph = PlanGraph(training)
    lowering = Lowering(graph)
    symbols = lowering.lower([*outputs, *([root] if root is not None else [])])
    if root is None:
        return Plan(graph, symbols, graph.effects)
    top = symbols.pop()
    symbols.extend(gradient_symbols(graph, lowering, top, ones_like(top), wrt))
    return Plan(graph, symbols, graph.effects)


def ones_like(symbol: Symbol) -> Symbol:
    """Return ones of the shape and rows of a symbol: the gradient of a sum at its operand."""
    return registry["expand_to"](symbol.graph.literal(1, symbol._dtype), symbol)


def gradient_symbols(
    graph: PlanGraph, lowering: Lowering, top: Symbol, start: Symbol, wrt: Sequence[Variable]
) -> list[Symbol]:
    """Return gradients at leaves; zeros where none arrives."""
    leaves = [lowering.symbol_of.get(v) or lowering.lower([v])[0] for v in wrt]
    found = gradients(graph, [(top, start)], leaves)
    return [
        registry["expand_to"](graph.literal(0, leaf._dtype), leaf) if gradient is None else gradient
        for gradient, leaf in zip(found, leaves)
    ]


def evaluate(function, arguments, outputs, as_numpy: bool):
    """Compute outputs in inference mode; see :meth:`Function.eval`."""
    if function.is_primitive and function.is_block:
        raise ExecutionError(
            f"Feature Not Implemented: '{function.name or function.uid}' is a block inside a "
            "model. try: C.combine([block]) or C.as_composite(block), then eval"
        )
    wanted = output_variables(function, outputs)
    data = named_arguments(function, arguments)
    run = _run(function, wanted, False, data)
    results = _results(function, run, wanted, as_numpy)
    return results[0] if len(wanted) == 1 else dict(zip(wanted, results))


def output_variables(function, outputs) -> list[Variable]:
    """Return the variables that a user asks for."""
    wanted = list(function.outputs) if outputs is None else listed_variables(outputs)
    if not wanted:
        raise ArgumentError(
            f"At least one output has to be specified when calling Forward method of the Function "
            f"'{function!r}'. try: outputs=None, for all"
        )
    return wanted


def listed_variables(given) -> list[Variable]:
    """Return variables that a user gives: one, or several in a list, set or dictionary."""
    one = is_function_or_variable(given) or isinstance(given, str)
    return [as_variable(variable) for variable in ([given] if one else given)]


def _run(function, wanted, training: bool, data: dict, wrt=(), root=None) -> Run:
    program = program_for(function, wanted, training, wrt, root)
    _warn_superfluous(function, data)
    run = program.run(data)
    next_generation(function)
    run.commit()
    return run


def _warn_superfluous(function, data: dict) -> None:
    extra = [v for v in data if v not in function.arguments]
    if extra:
        names = ", ".join(map(str, extra))
        print(f"WARNING: Function::Forward provided values for {len(extra)} extra arguments "
              f"which are not part of this Function: {names}", file=sys.stderr)  # fmt: skip


def _results(function, run: Run, wanted, as_numpy: bool) -> list:
    """Return an output each, copied for the user or lent until the next run."""
    if as_numpy:
        results = [user_data(run.array(i), run.layout(i)) for i in range(len(wanted))]
        run.end()
        return results
    lease = _Lease(moment_of(function))
    values = [Value.from_packed(run.array(i), run.layout(i), lease) for i in range(len(wanted))]
    lease.until_gone(run, values)
    return values


class _Lease:
    """Tells whether memory lent by a Function's run is still valid."""

    def __init__(self, moment: Moment) -> None:
        self._moment = moment

    def until_gone(self, run: Run, values: list) -> None:
        """Keep the run's memory out of the pool while a value lives."""
        self._values = len(values)
        for value in values:
            weakref.finalize(value, self._drop, run)

    def _drop(self, run: Run) -> None:
        self._values -= 1
        if self._values == 0:
            run.end()

    def __call__(self) -> bool:
        return self._moment.is_current


def evaluate_all(function, wanted: list[Variable], data: dict, as_numpy: bool) -> dict:
    """Return {variable: result} in inference mode."""
    run = _run(function, wanted, False, data)
    return dict(zip(wanted, _results(function, run, wanted, as_numpy)))


def call_with_data(function, given: dict):
    """Compute for a call with data instead of variables."""
    wanted = list(function.outputs)
    run = _run(function, wanted, False, given)
    results = _results(function, run, wanted, True)
    return results[0] if len(results) == 1 else tuple(results)


def check_leaves(function, variables) -> None:
    """Refuse gradients with respect to what is computed, not there, or declared without."""
    leaves = {*function.inputs}
    for variable in variables:
        if variable.is_output or variable.is_placeholder or variable not in leaves:
            raise ArgumentError(
                f"Gradient requested for Variable '{variable}' which is not a leaf input (Input, "
                f"Parameter or Constant) of the Function '{function!r}'; this is currently "
                "unsupported."
            )
        if not variable.needs_gradient:
            raise ArgumentError(
                f"Gradient value incorrectly requested for Variable '{variable}', a Constant or an "
                "Input Variable with NeedsGradient setting of false. "
                "try: C.input_variable(..., needs_gradient=True)"
            )


def grad(function, at, wrt, outputs, as_numpy: bool, grad_root):
    """Return gradients of the sum of the output; see :meth:`Function.grad`."""
    root = as_variable(grad_root) if grad_root is not None else function.output
    if wrt is None:
        wrt = [v for v in function.arguments if v.needs_gradient]
        if not wrt:
            raise ArgumentError(
                f"None of the Function '{function}' arguments have 'needs_gradient == True'"
            )
    wrt = listed_variables(wrt)
    check_leaves(function, wrt)
    wanted = output_variables(function, outputs) if outputs is not None else []
    data = named_arguments(function, at)
    run = _run(function, wanted, True, data, wrt, root)
    results = _results(function, run, [*wanted, *wrt], as_numpy)
    found = results[len(wanted) :]
    answer = found[0] if len(wrt) == 1 else dict(zip(wrt, found))
    if outputs is None:
        return answer
    shown = results[0] if len(wanted) == 1 else dict(zip(wanted, results))
    return answer, shown
