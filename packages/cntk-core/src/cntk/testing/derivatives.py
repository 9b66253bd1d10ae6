"""Value, gradient, and gradient of the gradient of an operator, each as part of one plan.

The number that is differentiated first is the sum of all outputs, each weighted by random numbers:
they stand for the gradient that arrives from above. Its gradients, weighted and summed again, are
what is differentiated next; both times by :func:`cntk.autodiff.gradients`, as in training.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk.autodiff import gradients
from cntk.execution.arguments.feeding import rows_for
from cntk.execution.lower import Lowering
from cntk.execution.offsets import move_to, position_of
from cntk.execution.plan import Plan
from cntk.execution.program import Program
from cntk.execution.symbols import PlanGraph, Symbol
from cntk.graph.infer import Spec
from cntk.layout import Layout
from cntk.sparse import DENSE
from cntk.testing.calls import Call
from cntk.testing.interpreter import Interpreter
from cntk.testing.mismatch import whole

_STEP = 1e-5  # of central differences: their error is near 1e-10 for values near 1


class Graph:
    """A call as a plan's graph, with data for its leaves.

    Args:
        call: the call.
        training: take the training form of operators.
    """

    def __init__(self, call: Call, training: bool) -> None:
        self.call = call
        self.plan_graph = PlanGraph(training)
        self.lowering = Lowering(self.plan_graph)
        self.outputs: list[Symbol] = self.lowering.lower(call.function.outputs)
        self.given: dict = {}
        self.layouts: dict[tuple, Layout] = {}
        for variable, data in call.feed().items():
            self.given[variable], layout = rows_for(variable, data)
            if layout is not None:
                self.layouts[variable.dynamic_axes] = layout
                samples = Layout(layout.num_samples)
                self.layouts.setdefault(variable.dynamic_axes[:1], samples)

    def interpreter(self, given: dict | None = None) -> Interpreter:
        """Return the plain way to compute this graph, with some of the data replaced."""
        return Interpreter(self.plan_graph, {**self.given, **(given or {})}, self.layouts)

    def results(self) -> list[np.ndarray]:
        """Return the outputs, computed the plain way; frames in the order in which they are fed."""
        found = self.interpreter()
        return [self._as_fed(found, output) for output in self.outputs]

    def _as_fed(self, found: Interpreter, output: Symbol) -> np.ndarray:
        rows = whole(found.value(output))
        layout = found.layouts.get(output.dynamic_axes)
        return rows if layout is None or not layout.has_sequences else layout.unpack(rows)

    def planned(self, wanted: list[Symbol]) -> list[np.ndarray]:
        """Return symbols as the engine computes them: planned, with the kernels of choice."""
        plan = Plan(self.plan_graph, wanted)
        supplied = {key: self.given[key] for key in plan.given_slots}
        starts = [(node, position_of(node)) for node in self._random_nodes()]
        run = Program(plan, plan.payloads).run(self.call.feed(), supplied, self.layouts)
        found = [np.array(whole(run.array(i))) for i in range(len(wanted))]
        run.end()
        for node, position in starts:  # so that the next run draws the same numbers
            move_to(node, position)
        return found

    def _random_nodes(self) -> list:
        payloads: list = [
            leaf.payload for leaf, _ in self.plan_graph.leaves if leaf.kind == "offset"
        ]
        return [node for node, _ in payloads]


class Derivatives(Graph):
    """A call in training, its gradients and their gradients.

    Args:
        call: the call, in float64.
    """

    def __init__(self, call: Call) -> None:
        super().__init__(call, training=True)
        known = self.lowering.symbol_of
        self.leaves = [known[v] for v in call.differentiable() if v in known]
        self.weights = [self._weight(y, ("weight", i)) for i, y in enumerate(self.outputs)]
        self.first = gradients(self.plan_graph, list(zip(self.outputs, self.weights)), self.leaves)

    def _weight(self, like: Symbol, key) -> Symbol:
        """Return a leaf of random numbers, as many as a symbol has."""
        spec = Spec(like.shape, like._dtype, like.dynamic_axes, DENSE, False)
        interpreter = self.interpreter()
        shape = interpreter.value(like).shape
        self.layouts.update(interpreter.layouts)  # those that steps have made
        random = np.random.default_rng(len(self.given))
        self.given[key] = random.standard_normal(shape).astype(like._dtype)
        return self.plan_graph.leaf("given", key, spec, key=key)

    def takes_none(self, leaf: Symbol) -> bool:
        """Whether the operators that a composite is built from give a leaf no gradient."""
        operator = self.call.operator
        is_built = operator.is_composite or "lower" in operator.rules
        return is_built and leaf in self.leaves and self.first[self.leaves.index(leaf)] is None

    def second(self) -> list[Symbol | None]:
        """Return the gradients of the weighted sum of gradients.

        They are those at the leaves, then those at the weights of the outputs.
        """
        pairs = [
            (gradient, self._weight(gradient, ("second weight", i)))
            for i, gradient in enumerate(self.first)
            if gradient is not None
        ]
        return gradients(self.plan_graph, pairs, [*self.leaves, *self.weights])

    def weighted_outputs(self, given: dict) -> float:
        """Return the number that the first gradients are derivatives of."""
        return self._weighted(self.outputs, "weight", given)

    def weighted_gradients(self, given: dict) -> float:
        """Return the number that the second gradients are derivatives of."""
        return self._weighted(self.first, "second weight", given)

    def _weighted(self, symbols, word: str, given: dict) -> float:
        found = self.interpreter(given)
        return float(
            sum(
                (found.value(symbol) * found.given[word, i]).sum()
                for i, symbol in enumerate(symbols)
                if symbol is not None
            )
        )


def central_difference(number: Callable[[np.ndarray], float], at: np.ndarray, direction) -> float:
    """Return the derivative of a number with respect to an array, along a direction.

    Args:
        number: the function of the array.
        at: the array.
        direction: as large as the array.
    """
    return (number(at + _STEP * direction) - number(at - _STEP * direction)) / (2 * _STEP)


def elementwise_differences(number: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Return the derivative with respect to each element of an array."""
    found = np.zeros(at.shape)
    for index in np.ndindex(at.shape):
        direction = np.zeros(at.shape)
        direction[index] = 1
        found[index] = central_difference(number, at, direction)
    return found
