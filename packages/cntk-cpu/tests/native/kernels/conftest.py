"""Plans compared with the references of their operators."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from cntk.autodiff import gradients
from cntk.axis import BATCH_AXIS
from cntk.execution.plan import Plan
from cntk.execution.program import Program
from cntk.execution.symbols import PlanGraph
from cntk.execution.threads import one_thread
from cntk.graph.infer import Spec
from cntk.layout import Layout
from cntk.sparse import DENSE
from cntk.testing.backends import only
from cntk.testing.interpreter import Interpreter

AXES = (BATCH_AXIS,)


class Network:
    """A plan's graph with data for its leaves."""

    def __init__(self, rows: int) -> None:
        self.graph, self.rows = PlanGraph(training=True), rows
        self.given: dict = {}
        self._random = np.random.default_rng(rows)

    def leaf(self, *shape: int, has_rows: bool = False):
        """Return the symbol of random numbers."""
        key, axes = len(self.given), AXES * has_rows
        whole = (self.rows,) * has_rows + shape
        self.given[key] = self._random.uniform(-1, 1, whole).astype(np.float32)
        spec = Spec(shape, np.dtype(np.float32), axes, DENSE, True)
        return self.graph.leaf("given", key, spec, key=key)

    def gradients(self, y, leaves: list) -> list:
        """Return the symbols of the gradients of a sum of y, with random weights."""
        weights = self.leaf(*y.shape, has_rows=y.has_rows)
        return gradients(self.graph, [(y, weights)], leaves)

    def check(self, wanted: list) -> SimpleNamespace:
        """Compare a plan with the references; return the plan and its launches."""
        plan, layouts = Plan(self.graph, wanted), {AXES: Layout(self.rows)}
        supplied = {key: self.given[key] for key in plan.given_slots}
        run = Program(plan, plan.payloads).run({}, supplied, layouts)
        found = [np.array(run.array(i)) for i in range(len(wanted))]
        run.end()
        expected = Interpreter(self.graph, self.given, layouts).values(wanted)
        for one, other in zip(found, expected, strict=True):
            scale = max(1.0, float(np.abs(other).max(initial=0)))
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5 * scale)
        launches = [x for entry in plan.launches for x in getattr(entry, "launches", ())]
        return SimpleNamespace(plan=plan, launches=launches)


@pytest.fixture
def network():
    """Return the class of networks."""
    return Network


@pytest.fixture
def threads():
    """Return a function that runs something with a count of threads."""
    usual = one_thread.count

    def run(count: int, action):
        one_thread.count = count
        return action()

    yield run
    one_thread.count = usual


@pytest.fixture
def compared(threads):
    """Return a function that runs something by NumPy, then in C on one, two and three threads.

    It checks that all give the same, those in C to the last bit, and that the kernels in C served.
    """

    def compare(action, *kernels: str, rtol: float = 1e-5, atol: float = 1e-6) -> list:
        with only("numpy"):
            expected = action()
        found = threads(1, action)
        assert set(kernels) <= {name for name, backend in bound if backend == "native"}
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=rtol, atol=atol)
        for count in (2, 3):
            for one, other in zip(threads(count, action), found, strict=True):
                np.testing.assert_array_equal(one, other)
        return found

    bound: list[tuple[str, str]] = []
    make = Plan._bind

    def bind(self, steps, chosen, *rest, **options):
        for step, kernel in zip(steps, chosen):
            members = getattr(step.operator, "members", [step])
            bound.extend((member.operator.name, kernel.backend) for member in members)
        return make(self, steps, chosen, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Plan, "_bind", bind)
        yield compare
