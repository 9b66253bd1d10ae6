"""The update stage of training: all parameters of one learner in one plan."""

from __future__ import annotations

from cntk.execution.plan import Plan
from cntk.execution.program import Program
from cntk.execution.symbols import Effect, PlanGraph, Symbol
from cntk.execution.watch import watchers
from cntk.graph.infer import Spec
from cntk.sparse import DENSE


class _State(dict):
    """The state of one parameter while its rule is being read: missing entries are arrays."""

    def __init__(self, graph: PlanGraph, learner, index: int) -> None:
        super().__init__()
        self._graph, self._learner, self._index = graph, learner, index

    def __missing__(self, name: str) -> Symbol:
        array = self._learner.state_array(self._index, name)
        spec = Spec(array._shape, array._dtype, (), DENSE, False)
        self[name] = self._graph.leaf("cell", array, spec)
        return self[name]


class Update:
    """The planned update of a learner with a rule.

    Args:
        learner: the learner.
    """

    def __init__(self, learner) -> None:
        graph = PlanGraph(training=True)
        self._noise = learner.regularization is not None and learner.regularization.has_noise
        self._learner, self._parameters = learner, learner.parameters
        for index, parameter in enumerate(learner.parameters):
            self._add(graph, learner, index, parameter)
        plan = Plan(graph, [], graph.effects, update_in_place=True)
        self._program = Program(plan, plan.payloads)
        self._given = plan.given_slots
        self._mean = learner.is_compatible_mode()
        self._watchers = watchers()

    @property
    def is_current(self) -> bool:
        """Whether the plan is watched by all that watch now, and by nobody else."""
        return self._watchers == watchers()

    def _add(self, graph: PlanGraph, learner, index: int, parameter) -> None:
        spec = Spec(parameter.shape, parameter._dtype, (), DENSE, False)
        old = graph.leaf("cell", parameter, spec)
        gradient = graph.leaf("given", ("gradient", index), spec, key=("gradient", index))

        def number(name: str) -> Symbol:
            key = (name, parameter._dtype)
            return graph.scalar("given", key, parameter._dtype, key=key)

        samples = number("num_samples")
        if learner.is_compatible_mode():
            gradient, samples = gradient * number("per_sample"), graph.literal(1, old._dtype)
        around = learner.regularization
        if around is not None:
            gradient = around.before(gradient, old, samples)
        state = _State(graph, learner, index)
        numbers = {name: number(name) for name in learner.rule.numbers()}
        new = learner.rule.apply(old, gradient, state, numbers)
        if around is not None:
            noise = None
            if self._noise:
                noise = graph.leaf("given", ("noise", index), spec, key=("noise", index))
            new = around.after(new, number("lr"), samples, noise)
        for name, value in state.items():
            array = learner.state_array(index, name)
            if value is not graph.leaf("cell", array, spec):
                graph.effects.append(Effect(array, value, "update", None))
        graph.effects.append(Effect(parameter, new, "update", None))

    def run(self, gradients: list, num_samples: int, numbers: dict[str, float]) -> None:
        """Update the parameters.

        Args:
            gradients: one array per parameter.
            num_samples: number of samples that they sum over.
            numbers: the numbers of this step by name.
        """
        given: dict = {}
        slots = self._given
        for key in slots:
            word, other = key
            if word == "gradient":
                given[key] = gradients[other]
            elif word == "noise":
                given[key] = self._learner.draw_noise(self._parameters[other])
            elif word == "per_sample":
                given[key] = other.type(1.0 / num_samples)
            else:
                given[key] = other.type(numbers[word])
        run = self._program.run({}, given)
        run.commit()
        run.end()
