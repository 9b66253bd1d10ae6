"""Which values of a plan have a batch axis of their own."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.session import program_for

BATCH = C.Axis.default_batch_axis()


def axes_of(*functions) -> list[str]:
    """Return the names of the batch axes of outputs, in a plan of all of them."""
    whole = C.combine(list(functions))
    plan = program_for(whole, whole.outputs, False).plan
    assert all(symbol.dynamic_axes[0].is_batch_axis for symbol in plan.outputs)
    return [symbol.dynamic_axes[0].name for symbol in plan.outputs]


def made(samples: int = 2):
    return C.to_batch(C.parameter((samples, 3)))


@pytest.fixture
def x():
    return C.input_variable(3)


def test_what_is_fed_has_the_batch_axis(x):
    assert axes_of(x + 1) == [BATCH.name]


def test_the_only_batch_has_it_too():
    assert axes_of(made() * 2) == [BATCH.name]


def test_what_never_meets_the_fed_ones_has_its_own(x):
    fed, own, other = axes_of(x + 1, made() * 2, made(4))
    assert fed == BATCH.name
    assert len({fed, own, other}) == 3


def test_what_meets_the_fed_ones_shares_theirs(x):
    rows = made()
    assert axes_of(rows * 2, rows + x) == [BATCH.name] * 2


def test_what_meets_shares(x):
    first, second = made(), made()
    fed, *own = axes_of(x + 1, first * 2, second, first - second)
    assert len({*own}) == 1 and fed not in own


def test_the_way_back_to_a_tensor_parts_them(x):
    whole = C.unpack_batch(x * 2)
    assert len({*axes_of(x + 1, C.to_batch(whole) * 3)}) == 2


def test_frames_have_the_samples_of_their_sequences():
    s = C.sequence.input_variable(3)
    last, repeated, own = axes_of(
        C.sequence.last(s), C.sequence.broadcast_as(made(), s), made(4) + 1
    )
    assert last == repeated == BATCH.name != own


def test_equal_graphs_have_equal_plans(x):
    def plan():
        f = C.combine([C.exp(x), C.to_batch(C.constant(np.ones((4, 3), np.float32))) * 2])
        return program_for(f, f.outputs, False).plan

    assert plan() is plan()
