"""Plans: a graph compiled for what is asked of it.

The passes, in turn: dead code, kernels, order, liveness and memory, binding. A plan holds no data
and no user objects; running it leases an :class:`Instance`, whose slots hold the arrays of one run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence

from cntk.execution import watch
from cntk.execution.fitted import fitted
from cntk.execution.kernels import Kernel, choose
from cntk.execution.link import Bound, linked
from cntk.execution.passes.batches import separate_batches
from cntk.execution.passes.chains import chained
from cntk.execution.passes.memory import (
    MemoryPlan,
    assign_memory,
    placed_directly,
    shown_leaves,
    written_directly,
)
from cntk.execution.passes.order import ordered
from cntk.execution.passes.together import joined
from cntk.execution.pool import Instance, InstancePool
from cntk.execution.symbols import Effect, Leaf, PlanGraph, Step, Symbol
from cntk.execution.watch import WatchedStep
from cntk.layout import Layout


class Context:
    """What binding a kernel may ask: slots of symbols and of layouts."""

    def __init__(self) -> None:
        self._slots: dict[int, int] = {}
        self.layout_slots: dict[tuple, int] = {}
        self.lent_cells: list[tuple[int, int]] = []  # number of the symbol, slot
        self.fed: set[int] = set()  # slots of what users feed
        self.read: Container[int] | None = None  # numbers of symbols that are read; None: all
        self.count = 0

    def slot(self, symbol: Symbol) -> int:
        """Return the slot of a symbol."""
        found = self._slots.get(symbol.number)
        if found is None:
            found = self._slots[symbol.number] = self.new_slot()
        return found

    def layout_slot(self, symbol: Symbol) -> int | None:
        """Return the slot of the layout of a symbol's rows; None without rows."""
        if not symbol.dynamic_axes:
            return None
        axes = symbol.dynamic_axes
        if axes not in self.layout_slots:
            self.layout_slots[axes] = self.new_slot()
        return self.layout_slots[axes]

    def cell_slot(self, symbol: Symbol) -> int | None:
        """Return a slot for the cell that a symbol stands for, instead of one for its array.

        The kernel that asks reads the value from there, in an order that it likes better. None: it
        is no cell, or must be read as an array. In training, where parameters change between any
        two runs, other orders are not worth making; and watchers want to see an array.
        """
        leaf = symbol.source
        if symbol.graph.training or not isinstance(leaf, Leaf) or leaf.kind != "cell":
            return None
        if watch.sees_each_step():
            return None
        slot = self.new_slot()
        self.lent_cells.append((symbol.number, slot))
        return slot

    def is_read(self, symbol: Symbol) -> bool:
        """Whether a step reads the data of a symbol, or somebody wants them after the run."""
        return self.read is None or symbol.number in self.read

    def new_slot(self) -> int:
        """Return a slot of the caller's own."""
        self.count += 1
        return self.count - 1


