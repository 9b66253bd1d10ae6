"""A backend's linker decides what a run calls; what it does not know stays as it was."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
import cntk.plugins as plugins
from cntk.execution.link import Bound, linked
from cntk.graph.nodes import mutations


@pytest.fixture
def linkers(monkeypatch):
    """The list of the linkers that there are."""
    found: list = []
    monkeypatch.setattr(plugins, "linkers", lambda: tuple(found))
    mutations[0] += 1
    yield found
    mutations[0] += 1


def launches(entries) -> list:
    return [entry.launch for entry in entries]


def test_without_linkers_entries_are_called_one_by_one(linkers):
    entries = [Bound(abs), Bound(len)]
    assert launches(linked(entries, None)) == [abs, len]


def test_linkers_follow_each_other(linkers):
    linkers.append(lambda entries, context: entries[::-1])
    linkers.append(lambda entries, context: [*entries, Bound(sum)])
    assert launches(linked([Bound(abs), Bound(len)], None)) == [len, abs, sum]


@pytest.mark.usefixtures("numpy_kernels")
def test_an_entry_tells_its_step_kernel_and_slots(linkers):
    seen: list[Bound] = []

    def all_in_one(entries, context):
        seen.extend(entries)
        return [Bound(lambda slots: [entry.launch(slots) for entry in entries])]

    linkers.append(all_in_one)
    x = C.input_variable(2)
    found = C.times(C.exp(x), C.parameter((2, 2), init=1)).eval({x: np.zeros((1, 2), "f")})
    np.testing.assert_array_equal(found, [[2, 2]])
    steps = [entry for entry in seen if entry.step is not None]
    assert [entry.step.operator.name for entry in steps] == ["exp", "contract"]
    assert steps[0].outputs[0] in steps[1].inputs
    assert all(entry.kernel.backend == "numpy" for entry in steps)
    released = [slot for entry in seen if entry.kernel is None for slot in entry.released]
    assert set(released) <= {slot for entry in steps for slot in entry.outputs}
