"""Steps together: what one kernel computes in one go becomes one step.

A kernel for ``together`` names the operators of its members. Steps of these operators that have to
do with each other, e.g. a loss and an error of the same scores, are joined where the kernel agrees.
What only members read is no result any more: it need not reach memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from cntk.execution.kernels import Kernel, candidates
from cntk.execution.symbols import Step, Symbol
from cntk.operators.declare import Operand, Operator


def _together(*operands: Operand):
    """Several steps in one."""


class Together(Operator):
    """The operator of some steps together; it belongs to one step.

    Args:
        members: the steps, in the order in which the kernel names their operators.
        outputs: how many results there are.
    """

    def __init__(self, members: tuple[Step, ...], outputs: int) -> None:
        names = tuple(f"y{i}" for i in range(outputs))
        super().__init__(_together, family="whole", stored=None, outputs=names)
        self.name = " + ".join(step.operator.name for step in members)
        self.members = members


def joined(
    steps: Sequence[Step], chosen: Sequence[Kernel], pinned: Iterable[Symbol]
) -> tuple[list[Step], list[Kernel]]:
    """Return the steps, members of kernels that compute several of them joined, and their kernels.

    Args:
        steps: the steps in order.
        chosen: their kernels.
        pinned: symbols that are needed when all steps have run.
    """
    found, kernels = list(steps), list(chosen)
    kept = {symbol.number for symbol in pinned}
    for kernel in candidates("together"):
        while set(kernel.members) <= {step.operator.name for step in found}:
            more = _Joining(found, kernels, kernel, kept).once()
            if more is None:
                break
            found, kernels = more
    return found, kernels


class _Joining:
    """A look at the steps of a plan, for one kernel."""

    def __init__(
        self, steps: list[Step], chosen: list[Kernel], kernel: Kernel, kept: set[int]
    ) -> None:
        self.steps, self.chosen, self.kernel, self.kept = steps, chosen, kernel, kept
        self.maker = {y.number: i for i, step in enumerate(steps) for y in step.all_outputs}
        self.readers: dict[int, set[int]] = {}
        for i, step in enumerate(steps):
            for x in _symbols(step):
                self.readers.setdefault(x.number, set()).add(i)

    def once(self) -> tuple[list[Step], list[Kernel]] | None:
        """Return the steps and their kernels with the first group joined; None: there is none."""
        first = self.kernel.members[0]
        for anchor in [i for i, step in enumerate(self.steps) if step.operator.name == first]:
            for group in self._groups(anchor):
                step = self._joined(group)
                if step is not None:
                    return self._with(step, group)
        return None

    def _with(self, step: Step, group: tuple[int, ...]) -> tuple[list[Step], list[Kernel]]:
        """Return the steps and their kernels, a joined step as soon as its operands are there."""
        place = self._earliest(step.operands, group)
        order = [*range(place), None, *range(place, len(self.steps))]
        order = [i for i in order if i not in group]
        return (
            [step if i is None else self.steps[i] for i in order],
            [self.kernel if i is None else self.chosen[i] for i in order],
        )

    def _earliest(self, operands: Sequence[Symbol], group: tuple[int, ...]) -> int:
        """Return before which step a joined one may stand at the earliest."""
        return max([min(group), *(self.maker.get(x.number, -1) + 1 for x in operands)])

    def _groups(self, anchor: int) -> Iterator[tuple[int, ...]]:
        """Yield the positions of steps that could be members beside the first one."""
        step = self.steps[anchor]
        near = {self.maker[x.number] for x in step.operands if x.number in self.maker}
        for symbol in (*step.operands, *step.all_outputs):
            near |= self.readers.get(symbol.number, set())
        near.discard(anchor)
        names = self.kernel.members[1:]
        choices = [[i for i in sorted(near) if self.steps[i].operator.name == n] for n in names]
        return (group for group in product([anchor], *choices) if len({*group}) == len(group))

    def _joined(self, group: tuple[int, ...]) -> Step | None:
        """Return one step that computes what a group does; None where that cannot be."""
        members = tuple(self.steps[i] for i in group)
        if not all(map(_may_move, members)):
            return None
        if any(self.chosen[i].priority > self.kernel.priority for i in group):
            return None  # another kernel does one of them better
        made = [y for step in members for y in step.all_outputs]
        operands, outputs = self._operands(group), []
        place = self._earliest(operands, group)
        for y in made:
            readers = self.readers.get(y.number, set()) - {*group}
            if any(reader < place for reader in readers):
                return None  # which may be what makes an operand
            if readers or y.number in self.kept:
                outputs.append(y)
        step = Step(Together(members, len(outputs)), operands, {}, members[0].number)
        step.outputs, step.purpose = tuple(outputs), members[0].purpose
        return step if outputs and self.kernel.when(step) else None

    def _operands(self, group: tuple[int, ...]) -> list[Symbol]:
        """Return what the members read of others."""
        found: dict[int, Symbol] = {}
        for step, kernel in ((self.steps[i], self.chosen[i]) for i in group):
            read = range(len(step.operands)) if kernel.reads is None else kernel.reads
            for x in (step.operands[position] for position in read):
                if self.maker.get(x.number) not in group:
                    found[x.number] = x
        return list(found.values())


def _may_move(step: Step) -> bool:
    """Whether a step may run earlier, as long as its operands are there."""
    operator = step.operator
    moves = not any(isinstance(value, Symbol) for value in step.attributes.values())
    return moves and operator.is_pure and not operator.derives_layout and not operator.updates


def _symbols(step: Step) -> list[Symbol]:
    """Return all that a step reads, if only for its layout."""
    values = [value for value in step.attributes.values() if isinstance(value, Symbol)]
    return [*step.operands, *values]