class Plan:
    """A compiled graph.

    Args:
        graph: the graph.
        outputs: symbols to compute.
        effects: writes to perform; those of steps that nothing needs are dropped.
        available: symbols whose arrays the caller supplies; what computes them is left out.
        update_in_place: results of effects may be written straight into the cells' own memory.
        place_outputs: outputs may be written straight into arrays that the caller supplies.
        layouts: dynamic axes whose layouts the caller supplies.
    """

    def __init__(
        self,
        graph: PlanGraph,
        outputs: Sequence[Symbol],
        effects: Sequence[Effect] = (),
        available: Sequence[Symbol] = (),
        update_in_place: bool = False,
        place_outputs: bool = False,
        layouts: Iterable[tuple] = (),
    ) -> None:
        separate_batches(graph)
        self.outputs, self.training = list(outputs), graph.training
        known = {symbol.number for symbol in available}
        fed = {symbol.dynamic_axes for leaf, symbol in graph.leaves if leaf.kind == "argument"}
        fed.update(layouts)
        fed |= {axes[:1] for axes in fed}  # sequences tell how many samples there are
        steps, self.effects, chosen = _needed(graph, self.outputs, effects, known, fed)
        pinned = [*self.outputs, *(effect.value for effect in self.effects)]
        if not watch.sees_each_step():
            steps, chosen = chained(graph, steps, chosen, pinned, fed)
            steps, chosen = joined(steps, chosen, pinned)
        steps, chosen = ordered(steps, chosen)
        self.steps = steps
        context = Context()
        self.leaves: list[tuple[Leaf, Symbol, int]] = [
            (leaf, symbol, context.slot(symbol)) for leaf, symbol in graph.leaves
        ]
        self.given_slots = {leaf.payload: slot for leaf, _, slot in self.leaves
                            if leaf.kind == "given"}  # fmt: skip
        reads = _read_counts(steps, chosen, pinned)
        read = context.read = set(reads)
        self.available = [symbol for symbol in available if symbol.number in read]
        self.given_slots.update({symbol: context.slot(symbol) for symbol in self.available})
        self._sort_leaves(read - known)
        direct = written_directly(steps, chosen, self.effects, self.leaves, self.outputs) if (
            update_in_place) else set()  # fmt: skip
        derived = {step.outputs[0].dynamic_axes for step in steps if step.operator.derives_layout}
        if place_outputs:
            direct = placed_directly(steps, chosen, self.outputs)
        self.memory: MemoryPlan = assign_memory(steps, chosen, pinned, context, direct)
        self.memory.split_off(derived - fed)
        self.direct = [(i, context.slot(effect.value)) for i, effect in enumerate(self.effects)
                       if effect.value.number in direct]  # fmt: skip
        self.directly = {i for i, _ in self.direct}
        self.placed = [(i, context.slot(symbol)) for i, symbol in enumerate(self.outputs)
                       if place_outputs and symbol.number in direct]  # fmt: skip
        self.slot_of_leaf = {symbol.number: slot for _, symbol, slot in self.leaves
                             if symbol.number in read}  # fmt: skip
        self.kernels: list[Kernel] = chosen
        self.shown_leaves = [
            context.slot(symbol)
            for symbol in shown_leaves(steps, chosen, self.leaves, self.outputs)
        ]
        context.fed = {slot for _, slot, _ in self.arguments}
        self.entries = self._bind(steps, chosen, context, in_loop=place_outputs)
        self.launches: list = [entry.launch for entry in self.entries]
        self._forgetful = [launch for launch in self.launches if hasattr(launch, "forget")]
        self._lend_cells(context, reads)
        self.output_slots = [context.slot(symbol) for symbol in self.outputs]
        self.effect_slots = [context.slot(effect.value) for effect in self.effects]
        for symbol in (*self.outputs, *(symbol for _, symbol, _ in self.memory.places)):
            context.layout_slot(symbol)
        self.layout_slots = context.layout_slots
        self.layout_arguments = self._layout_arguments()
        self._blank = [None] * context.count
        provided = {slot for slot, _, _ in self.memory.places}
        self._borrowed = [
            slot
            for slot in (*(s for leaf, _, s in self.leaves if leaf.kind != "literal"),
                         *(s for _, s in self.lent_cells), *self.given_slots.values(),
                         *self.output_slots, *self.effect_slots)
            if slot not in provided
        ]  # fmt: skip
        for leaf, _, slot in self.leaves:
            if leaf.kind == "literal":
                self._blank[slot] = leaf.payload
        self._pool = InstancePool(self.memory, self._blank)

    def _sort_leaves(self, read: set[int]) -> None:
        """Note which payload goes to which slot, by kind; only what is read."""
        self.arguments: list[tuple[int, int, Symbol]] = []
        self._unread_arguments: list[tuple[int, Symbol]] = []
        self.cells: list[tuple[int, int]] = []
        self.attributes: list[tuple[int, int]] = []
        self.passages: list[tuple[int, int]] = []
        self.offsets: list[tuple[int, int, Symbol]] = []
        self.lent_cells: list[tuple[int, int]] = []
        self.payloads: list = []
        index_of: dict[int, int] = {}
        for leaf, symbol, slot in self.leaves:
            if leaf.kind in ("literal", "given"):
                continue
            index = len(self.payloads)
            self.payloads.append(leaf.payload)
            index_of[id(leaf.payload)] = index
            if symbol.number not in read:
                if leaf.kind == "argument":
                    self._unread_arguments.append((index, symbol))
                continue
            if leaf.kind == "argument":
                self.arguments.append((index, slot, symbol))
            elif leaf.kind == "cell":
                self.cells.append((index, slot))
            elif leaf.kind == "attribute":
                self.attributes.append((index, slot))
            elif leaf.kind == "passage":
                self.passages.append((index, slot))
            elif (drawn := self._drawn_with(symbol)) is not None:
                self.offsets.append((index, slot, drawn))
        self.effect_targets = [index_of[id(effect.stored)] for effect in self.effects]

    def _lend_cells(self, context: Context, reads: Counter[int]) -> None:
        """Note the slots of cells that kernels read by themselves; others need no array of them."""
        index_of = {slot: index for index, slot in self.cells}
        for number, slot in context.lent_cells:
            self.lent_cells.append((index_of[self.slot_of_leaf[number]], slot))
        lent = Counter(number for number, _ in context.lent_cells)
        unread = {self.slot_of_leaf[n] for n, count in lent.items() if count == reads[n]}
        self.cells = [(index, slot) for index, slot in self.cells if slot not in unread]

    def _layout_arguments(self) -> list[int]:
        """Return the payloads of arguments that only lend their layout."""
        covered = {symbol.dynamic_axes for _, _, symbol in self.arguments}
        found: dict[tuple, int] = {}
        for index, symbol in self._unread_arguments:
            if symbol.dynamic_axes in self.layout_slots and symbol.dynamic_axes not in covered:
                found.setdefault(symbol.dynamic_axes, index)
        return list(found.values())

    def _drawn_with(self, offset: Symbol) -> Symbol | None:
        """Return the output of the random step that starts at an offset.

        None: a recurrence was given the offset, but draws nothing in inference.
        """
        for step in self.steps:
            if offset in step.attributes.values():
                return step.outputs[0]
            if hasattr(step.operator, "drawn_with") and offset in step.operands:
                return step.operator.drawn_with(offset)
        raise ValueError(f"no step draws with {offset}")

    def _bind(self, steps, chosen, context: Context, in_loop: bool) -> list[Bound]:
        entries: list[Bound] = []
        made: set[tuple] = set()
        for i, (step, kernel) in enumerate(zip(steps, chosen)):
            inputs = [context.slot(x) for x in step.operands]
            outputs = [context.slot(x) for x in step.all_outputs]
            launch = fitted(step, inputs, kernel.bind(step, inputs, outputs, context))
            recording = None
            if watch.watchers():
                layouts = [context.layout_slot(x) for x in (*step.operands, *step.all_outputs)]
                watched = WatchedStep(step, kernel, inputs, outputs, i, layouts, in_loop)
                launch, recording = watch.around(watched, launch), watch.recording(watched)
            entries.append(Bound(launch, step, kernel, inputs, outputs, (), recording))
            if step.operator.derives_layout and step.outputs[0].dynamic_axes not in made:
                made.add(step.outputs[0].dynamic_axes)
                entries.append(Bound(self._allocation(step.outputs[0], context)))
            dead = self.memory.released_after.get(i)
            if dead:
                entries.append(Bound(_release(dead), released=dead))
        return linked(entries, context)

    def _allocation(self, symbol: Symbol, context: Context):
        """Return what makes memory for the rows of an axis, once a step has made its layout."""
        axes, slot, memory = symbol.dynamic_axes, context.layout_slot(symbol), self.memory

        def allocate(slots):
            for place, array in memory.derived(axes, slots[slot].rows):
                slots[place] = array

        return allocate

    def lease(self, layouts: dict[tuple, Layout]) -> Instance:
        """Return memory for a run with given layouts of the dynamic axes."""
        sizes = tuple([(axes, layouts[axes].rows) for axes in self.layout_slots if axes in layouts])
        instance = self._pool.lease(sizes)
        for axes, slot in self.layout_slots.items():
            instance.slots[slot] = layouts.get(axes)
        return instance

    def release(self, instance: Instance) -> None:
        """Give memory back for later runs, and let go of what was lent to this one."""
        slots = instance.slots
        for launch in self._forgetful:
            launch.forget(slots)
        for slot in self._borrowed:
            slots[slot] = self._blank[slot]
        self._pool.give_back(instance)

    def abandon(self) -> None:
        """Leave the memory of a run that failed: nobody else gets what it has left there."""
        self._pool.abandon()

    def forget_variables(self) -> list:
        """Return the payloads of the leaves, and let go of everything that belongs to a user."""
        payloads, self.payloads = self.payloads, []
        self.leaves = [(Leaf(leaf.kind, None), s, slot) for leaf, s, slot in self.leaves]
        self.effects = [effect._replace(stored=None, step=None) for effect in self.effects]
        for step in self.steps:
            step.purpose = None
        for leaf, symbol, _ in self.leaves:
            if symbol.literal is None:
                symbol.source = leaf
        for symbol in self.outputs[:1]:
            symbol.graph.forget()
        return payloads


