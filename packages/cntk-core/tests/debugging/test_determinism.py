from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk import cntk_py, seeds
from cntk.execution.threads import one_thread


@pytest.fixture(autouse=True)
def switches_as_before(monkeypatch):
    monkeypatch.setattr(one_thread, "always", False)
    yield
    seeds.reset_random_seed()


def test_nodes_draw_the_same_from_then_on():
    C.debugging.force_deterministic(3)
    first = C.parameter((4,), init=C.uniform(1)).value
    second = C.parameter((4,), init=C.uniform(1)).value
    assert np.array_equal(first, second)


def test_it_asks_for_deterministic_algorithms():
    C.debugging.force_deterministic(3)
    assert cntk_py.should_force_deterministic_algorithms()
    assert seeds.is_random_seed_fixed()
