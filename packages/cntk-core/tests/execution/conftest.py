"""Plans of known kernels, whatever packages are installed."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.autodiff import gradients
from cntk.axis import BATCH_AXIS
from cntk.execution.plan import Plan
from cntk.execution.program import Program
from cntk.execution.symbols import PlanGraph
from cntk.graph.infer import Spec
from cntk.layout import Layout
from cntk.sparse import DENSE
from cntk.testing.backends import only
from cntk.testing.chains import chain_kernel
from cntk.testing.interpreter import Interpreter

AXES = (BATCH_AXIS,)


@pytest.fixture
def numpy_kernels():
    """Make plans of NumPy's kernels, one for each step."""
    with only("numpy"):
        yield


@pytest.fixture
def chain_kernels():
    """Make plans of NumPy's kernels and of chains that an interpreter runs."""
    with only("numpy", also=[chain_kernel]):
        yield


class Network:
    """A plan's graph with data for its leaves.

    Args:
        rows: how many rows there are.
        dtype: of all leaves.
    """

    def __init__(self, rows: int = 3, dtype=np.float32) -> None:
        self.graph, self.rows, self.dtype = PlanGraph(training=True), rows, np.dtype(dtype)
        self.given: dict = {}
        self._random = np.random.default_rng(rows)

    def leaf(self, *shape: int, has_rows: bool = True):
        """Return the symbol of random numbers."""
        key, axes = len(self.given), AXES * has_rows
        whole = (self.rows,) * has_rows + shape
        self.given[key] = self._random.uniform(-1, 1, whole).astype(self.dtype)
        return self.graph.leaf("given", key, Spec(shape, self.dtype, axes, DENSE, True), key=key)

    def gradients(self, y, leaves: list) -> list:
        """Return the symbols of the gradients of a weighted sum of y."""
        return gradients(self.graph, [(y, self.leaf(*y.shape, has_rows=y.has_rows))], leaves)

    def check(self, wanted: list) -> Plan:
        """Compare what a plan computes with the references; return the plan."""
        plan, layouts = Plan(self.graph, wanted), {AXES: Layout(self.rows)}
        supplied = {key: self.given[key] for key in plan.given_slots}
        run = Program(plan, plan.payloads).run({}, supplied, layouts)
        found = [np.array(run.array(i)) for i in range(len(wanted))]
        run.end()
        expected = Interpreter(self.graph, self.given, layouts).values(wanted)
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
        return plan


@pytest.fixture
def network(chain_kernels):
    """Return the class of networks, whose plans have chains."""
    return Network
