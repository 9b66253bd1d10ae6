"""The update stage of training: all parameters of one learner in one plan."""

from __future__ import annotations

import math

import numpy as np

from cntk.dtypes import widened
from cntk.execution import exhausted
from cntk.execution.plan import Plan
from cntk.execution.pool import Instance
from cntk.execution.program import Program
from cntk.execution.symbols import Effect, PlanGraph, Symbol
from cntk.execution.updated import RowsOfParameter, WholeParameter
from cntk.execution.usage import made_bytes
from cntk.execution.watch import watchers
from cntk.graph.infer import Spec

_ROOM = 2  # by what kernels need beside their results


class _State(dict):
    """The state of one parameter while its rule is being read: missing entries are arrays."""

    def __init__(self, updated: WholeParameter) -> None:
        super().__init__()
        self._updated = updated

    def __missing__(self, name: str) -> Symbol:
        self[name] = self._updated.state(name)
        return self[name]


class Update:
    """The planned update of a learner with a rule.

    Args:
        learner: the learner.
        by_rows: for each parameter, whether its gradients come row-sparse and go by rows.
    """

    def __init__(self, learner, by_rows: tuple[bool, ...]) -> None:
        graph = PlanGraph(training=True)
        self._noise = learner.regularization is not None and learner.regularization.has_noise
        self._learner = learner
        self.by_rows = by_rows
        self._updated = [
            (RowsOfParameter if rows else WholeParameter)(graph, learner, index)
            for index, rows in enumerate(by_rows)
        ]
        for index, updated in enumerate(self._updated):
            self._add(graph, learner, index, updated)
        plan = Plan(graph, [], graph.effects, update_in_place=True)
        self.plan = plan
        self._program = Program(plan, plan.payloads)
        self._mean = learner.is_compatible_mode()
        self._watchers = watchers()
        self._instance: Instance | None = None
        self._drawn: list[np.ndarray] = []  # noise for the next run
        self._scratch = self._scratch_bytes(0)
        self._scratch_per_row = self._scratch_bytes(1) - self._scratch if any(by_rows) else 0

    @property
    def is_current(self) -> bool:
        """Whether the plan is watched by all that watch now, and by nobody else."""
        return self._watchers == watchers()

    def _add(self, graph: PlanGraph, learner, index: int, updated: WholeParameter) -> None:
        parameter, gradient = updated.parameter, updated.gradient

        def number(name: str) -> Symbol:
            return graph.given((name, parameter._dtype), Spec((), parameter._dtype))

        samples = number("num_samples")
        if learner.is_compatible_mode():
            gradient = gradient * number("per_sample")
            samples = graph.literal(1, parameter._dtype)
        around = learner.regularization
        if around is not None:
            gradient = around.before(gradient, updated.old, samples)
        state = _State(updated)
        rule = learner.rule.for_rows() if updated.by_rows else learner.rule
        numbers = {name: number(name) for name in rule.numbers()}
        new = updated.written(parameter, rule.apply(updated.old, gradient, state, numbers))
        if around is not None:
            noise = None
            if self._noise:
                noise = graph.given(("noise", index), updated.spec)
            new = around.after(new, number("lr"), samples, noise)
        for name, value in state.items():
            if value is not updated.state(name):
                array = learner.state_array(index, name)
                graph.effects.append(Effect(array, updated.written(array, value), "update", None))
        graph.effects.append(Effect(parameter, new, "update", None))

    def _scratch_bytes(self, rows: int) -> int:
        """Return what a run takes besides its instance, for a count of touched rows each."""
        sizes = [math.prod(x.spec.shape) * x.parameter._dtype.itemsize for x in self._updated]
        made = 0
        if any(x.parameter is not p for x, p in zip(self._updated, self._learner.parameters)):
            made += 2 * max(sizes)  # what goes between a float16 parameter and its copy
        return made + _ROOM * made_bytes(self.plan, lambda axes: rows)

    def reserve(self, gradients: list) -> None:
        """Take the memory of the next run, so that it cannot fail half-way for want of it.

        Args:
            gradients: those of the next run.

        Raises:
            MemoryError: there is too little.
        """
        if self._instance is not None:
            self.plan.release(self._instance)
            self._instance = None
        layouts = self._layouts(gradients)
        try:
            self._drawn = self._noises() if self._noise else []
            self._instance = self.plan.lease(layouts)
            rows = sum(layout.rows for layout in layouts.values())
            np.empty(self._scratch + rows * self._scratch_per_row, np.uint8)
        except MemoryError as error:
            raise exhausted.in_variable(error, f"the update of the {self._learner!r}") from None

    def _noises(self) -> list[np.ndarray]:
        """Return what is added to each parameter, from where the learner's stream stands."""
        found, offset = [], self._learner.noise_offset
        for updated in self._updated:
            found.append(self._learner.noise(updated.parameter, offset))
            offset += found[-1].size
        return found

    def _layouts(self, gradients: list) -> dict:
        return {
            updated.axes: updated.layout(gradient)
            for updated, gradient in zip(self._updated, gradients)
            if isinstance(updated, RowsOfParameter)
        }

    def run(self, gradients: list, num_samples: int, numbers: dict[str, float]) -> None:
        """Update the parameters.

        Args:
            gradients: one array per parameter, row-sparse where the plan goes by rows.
            num_samples: number of samples that they sum over.
            numbers: the numbers of this step by name.
        """
        given: dict = {}
        drawn, self._drawn = self._drawn or (self._noises() if self._noise else []), []
        self._learner.noise_offset += sum(noise.size for noise in drawn)
        for index, updated in enumerate(self._updated):
            if isinstance(updated, RowsOfParameter):
                missed = self._learner.missed_steps(index, gradients[index].indices)
                given.update(updated.data(gradients[index], missed, numbers))
        for key in self.plan.given_slots:
            if key in given:
                continue
            word, other = key
            if word == "gradient":
                given[key] = widened(gradients[other])
            elif word == "noise":
                given[key] = drawn[other]
            elif word == "per_sample":
                given[key] = other.type(1.0 / num_samples)
            else:
                given[key] = other.type(numbers[word])
        instance, self._instance = self._instance, None
        run = self._program.run({}, given, self._layouts(gradients), instance=instance)
        run.commit()
        run.end()
