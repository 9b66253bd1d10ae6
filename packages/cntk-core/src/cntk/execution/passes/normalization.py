"""Batch normalization, split into numbers of each channel and elementwise steps.

Only where a backend has kernels for the numbers: its chains then take in the elementwise part,
with the activation that follows and the residual sum before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from cntk.execution.kernels import candidates
from cntk.execution.symbols import PlanGraph, Step, Symbol
from cntk.graph.infer import infer
from cntk.operators.declare import Operator, registry
from cntk.ops._normalization.batch_normalization import statistics_shape
from cntk.ops._normalization.channel_factors import batch_factors, gradient_factors


def split_normalization(graph: PlanGraph, steps: Sequence[Step]) -> list[Step]:
    """Return the steps with batch normalizations and their gradients in two parts.

    Args:
        graph: the graph that the steps belong to.
        steps: the steps in order.
    """
    split = {"batch_normalization": _forward, "normalization_gradient": _gradient}
    found: list[Step] = []
    for step in steps:
        parts = split.get(step.operator.name)
        made = parts(_Builder(graph, step), step) if parts else None
        found += made or [step]
    return found


class _Builder:
    """Makes steps in place of one."""

    def __init__(self, graph: PlanGraph, replaced: Step) -> None:
        self.graph, self.replaced = graph, replaced
        self.steps: list[Step] = []

    def emit(
        self, operator: Operator, operands: list[Symbol], attributes: dict, into: dict[int, Symbol]
    ) -> tuple[Symbol, ...]:
        """Append a step; ``into`` gives symbols that some of its outputs are to be."""
        attributes = dict(attributes)
        specs = infer(operator, operands, attributes)
        step = Step(operator, operands, attributes, self.graph.count_step())
        step.purpose = self.replaced.purpose
        step.outputs = tuple(
            into.get(i) or Symbol(self.graph, step, i, spec) for i, spec in enumerate(specs)
        )
        self.steps.append(step)
        return step.outputs

    def shaped(self, vector: Symbol, shape: tuple[int, ...]) -> Symbol:
        """Return a vector of numbers of each channel in a shape that broadcasts."""
        if vector.shape == shape:
            return vector
        return self.emit(registry["set_shape"], [vector], {"shape": shape}, {})[0]


def _serves(operator: Operator, operands: list[Symbol], attributes: dict) -> bool:
    step = Step(operator, operands, attributes, 0)
    return any(kernel.when(step) for kernel in candidates(operator.name))


def _forward(build: _Builder, step: Step) -> list[Step] | None:
    names = ("spatial", "normalization_time_constant", "epsilon")
    options = {name: step.attributes[name] for name in names}
    operands = list(step.operands)
    if not _serves(batch_factors, operands, options):
        return None
    y, mean, inv_std, *running = step.all_outputs
    known = dict(enumerate([mean, inv_std, *running], start=2))
    factor, shift, *_ = build.emit(batch_factors, operands, options, known)
    shape = statistics_shape(y.shape, options["spatial"])
    scaled = build.emit(
        registry["element_times"], [operands[0], build.shaped(factor, shape)], {}, {}
    )[0]
    build.emit(registry["plus"], [scaled, build.shaped(shift, shape)], {}, {0: y})
    return build.steps


def _gradient(build: _Builder, step: Step) -> list[Step] | None:
    dy, x, *_ = operands = list(step.operands)
    if not _serves(gradient_factors, operands, step.attributes):
        return None
    dx, dscale, dbias = step.outputs
    from_dy, from_x, shift, *_ = build.emit(
        gradient_factors, operands, step.attributes, {3: dscale, 4: dbias}
    )
    shape = statistics_shape(x.shape, step.attributes["spatial"])
    times, plus = registry["element_times"], registry["plus"]
    one = build.emit(times, [dy, build.shaped(from_dy, shape)], {}, {})[0]
    other = build.emit(times, [x, build.shaped(from_x, shape)], {}, {})[0]
    both = build.emit(plus, [one, other], {}, {})[0]
    build.emit(plus, [both, build.shaped(shift, shape)], {}, {0: dx})
    return build.steps
