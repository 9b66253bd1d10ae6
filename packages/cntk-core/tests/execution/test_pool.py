from __future__ import annotations

import numpy as np

from cntk.execution.pool import InstancePool


class Bytes:
    """Memory of one array, as large as it is told."""

    places = ((0, None, 0),)

    def size(self, rows):
        return rows["bytes"]

    def views(self, raw, rows):
        return [(0, np.ndarray(rows["bytes"], np.uint8, raw))]


def sizes(count):
    return (("bytes", count),)


def pool() -> InstancePool:
    return InstancePool(Bytes(), [None])


def test_an_idle_instance_of_the_same_sizes_is_used_as_it_is():
    found = pool()
    first = found.lease(sizes(10))
    found.give_back(first)
    assert found.lease(sizes(10)) is first


def test_runs_at_the_same_time_have_memory_of_their_own():
    found = pool()
    assert not np.may_share_memory(*[found.lease(sizes(10)).slots[0] for _ in range(2)])


def test_a_large_arena_is_taken_over_and_grows_by_more_than_is_needed():
    found = pool()
    first = found.lease(sizes(1 << 23))
    found.give_back(first)
    second = found.lease(sizes((1 << 23) + 1))
    assert second is first
    assert second.raw.size >= 1.25 * (1 << 23)


def test_as_many_stay_as_runs_have_needed_lately():
    found = pool()
    together = [found.lease(sizes(1 << 23)) for _ in range(5)]
    for instance in together:
        found.give_back(instance)
    assert len(found._idle) == 5
    for _ in range(130):
        found.give_back(found.lease(sizes(1 << 23)))
    assert len(found._idle) == 1


def test_those_of_failed_runs_do_not_count():
    found = pool()
    for _ in range(100):
        found.lease(sizes(1 << 23))
        found.abandon()
    for _ in range(130):
        found.give_back(found.lease(sizes(1 << 23)))
    assert len(found._idle) == 1


def test_pools_that_are_gone_are_forgotten():
    from cntk.execution import pool as module

    kept = pool()
    for _ in range(300):
        pool()
    assert sum(reference() is None for reference in module._pools) < 2 * 64
    assert any(reference() is kept for reference in module._pools)
