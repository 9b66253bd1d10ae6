from __future__ import annotations

import cntk as C
from cntk.debugging import Estimate
from cntk.debugging.costs import Minibatch
from cntk.execution.usage import Use


def estimate(minibatch: Minibatch) -> Estimate:
    uses = (Use(2_500_000, "10 rows of [3] float32, operator 'plus'"),)
    return Estimate("A step", minibatch, 1000, 2000, 0, 3_000_000, 5, 12_000, 0.0125, uses)


def test_the_table():
    assert str(estimate(Minibatch(10, 1))).splitlines() == [
        "A step",
        "on 10 samples",
        "------------------------",
        "parameters          1 kB",
        "gradients           2 kB",
        "learners             0 B",
        "values              3 MB",
        "data                 5 B",
        "------------------------",
        "memory              3 MB",
        "operations          12 k",
        "time             12.5 ms",
        "Largest arrays:",
        "    2.5 MB  10 rows of [3] float32, operator 'plus'",
    ]


def test_the_sizes_in_words():
    axis = C.Axis("time")
    assert "on 1 sample\n" in str(estimate(Minibatch(1, 1)))
    assert "on 3 sequences of 7 frames\n" in str(estimate(Minibatch(3, 7)))
    assert "on 2 sequences with 1,003 frames" in str(estimate(Minibatch(2, 1, {axis: (3, 1000)})))
