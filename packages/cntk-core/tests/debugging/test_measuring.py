from __future__ import annotations

import math

from cntk.debugging.measuring import Times
from cntk.debugging.work import Work
from cntk.execution.watch import Span


def span(seconds, runs=1):
    return Span(0.0, seconds, runs, [])


def test_the_runs_of_a_loop_count_with_their_mean():
    times = Times("plus", in_loop=True)
    times.add(span(1.0), Work(1, 8))
    times.add(span(6.0, runs=2), Work(2, 16))
    assert (times.count, times.total, times.work) == (3, 7.0, Work(3, 24))
    assert (times.shortest, times.longest, times.squares) == (1.0, 3.0, 19.0)


def test_merged_times_are_those_of_both():
    one, other = Times("plus", False), Times("plus", False)
    one.add(span(1.0), Work(1, 8))
    other.add(span(2.0), Work(1, 8))
    one.merge(other)
    assert (one.count, one.total, one.shortest, one.longest) == (2, 3.0, 1.0, 2.0)
    assert one.work == Work(2, 16)


def test_what_never_ran_has_no_shortest_time():
    assert Times("plus", False).shortest == math.inf
