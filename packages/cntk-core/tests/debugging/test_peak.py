from __future__ import annotations

import pytest

from cntk.debugging.peak import Peak, overhead, peak
from cntk.debugging.work import Work


def test_it_is_measured_once():
    assert peak() is peak()
    assert peak().operations > 1e8 and peak().bytes > 1e8


@pytest.mark.parametrize("work, seconds", [(Work(10, 1), 2), (Work(1, 30), 3), (Work(0, 0), 0)])
def test_the_slower_of_both_tells_the_least_time(work, seconds):
    assert Peak(5, 10).seconds(work) == seconds


def test_a_minibatch_with_nothing_to_compute_takes_some_microseconds():
    assert 1e-6 < overhead() < 1e-2
