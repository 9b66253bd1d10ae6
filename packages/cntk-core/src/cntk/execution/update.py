"""The update stage of training: all parameters of one learner in one plan."""

from __future__ import annotations

from cntk.dtypes import widened
from cntk.execution.plan import Plan
from cntk.execution.program import Program
from cntk.execution.symbols import Effect, PlanGraph, Symbol
from cntk.execution.updated import RowsOfParameter, WholeParameter
from cntk.execution.watch import watchers
from cntk.graph.infer import Spec


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

    def run(self, gradients: list, num_samples: int, numbers: dict[str, float]) -> None:
        """Update the parameters.

        Args:
            gradients: one array per parameter, row-sparse where the plan goes by rows.
            num_samples: number of samples that they sum over.
            numbers: the numbers of this step by name.
        """
        given: dict = {}
        layouts: dict = {}
        for index, updated in enumerate(self._updated):
            if isinstance(updated, RowsOfParameter):
                missed = self._learner.missed_steps(index, gradients[index].indices)
                given.update(updated.data(gradients[index], missed, numbers))
                layouts[updated.axes] = updated.layout(gradients[index])
        for key in self.plan.given_slots:
            if key in given:
                continue
            word, other = key
            if word == "gradient":
                given[key] = widened(gradients[other])
            elif word == "noise":
                given[key] = self._learner.draw_noise(self._learner.updated(other))
            elif word == "per_sample":
                given[key] = other.type(1.0 / num_samples)
            else:
                given[key] = other.type(numbers[word])
        run = self._program.run({}, given, layouts)
        run.commit()
        run.end()
