"""Chains write where their results are joined: the parts of a join need no memory of their own."""

from __future__ import annotations

import math

from cntk.execution.passes.formula import Chain, Formula, Store
from cntk.execution.symbols import Step, Symbol
from cntk.shape import is_static


def into_joins(steps: list[Step], kept: set[int]) -> list[Step]:
    """Return the steps; joins whose parts one chain computes have become results of that chain.

    Args:
        steps: the steps in order.
        kept: numbers of symbols that are needed when all steps have run.
    """
    maker = {y.number: step for step in steps for y in step.all_outputs}
    readers: dict[int, int] = {}
    for step in steps:
        for x in (*step.operands, *step.attributes.values()):
            if isinstance(x, Symbol):
                readers[x.number] = readers.get(x.number, 0) + 1
    replaced: dict[int, Step] = {}
    gone: set[int] = set()
    for step in steps:
        if step.operator.name != "join" or not _is_plain(step):
            continue
        makers = {id(maker.get(x.number)): maker.get(x.number) for x in step.operands}
        chain = next(iter(makers.values()))
        if len(makers) != 1 or chain is None or not isinstance(chain.operator, Chain):
            continue
        now = replaced.get(chain.number, chain)
        alone = {x.number for x in step.operands if readers[x.number] == 1} - kept
        replaced[chain.number] = _with_join(now, step, alone)
        gone.add(step.number)
    return [replaced.get(step.number, step) for step in steps if step.number not in gone]


def _is_plain(step: Step) -> bool:
    """Whether the parts of a join are equal but for the axis that it goes along."""
    axis, y = step.attributes["axis"], step.outputs[0]
    return is_static(y.shape) and all(
        x.shape[:axis] == y.shape[:axis]
        and x.shape[axis + 1 :] == y.shape[axis + 1 :]
        and x.dynamic_axes == y.dynamic_axes
        and x._dtype == y._dtype
        for x in step.operands
    )


def _with_join(chain: Step, join: Step, alone: set[int]) -> Step:
    """Return a chain that also writes a join, and leaves out the parts that it alone reads."""
    formula: Formula = chain.operator.formula
    source_of = {
        chain.outputs[store.output].number: store.source
        for store in formula.stores
        if not store.stride
    }
    axis, result = join.attributes["axis"], join.outputs[0]
    block = math.prod(result.shape[axis + 1 :])
    outputs = [y for y in chain.outputs if y.number not in alone]
    stores = [
        store._replace(output=outputs.index(chain.outputs[store.output]))
        for store in formula.stores
        if chain.outputs[store.output].number not in alone
    ]
    begin = 0
    for part in join.operands:
        width = part.shape[axis] * block
        stride = result.shape[axis] * block
        stores.append(Store(source_of[part.number], len(outputs), width, stride, begin))
        begin += width
    outputs.append(result)
    wider = Formula(formula.width, formula.loads, formula.computes, stores)
    joined = Step(Chain(wider, len(outputs)), chain.operands, {}, chain.number)
    joined.outputs, joined.purpose = tuple(outputs), chain.purpose
    return joined