def _release(dead: list[int]):
    def clear(slots):
        for slot in dead:
            slots[slot] = None

    return clear


def _read_counts(steps, chosen, pinned) -> Counter[int]:
    """Return how often the data of each symbol are read, by the symbol's number."""
    read = Counter(symbol.number for symbol in pinned)
    for step, kernel in zip(steps, chosen):
        read.update(symbol.number for symbol in _read_by(step, kernel))
    return read


def _read_by(step: Step, kernel: Kernel) -> list[Symbol]:
    """Return the symbols whose data a step reads."""
    positions = range(len(step.operands)) if kernel.reads is None else kernel.reads
    found = [step.operands[i] for i in positions]
    found.extend(v for v in step.attributes.values() if isinstance(v, Symbol))
    return found


def _needed(
    graph: PlanGraph, outputs, effects, known: set[int], fed: set[tuple]
) -> tuple[list[Step], list[Effect], list[Kernel]]:
    """Return the steps that outputs and effects need, with their kernels.

    An effect counts only if its step is needed anyway, or is itself asked for. An operand that only
    lends its shape is needed where a step makes the layout of its dynamic axes: they are not fed.
    """
    needed: set[int] = set()
    chosen: dict[int, Kernel] = {}
    pending = [symbol.source for symbol in outputs
               if isinstance(symbol.source, Step) and symbol.number not in known]  # fmt: skip
    effects = list(effects)
    kept: list[Effect] = []
    while True:
        while pending:
            step = pending.pop()
            if step.number in needed:
                continue
            needed.add(step.number)
            kernel = chosen[step.number] = choose(step)
            lending = [x for x in step.operands if x.dynamic_axes and x.dynamic_axes not in fed]
            for operand in (*_read_by(step, kernel), *lending):
                if isinstance(operand.source, Step) and operand.number not in known:
                    pending.append(operand.source)
        added = [e for e in effects if e.step is None or e.step.number in needed]
        effects = [e for e in effects if not (e.step is None or e.step.number in needed)]
        if not added:
            break
        kept.extend(added)
        pending.extend(e.value.source for e in added if isinstance(e.value.source, Step))
    steps = [step for step in graph.steps if step.number in needed]
    return steps, kept, [chosen[step.number] for step in steps]
