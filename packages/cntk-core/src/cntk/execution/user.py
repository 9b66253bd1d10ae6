"""User functions in a plan: one opaque forward step, one opaque backward step.

Each runs exactly once per run and is never merged; inside a recurrence, once per time step. The
state that forward returns goes to backward as it is: a recurrence keeps one for each time step.
"""

from __future__ import annotations

import numpy as np

from cntk.errors import UnsupportedError
from cntk.execution.symbols import PlanGraph, Step, Symbol
from cntk.execution.user_calls import run_backward, run_backward_by_step, run_forward
from cntk.graph.infer import Spec
from cntk.operators.declare import Operand, Operator, registry


def _opaque(*operands: Operand):
    """A user's code."""


class _UserOperator(Operator):
    """What the planner sees of a user's code.

    Args:
        node: the user function.
        word: ``forward`` or ``backward``.
        specs: what is known of its outputs.
        reference: function of (operands, layouts) that calls it.
        gradient: the rule of its gradient.
    """

    goes_by_step = True

    def __init__(self, node, word: str, specs: list[Spec], reference, gradient) -> None:
        outputs = tuple(f"y{i}" for i in range(len(specs)))
        super().__init__(_opaque, family="whole", stored=None, outputs=outputs)
        self.node, self.name, self._specs = node, f"{word} of {node.op_name}", specs
        self._add("reference", reference, ("layouts",))
        self._add("lower", lambda operands: self.append_to(operands[0].graph, operands).outputs)
        self.rules["gradient"] = gradient

    @property
    def is_pure(self) -> bool:
        """Never merged: a user's code may have effects."""
        return False

    def append_to(self, graph: PlanGraph, operands) -> Step:
        """Append a step of it to a graph."""
        step = Step(self, list(operands), {}, len(graph.steps))
        step.outputs = tuple(Symbol(graph, step, i, spec) for i, spec in enumerate(self._specs))
        graph.steps.append(step)
        return step


def emit(node, graph: PlanGraph, operands: list[Symbol]):
    """Append the forward step of a user function; return its output symbols."""
    specs = [Spec.of(o, needs_gradient=o.needs_gradient) for o in node.outputs]
    specs.append(Spec((), np.dtype(object), graph.loop_axes))
    count, loops = len(node.outputs), bool(graph.loop_axes)

    def forward(operands, layouts):
        *rows, state = run_forward(node, operands, layouts)
        return (*rows, state.of_rows(len(rows[0])) if loops else state)

    def gradient(wanted, **incoming):
        gradients = [incoming[f"dy{i}"] for i in range(count)]
        return _emit_backward(node, step, sorted(wanted), gradients)

    operator = _UserOperator(node, "forward", specs, forward, _GradientRule(gradient, count))
    step = operator.append_to(graph, operands)
    return step.outputs[:count] if count > 1 else step.outputs[0]


class _GradientRule:
    """Receives the gradients of all outputs of a user function."""

    takes_missing = False

    def __init__(self, function, count: int) -> None:
        self.function, self.names = function, [f"dy{i}" for i in range(count)]

    def __call__(self, available: dict, attributes=None):
        return self.function(available["wanted"], **{name: available[name] for name in self.names})


def _emit_backward(node, forward: Step, wanted: list[int], gradients: list[Symbol]) -> list:
    """Append the backward step; return one gradient per operand, None where not wanted."""
    state, graph = forward.outputs[-1], forward.outputs[-1].graph
    asked = [forward.operands[position] for position in wanted]
    loops = bool(graph.loop_axes)
    specs = [Spec.of(x)._replace(axes=graph.loop_axes or x.dynamic_axes) for x in asked]

    def backward(operands, layouts):
        kept, *rows = operands
        run = run_backward_by_step if loops else run_backward
        return tuple(run(node, kept, rows, layouts[1:], wanted))

    operator = _UserOperator(node, "backward", specs, backward, _Refusal(node))
    made = operator.append_to(graph, [state, *gradients])
    found: list = [None] * len(forward.operands)
    for position, operand, output in zip(wanted, asked, made.outputs):
        whole = loops and not operand.dynamic_axes
        found[position] = registry["sum_to"](output, operand) if whole else output
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
