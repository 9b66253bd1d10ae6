"""Chains in the step before: a product's bias and activation are computed where its result is made.

A kernel may be able to go on with a chain while what it computes is in caches. Then the result that
only the chain reads never is in memory, and a pass over memory is saved. Backends say so with
``then`` of their kernels; nothing here knows what the first step is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from cntk.execution.kernels import Kernel
from cntk.execution.passes.forms import DENSE
from cntk.execution.passes.formula import Chain, Continued, Formula
from cntk.execution.symbols import Step, Symbol


def continued(
    steps: Sequence[Step], chosen: Sequence[Kernel], kept: set[int]
) -> tuple[list[Step], list[Kernel]]:
    """Return the steps and their kernels; chains have gone into the steps before where they can.

    Args:
        steps: the steps in order.
        chosen: their kernels.
        kept: numbers of symbols that are needed when all steps have run.
    """
    maker = {y.number: i for i, step in enumerate(steps) for y in step.all_outputs}
    readers = Counter(x.number for step in steps for x in _read_by(step))
    found: list[tuple[Step, Kernel] | None] = list(zip(steps, chosen))
    for i, step in enumerate(steps):
        if not isinstance(step.operator, Chain):
            continue
        own = [
            (maker[x.number], position)
            for position, x in enumerate(step.operands)
            if x.number in maker and readers[x.number] == 1 and x.number not in kept
        ]
        for made, position in sorted(own, reverse=True):
            before = found[made]
            joined = None if before is None else _joined(*before, step, position)
            if joined is not None:
                found[made], found[i] = None, joined
                break
    left = [pair for pair in found if pair is not None]
    return [step for step, _ in left], [kernel for _, kernel in left]


def _read_by(step: Step) -> list[Symbol]:
    return [*step.operands, *(x for x in step.attributes.values() if isinstance(x, Symbol))]


def _joined(first: Step, kernel: Kernel, chain: Step, position: int) -> tuple[Step, Kernel] | None:
    """Return one step for two, and its kernel; None where there is none.

    Args:
        first: a step.
        kernel: its kernel.
        chain: a chain.
        position: of the operand of the chain that the first step makes.
    """
    formula: Formula = chain.operator.formula
    result = _where_it_may_lie(first, chain, position)
    if result is None:
        return None
    others = [x for i, x in enumerate(chain.operands) if i != position]
    start = Step(first.operator, first.operands, first.attributes, first.number)
    start.outputs = (chain.outputs[result],)
    rest = Step(
        Chain(_with_first(formula, position), len(chain.outputs)),
        [chain.outputs[result], *others],
        {},
        chain.number,
    )
    rest.outputs = chain.outputs
    both = kernel.then(start, rest)
    if both is None:
        return None
    count = len(first.operands)
    reads = range(count) if kernel.reads is None else kernel.reads
    reads = (*reads, *range(count, count + len(others)))
    step = Step(
        Continued(start, rest, result), [*first.operands, *others], first.attributes, chain.number
    )
    step.outputs, step.purpose = chain.outputs, first.purpose
    return step, replace(both, reads=reads, in_place=(), channels_last=lambda step: ())


def _where_it_may_lie(first: Step, chain: Step, position: int) -> int | None:
    """Return the output of a chain whose memory has the first step's result meanwhile, or None."""
    formula: Formula = chain.operator.formula
    x = chain.operands[position]
    loads = [form for at, form in formula.loads if at == position]
    if not first.operator.is_pure or first.operator.derives_layout:
        return None
    if len(first.all_outputs) != 1 or loads != [DENSE]:
        return None
    if any(store.source < len(formula.loads) for store in formula.stores):
        return None
    for store in formula.stores:
        y = chain.outputs[store.output]
        if not store.stride and _lies_alike(x, y):
            return store.output
    return None


def _lies_alike(x: Symbol, y: Symbol) -> bool:
    """Whether two symbols have the same elements in the same order of memory."""
    return (
        math.prod(x.shape) == math.prod(y.shape)
        and x.dynamic_axes == y.dynamic_axes
        and x._dtype == y._dtype
        and x.storage is y.storage
        and x.channels_last == y.channels_last
    )


def _with_first(formula: Formula, position: int) -> Formula:
    """Return a formula that loads one of its operands first, which now is the first operand."""
    order = sorted(range(len(formula.loads)), key=lambda i: formula.loads[i][0] != position)
    moved = {old: new for new, old in enumerate(order)}
    loads = [
        (None if at is None else 0 if at == position else at + (at < position), form)
        for at, form in (formula.loads[i] for i in order)
    ]
    computes = [
        compute._replace(sources=tuple(moved.get(i, i) for i in compute.sources))
        for compute in formula.computes
    ]
    return Formula(formula.width, loads, computes, formula.stores)
