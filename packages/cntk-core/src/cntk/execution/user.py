"""User functions in a plan: one opaque forward step, one opaque backward step.

Each runs exactly once per run and is never merged. Data are handed over as users know them; the
state that forward returns goes to backward as it is.
"""

from __future__ import annotations

import numpy as np

from cntk.device import cpu
from cntk.errors import ExecutionError, UnsupportedError
from cntk.execution.arguments.feeding import rows_for
from cntk.execution.program import user_data
from cntk.execution.symbols import PlanGraph, Step, Symbol
from cntk.graph.infer import Spec
from cntk.operators.declare import Operand, Operator
from cntk.value import Value


def _opaque(*operands: Operand):
    """A user's code."""


_MORE = ("layouts",)  # what the references ask for besides operands


class _UserOperator(Operator):
    """What the planner sees of a user's code.

    Args:
        node: the user function.
        word: ``forward`` or ``backward``.
        outputs: names of the outputs.
    """

    def __init__(self, node, word: str, outputs: tuple[str, ...]) -> None:
        super().__init__(_opaque, family="whole", stored=None, outputs=outputs)
        self.node, self.name = node, f"{word} of {node.op_name}"

    @property
    def is_pure(self) -> bool:
        """Never merged: a user's code may have effects."""
        return False


def emit(node, graph: PlanGraph, operands: list[Symbol]):
    """Append the forward step of a user function; return its output symbols."""
    count = len(node.outputs)
    operator = _UserOperator(node, "forward", tuple(f"y{i}" for i in range(count)) + ("state",))
    step = Step(operator, operands, {}, len(graph.steps))
    specs = [Spec.of(o, needs_gradient=o.needs_gradient) for o in node.outputs]
    specs.append(Spec((), np.dtype(object)))
    step.outputs = tuple(Symbol(graph, step, i, spec) for i, spec in enumerate(specs))
    graph.steps.append(step)

    def gradient(wanted, **incoming):
        return _emit_backward(node, graph, step, sorted(wanted), incoming)

    operator._add("reference", lambda operands, layouts: _forward(node, operands, layouts), _MORE)
    operator.rules["gradient"] = _GradientRule(gradient, count)
    return step.outputs[:count] if count > 1 else step.outputs[0]


class _GradientRule:
    """Receives the gradients of all outputs of a user function."""

    takes_missing = False

    def __init__(self, function, count: int) -> None:
        self.function, self.names = function, [f"dy{i}" for i in range(count)]

    def __call__(self, available: dict, attributes=None):
        return self.function(available["wanted"], **{name: available[name] for name in self.names})


def _emit_backward(node, graph: PlanGraph, forward: Step, wanted: list[int], incoming: dict):
    """Append the backward step; return one gradient per operand, None where not wanted."""
    operator = _UserOperator(node, "backward", tuple(f"d{i}" for i in wanted))
    state = forward.outputs[-1]
    gradients = [incoming[f"dy{i}"] for i in range(len(node.outputs))]
    step = Step(operator, [state, *gradients], {}, len(graph.steps))
    step.outputs = tuple(
        Symbol(graph, step, i, Spec.of(x))
        for i, x in enumerate(forward.operands[p] for p in wanted)
    )
    graph.steps.append(step)
    operator._add(
        "reference",
        lambda operands, layouts: _backward(node, operands, layouts, wanted),
        _MORE,
    )
    operator.rules["gradient"] = _Refusal(node)
    found: list = [None] * len(forward.operands)
    for position, output in zip(wanted, step.outputs):
        found[position] = output
    return found


class _Refusal:
    """Says that a user function has no second derivative."""

    names: list[str] = []
    takes_missing = False

    def __init__(self, node) -> None:
        self.node = node

    def __call__(self, available: dict, attributes=None):
        raise UnsupportedError(
            f"second derivatives through the user function {self.node.op_name} are not supported"
        )


def _hand_over(node, rows, layout):
    return user_data(rows, layout) if node.as_numpy else Value.from_packed(rows, layout)


def _call(node, word: str, *arguments, **named):
    try:
        return getattr(node, word)(*arguments, **named)
    except Exception as error:
        raise RuntimeError(
            f"{node.op_name}.{word} failed: {type(error).__name__}: {error}"
        ) from error


def _forward(node, arrays, layouts) -> tuple:
    arguments = [_hand_over(node, rows, layout) for rows, layout in zip(arrays, layouts)]
    shown = arguments[0] if len(arguments) == 1 else arguments
    named = {"device": cpu(), "outputs_to_retain": node.outputs}
    if len(node.outputs) == 1:
        returned = _call(node, "forward", shown, **named)
        if not isinstance(returned, tuple) or len(returned) != 2:
            raise RuntimeError(
                f"{node.op_name}.forward must return (state, result), not {type(returned).__name__}"
            )
        state, result = returned
        results = [result]
    else:
        outputs = dict.fromkeys(node.outputs)
        state = _call(node, "forward", shown, outputs, **named)
        results = [outputs[output] for output in node.outputs]
    by_axes = {x.dynamic_axes: layout for x, layout in zip(node.operands, layouts)}
    taken = [_take(node, "forward", o, r, by_axes) for o, r in zip(node.outputs, results)]
    return (*taken, _State(state, by_axes))


class _State:
    """What a user's forward returned, with the layouts of that run."""

    def __init__(self, state, layouts: dict) -> None:
        self.state, self.layouts = state, layouts


def _backward(node, arrays, layouts, wanted: list[int]) -> tuple:
    kept, gradients = arrays[0], arrays[1:]
    shown = [_hand_over(node, rows, layout) for rows, layout in zip(gradients, layouts[1:])]
    roots = shown[0] if len(shown) == 1 else dict(zip(node.outputs, shown))
    if len(node.operands) == 1:
        results = [_call(node, "backward", kept.state, roots)]
    else:
        variables = {node.operands[position]: None for position in wanted}
        _call(node, "backward", kept.state, roots, variables)
        results = list(variables.values())
    return tuple(
        _take(node, "backward", node.operands[position], result, kept.layouts)
        for position, result in zip(wanted, results)
    )


def _take(node, word: str, variable, data, layouts: dict) -> np.ndarray:
    """Return what a user's code made as packed rows; None from backward means zeros."""
    layout = layouts.get(variable.dynamic_axes)
    if data is None and word == "backward":
        count = () if layout is None else (layout.rows,)
        return np.zeros((*count, *variable.shape), variable._dtype)
    if data is None:
        raise RuntimeError(f"{node.op_name}.{word} returned None for {variable}")
    rows, given = rows_for(variable, data)
    if given is not None and layout is not None and not given.agrees_with(layout):
        raise ExecutionError(
            f"{node.op_name}.{word} returned {given.describe()} for {variable}, "
            f"but its inputs have {layout.describe()}"
        )
    return np.asarray(rows)
