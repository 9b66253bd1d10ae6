"""Formats: in which order the static axes of each result lie in memory.

Convolutions are fastest where the channels, the first static axis, vary fastest in memory. This
pass chooses that order for the results that kernels would rather have so; elementwise steps follow
what they compute with. Only kernels that declare the order, and chains, ever see it: everything
else reads a plain copy, which a ``reorder`` step makes. Shapes stay what they are.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from cntk.execution.kernels import Kernel, candidates, choose
from cntk.execution.passes.forms import form_in, has_orders, has_own_order
from cntk.execution.symbols import PlanGraph, Step, Symbol
from cntk.graph.infer import Spec
from cntk.operators.declare import Operand, Operator

_SIZES = (1, 2, 4, 8)  # bytes of the elements that can be reordered


def _reorder(x: Operand):
    """A copy with the static axes in another order in memory."""


REORDER = Operator(_reorder, family="whole", stored=None)
REORDER.name = "reorder"


def formatted(
    graph: PlanGraph,
    steps: Sequence[Step],
    chain: Kernel,
    kernel_of: dict[int, Kernel],
    kept: set[int],
) -> list[Step]:
    """Return the steps with ``reorder`` steps in between; symbols know their order.

    Args:
        graph: the graph that the steps belong to.
        steps: the steps in order.
        chain: the kernel for chains.
        kernel_of: kernels by id of their step; completed for new steps.
        kept: numbers of symbols that are needed when all steps have run: they stay plain.
    """
    for step in steps:
        for y in step.all_outputs:
            y.channels_last = False
    if not candidates(REORDER.name):
        return list(steps)
    for step in steps:
        kernel_of.setdefault(id(step), choose(step))
    roles = [_Role(step, kernel_of[id(step)], chain) for step in steps]
    if not any(role.groups for role in roles):
        return list(steps)
    for symbol in _chosen(roles, kept):
        symbol.channels_last = True
    return _with_copies(graph, roles, kernel_of)


class _Role:
    """What one step has to do with orders."""

    def __init__(self, step: Step, kernel: Kernel, chain: Kernel) -> None:
        self.step, self.kernel = step, kernel
        self.groups = [[x for x in group if _may_turn(x)] for group in kernel.channels_last(step)]
        self.joins = not self.groups and _is_elementwise(step, chain)
        read = range(len(step.operands)) if kernel.reads is None else kernel.reads
        self.reads = [i for i in read if _may_turn(step.operands[i])]

    def wants(self, i: int) -> bool | None:
        """Return the order that an operand must have; None: either."""
        x = self.step.operands[i]
        if self.joins:
            y = self.step.outputs[0]
            return y.channels_last if has_own_order(x, y) else False
        for group in self.groups:
            if any(x is member for member in group):
                made = [y for y in self.step.all_outputs if any(y is other for other in group)]
                return any(member.channels_last for member in made or group)
        return False


def _may_turn(x: Symbol) -> bool:
    return has_orders(x.shape) and not x.is_sparse and x._dtype.itemsize in _SIZES


def _is_elementwise(step: Step, chain: Kernel) -> bool:
    """Whether a chain can hold a step, whatever the order."""
    if len(step.all_outputs) != 1 or not chain.computes(step):
        return False
    y = step.outputs[0]
    return _may_turn(y) and all(
        form_in(x, y, last) is not None for x in step.operands for last in (False, True)
    )


def _chosen(roles: Sequence[_Role], kept: set[int]) -> list[Symbol]:
    """Return the symbols whose channels are to lie last."""
    groups = _Groups()
    named = {x.number for role in roles for x in role.step.attributes.values()
             if isinstance(x, Symbol)}  # fmt: skip
    fixed = kept | named
    for role in roles:
        made = role.step.all_outputs
        if role.joins:
            y = role.step.outputs[0]
            groups.unite([y, *(x for x in role.step.operands if has_own_order(x, y))])
        for group in role.groups:
            groups.unite(group)
        for group in [list(made)] if role.joins else role.groups:
            own = {y.number for y in group if any(y is other for other in made)}
            if not own & fixed:  # results of one group stay together
                groups.free |= own
    copied: set[int] = set()
    for role in roles:
        for group in role.groups:
            for x in group:
                groups.vote(x, 1)
        for i in role.reads:
            x = role.step.operands[i]
            plain = not role.joins and not any(x is y for group in role.groups for y in group)
            if plain and x.number not in copied:
                copied.add(x.number)
                groups.vote(x, -1)
    return groups.elected()


class _Groups:
    """Symbols that share one order, and what speaks for it (counted in elements)."""

    def __init__(self) -> None:
        self.free: set[int] = set()  # numbers of symbols whose order may be chosen
        self._parent: dict[int, int] = {}
        self._votes: dict[int, int] = {}
        self._symbols: dict[int, Symbol] = {}

    def unite(self, symbols: Iterable[Symbol]) -> None:
        """Give symbols one order."""
        roots = [self._root(x) for x in symbols]
        for root in roots:
            self._parent[root] = roots[0]

    def vote(self, x: Symbol, direction: int) -> None:
        """Count a reader or a maker of a symbol: 1, channels last are better, -1, plain is."""
        self._root(x)
        self._votes[x.number] = self._votes.get(x.number, 0) + direction * math.prod(x.shape)

    def elected(self) -> list[Symbol]:
        """Return the free symbols whose groups gain by channels that lie last."""
        gains: dict[int, int] = {}
        for number, symbol in self._symbols.items():
            gain = self._votes.get(number, 0)
            if number not in self.free:  # its copy in the other order costs what it gives
                gain = min(gain, 0) - math.prod(symbol.shape)
            root = self._root(symbol)
            gains[root] = gains.get(root, 0) + gain
        return [
            symbol
            for number, symbol in self._symbols.items()
            if number in self.free and gains[self._root(symbol)] > 0
        ]

    def _root(self, x: Symbol) -> int:
        number = x.number
        self._symbols.setdefault(number, x)
        self._parent.setdefault(number, number)
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number


def _with_copies(
    graph: PlanGraph, roles: Sequence[_Role], kernel_of: dict[int, Kernel]
) -> list[Step]:
    """Return the steps, with copies where an operand lies in an order that its reader refuses."""
    found: list[Step] = []
    copies: dict[int, Symbol] = {}
    for role in roles:
        step, operands = role.step, list(role.step.operands)
        for i in role.reads:
            x, wanted = operands[i], role.wants(i)
            if x.channels_last == wanted:
                continue
            if x.number not in copies:
                made = _copy_of(graph, x, step)
                found.append(made)
                copies[x.number] = made.outputs[0]
            operands[i] = copies[x.number]
        if all(x is y for x, y in zip(operands, step.operands)):
            found.append(step)
            continue
        changed = Step(step.operator, operands, step.attributes, step.number)
        changed.outputs, changed.saved, changed.purpose = step.outputs, step.saved, step.purpose
        kernel_of[id(changed)] = role.kernel
        found.append(changed)
    return found


def _copy_of(graph: PlanGraph, x: Symbol, reader: Step) -> Step:
    """Return the step that copies a symbol into the other order."""
    step = Step(REORDER, [x], {}, graph.count_step())
    spec = Spec(x.shape, x._dtype, x.dynamic_axes, x.storage, x.needs_gradient)
    y = Symbol(graph, step, 0, spec)
    y.channels_last = not x.channels_last
    step.outputs, step.purpose = (y,), reader.purpose
    return step
