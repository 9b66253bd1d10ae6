"""Programs: a plan bound to the variables of one graph, run on data."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np

from cntk.axis import Axis
from cntk.continuation import Continuations
from cntk.errors import CNTKError, ShapeError, placed
from cntk.execution import exhausted
from cntk.execution.arguments import misfit
from cntk.execution.arguments.feeding import rows_for
from cntk.execution.offsets import Draw, take_back
from cntk.execution.plan import Plan
from cntk.execution.pool import Instance
from cntk.execution.threads import one_thread
from cntk.layout import Layout
from cntk.shape import is_static, shape_text
from cntk.value import Value
from cntk.variables import axes_text

_commit_lock = threading.Lock()


class Program:
    """A plan and the payloads of its leaves.

    Args:
        plan: the plan.
        payloads: variables and nodes in the order of the plan's leaves.
        continuations: what its delays have kept of the minibatch before; default: nothing.
        counted: the dynamic axes whose rows count as samples, for those who train.
        remake: returns an equal plan that knows the user's functions, for errors; None: this one.
    """

    def __init__(
        self,
        plan: Plan,
        payloads: list,
        continuations: Continuations | None = None,
        counted: tuple[Axis, ...] = (),
        remake: Callable[[], Plan] | None = None,
    ) -> None:
        self._remake = remake
        self.plan, self.continuations = plan, continuations or Continuations()
        self.counted = counted
        self.arguments = [(payloads[i], slot) for i, slot, _ in plan.arguments]
        self.lenders = [payloads[i] for i in plan.layout_arguments]
        self.cells = [(payloads[i], slot) for i, slot in plan.cells]
        self.lent_cells = [(payloads[i], slot) for i, slot in plan.lent_cells]
        self.attributes = [(*payloads[i], slot) for i, slot in plan.attributes]
        self.offsets = [(payloads[i][0], slot, drawn) for i, slot, drawn in plan.offsets]
        self.delays = [payloads[i] for i, _ in plan.passages]
        self.targets = [payloads[i] for i in plan.effect_targets]
        self._lone_axes = self._single_axes()

    def _single_axes(self) -> tuple[Axis, ...] | None:
        """The dynamic axes of all arguments when they have the same ones."""
        found = {variable._dynamic_axes for variable, _ in self.arguments}
        return found.pop() if len(found) == 1 else None

    def run(
        self,
        data: dict,
        given: dict | None = None,
        layouts: dict | None = None,
        drawn: list[Draw] | None = None,
        instance: Instance | None = None,
    ) -> Run:
        """Compute and return the run; its results are read with ``value`` and let go with ``end``.

        Args:
            data: {variable: what the user feeds}.
            given: {key: array} for leaves that the caller supplies.
            layouts: {dynamic axes: layout} known beforehand.
            drawn: a list that gets what the run draws, as it draws it.
            instance: memory that was leased for these layouts; default: it is leased now.

        Raises:
            MemoryError: there is too little.
        """
        fed, layouts = self._feed(data, layouts)
        plan, launch = self.plan, None
        try:
            instance = instance or plan.lease(layouts)
        except MemoryError as error:
            raise self._exhausted(error, layouts, None) from None
        slots = instance.slots
        drawn = [] if drawn is None else drawn
        try:
            for rows, slot in fed:
                slots[slot] = rows
            self._read_cells(slots)
            for i, slot in plan.direct:
                target = self.targets[i]
                slots[slot] = target.cell.read(target._shape, target._dtype)
            for node, name, slot in self.attributes:
                slots[slot] = node.arguments_by_name[name]
            for node, slot, symbol in self.offsets:
                drawn.append(Draw(node, symbol, plan.training))
                slots[slot] = drawn[-1].take(layouts)
            passages = self.continuations.passages(self.delays)
            for (_, slot), passage in zip(plan.passages, passages):
                slots[slot] = passage
            if given:
                for key, array in given.items():
                    slots[plan.given_slots[key]] = array
            # infinities and nan are results, as in CNTK 2.7
            with np.errstate(all="ignore"), one_thread:
                for launch in plan.launches:
                    launch(slots)
        except BaseException as error:
            take_back(drawn)
            plan.abandon()
            if isinstance(error, ShapeError):
                raise self._placed(error, fed) from None
            if isinstance(error, MemoryError) and not isinstance(error, CNTKError):
                raise self._exhausted(error, layouts, launch) from None
            raise
        for slot in plan.shown_leaves:  # others may change what was fed, and cells
            slots[slot] = slots[slot].copy()
        if passages:
            self.continuations.keep(self.delays, passages)
        run = Run(self, instance, layouts)
        for draw in drawn:
            draw.settle(run.layout_of)
        return run

    def _read_cells(self, slots: list) -> None:
        """Put the values of parameters and constants into their slots."""
        variable = None
        try:
            if self.plan.training:
                for variable, slot in self.cells:
                    slots[slot] = variable.cell.read(variable._shape, variable._dtype)
            else:
                for variable, slot in self.cells:
                    slots[slot] = variable.cell.read_in(None, variable._shape, variable._dtype)
                for variable, slot in self.lent_cells:
                    slots[slot] = variable.cell
        except MemoryError as error:
            raise exhausted.in_variable(error, variable) from None

    def _exhausted(self, error: MemoryError, layouts: dict, launch) -> CNTKError:
        """Return the error of a run, or of one of its launches, that got no memory."""
        plan, number = self.plan, None
        if launch is not None:
            number = next(i for i, known in enumerate(plan.launches) if known is launch)
        if self._remake is not None:
            plan = self._remake()
        entry = None if number is None else plan.entries[number]
        return exhausted.in_plan(error, plan, layouts, entry)

    def _feed(self, data: dict, layouts: dict | None) -> tuple[list, dict]:
        """Return ([(rows, slot)], {dynamic axes: layout}) of what is fed."""
        layouts = dict(layouts) if layouts else {}
        fed = []
        for variable, slot in self.arguments:
            try:
                given = data[variable]
            except KeyError:
                raise self._missing(data) from None
            try:
                rows, layout = rows_for(variable, given)
            except MemoryError as error:
                raise exhausted.in_variable(error, f"the data of {variable}") from None
            fed.append((rows, slot))
            if layout is not None:
                axes = variable._dynamic_axes
                known = layouts.get(axes)
                if known is None:
                    layouts[axes] = layout
                elif known is not layout:
                    if not _agree(known, layout):
                        raise misfit.different_layouts(variable, known, layout)
                    if known.starts is None:  # start flags may come with one of the arguments
                        layouts[axes] = layout
        for variable in self.lenders:
            if variable._dynamic_axes not in layouts:
                if variable not in data:
                    raise self._missing(data)
                layouts[variable._dynamic_axes] = rows_for(variable, data[variable])[1]
        if len(layouts) > 1:
            _check_batches(layouts)
        for (batch, *sequence), layout in list(layouts.items()):
            if sequence:
                layouts.setdefault((batch,), Layout(layout.num_samples))
        return fed, layouts

    def _placed(self, error: CNTKError, fed: list) -> CNTKError:
        """Return an error of a step with what was fed to arguments with free axes."""
        free = [
            (variable, tuple(rows.shape)[1 if variable._dynamic_axes else 0 :])
            for (variable, _), (rows, _) in zip(self.arguments, fed)
            if not is_static(variable._shape)
        ]
        if not free:
            return error
        given = [f"{variable} was given '{shape_text(shape)}'" for variable, shape in free]
        return placed(error, *given, made_at=free[0][0].made_at)

    def _missing(self, data: dict) -> CNTKError:
        wanted = [*(variable for variable, _ in self.arguments), *self.lenders]
        missing = [variable for variable in wanted if variable not in data]
        return misfit.missing(missing)


class Run:
    """The results of one run."""

    __slots__ = ("instance", "layouts", "program")

    def __init__(self, program: Program, instance: Instance, layouts: dict) -> None:
        self.program, self.instance, self.layouts = program, instance, layouts

    def array(self, number: int):
        """Return the packed rows of an output; they are lent until :meth:`end`."""
        return self.instance.slots[self.program.plan.output_slots[number]]

    def layout(self, number: int) -> Layout | None:
        """Return the layout of an output; None without dynamic axes."""
        return self.layout_of(self.program.plan.outputs[number].dynamic_axes)

    def layout_of(self, axes: tuple[Axis, ...]) -> Layout | None:
        """Return the layout of dynamic axes, fed or made during the run."""
        known = self.layouts.get(axes)
        if known is None and axes:
            slot = self.program.plan.layout_slots.get(axes)
            known = None if slot is None else self.instance.slots[slot]
        return known

    def all_layouts(self) -> dict:
        """Return {dynamic axes: layout} of all that were fed or made during the run."""
        made = {axes: self.layout_of(axes) for axes in self.program.plan.layout_slots}
        return {**self.layouts, **{axes: found for axes, found in made.items() if found}}

    def commit(self, stage: str | None = None) -> None:
        """Write what the run changes: cells of a stage, or of all stages."""
        plan, slots = self.program.plan, self.instance.slots
        if not plan.effects:
            return
        with _commit_lock:
            for i, target in enumerate(self.program.targets):
                if i in plan.directly:
                    target.cell.touch(slots[plan.effect_slots[i]])
                elif stage is None or plan.effects[i].stage == stage:
                    target.cell.write(np.reshape(slots[plan.effect_slots[i]], target._shape))

    def end(self) -> None:
        """Give the memory back."""
        self.program.plan.release(self.instance)


def _agree(known: Layout, layout: Layout) -> bool:
    if known.lengths is None and layout.lengths is None:
        return known.num_samples == layout.num_samples
    return known.agrees_with(layout)


def _check_batches(layouts: dict) -> None:
    """Refuse different numbers of samples on different sequence axes."""
    counts = {(axes[0], layout.num_samples) for axes, layout in layouts.items()}
    if len(counts) > len({axis for axis, _ in counts}):
        shown = "; ".join(f"{axes_text(a)}: {lay.describe()}" for a, lay in layouts.items())
        raise ShapeError(
            f"Different minibatch layouts detected: the number of samples differs ({shown})"
        )


def user_data(rows, layout: Layout | None):
    """Return packed rows as users see them: an array, or a list of arrays per sequence."""
    if layout is not None and layout.has_sequences:
        return Value.from_packed(rows, layout).as_sequences()
    if hasattr(rows, "to_scipy"):
        return rows.to_scipy()
    return np.array(rows)
