"""A parameter in the plan of an update: read and written as a whole, or some rows of it."""

from __future__ import annotations

import numpy as np

from cntk.axis import Axis
from cntk.dtypes import widened
from cntk.execution.symbols import PlanGraph, Symbol
from cntk.graph.infer import Spec
from cntk.layout import Layout
from cntk.operators.declare import registry
from cntk.row_sparse import RowSparse


class WholeParameter:
    """A parameter whose gradient is dense.

    Args:
        graph: the graph of the update.
        learner: the learner.
        index: number of the parameter.
    """

    by_rows = False

    def __init__(self, graph: PlanGraph, learner, index: int) -> None:
        self._graph, self._learner, self._index = graph, learner, index
        self.parameter = learner.updated(index)
        self.spec = Spec(self.parameter.shape, self.parameter._dtype)
        self.gradient = self._given("gradient", self.spec.shape)
        self.old = self.read(self.parameter)

    def _given(self, word: str, shape: tuple[int, ...]) -> Symbol:
        """Return the leaf of an array that comes with each update."""
        return self._graph.given((word, self._index), self.spec._replace(shape=shape))

    def whole(self, stored) -> Symbol:
        """Return the parameter, or an array of its state."""
        return self._graph.leaf("cell", stored, self.spec)

    def read(self, stored) -> Symbol:
        """Return what the rule sees of the parameter, or of an array of its state."""
        return self.whole(stored)

    def written(self, stored, new: Symbol) -> Symbol:
        """Return the whole array once the rule's result has been written to it."""
        return new

    def state(self, name: str) -> Symbol:
        """Return what the rule sees of its state."""
        return self.read(self._learner.state_array(self._index, name))


class RowsOfParameter(WholeParameter):
    """The rows of a parameter that a row-sparse gradient touches, as rows of an axis of their own.

    The others are neither read nor written. What they would have gone through meanwhile is made up
    for when they are touched, as far as the rule declares it: their state decays.
    """

    by_rows = True

    def __init__(self, graph: PlanGraph, learner, index: int) -> None:
        self.axes = (Axis(f"touched rows of parameter {index}"),)
        self._places = graph.given(("places", index), Spec((), np.dtype(np.int64), self.axes))
        super().__init__(graph, learner, index)

    def _given(self, word: str, shape: tuple[int, ...]) -> Symbol:
        spec = self.spec._replace(shape=shape[1:], axes=self.axes)
        return self._graph.given((word, self._index), spec)

    def read(self, stored) -> Symbol:
        return registry["rows_at"](self.whole(stored), self._places)

    def written(self, stored, new: Symbol) -> Symbol:
        return registry["put_rows"](self.whole(stored), self._places, new)

    def state(self, name: str) -> Symbol:
        rows = super().state(name)
        decay = self._learner.rule.decays.get(name)
        if decay is None:
            return rows
        return rows * self._given(f"decay by {decay}", self.spec.shape[:1])

    def layout(self, gradient: RowSparse) -> Layout:
        """Return the layout of the touched rows."""
        return Layout(len(gradient.indices))

    def data(self, gradient: RowSparse, missed: np.ndarray | None, numbers: dict) -> dict:
        """Return {leaf: array} of an update.

        Args:
            gradient: the gradient.
            missed: the number of updates since each row was touched; None: it does not matter.
            numbers: the numbers of this update by name.
        """
        index, dtype = self._index, self.parameter._dtype
        found: dict = {
            ("places", index): gradient.indices,
            ("gradient", index): widened(gradient.rows),
        }
        for decay in set(self._learner.rule.decays.values()):
            assert missed is not None, "a rule with decays counts"
            found[f"decay by {decay}", index] = np.power(numbers[decay], missed).astype(dtype)
        return found
