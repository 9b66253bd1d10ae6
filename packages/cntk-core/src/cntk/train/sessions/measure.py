"""The mean of a metric over a source of data."""

from __future__ import annotations

from collections.abc import Callable

from cntk.eval.evaluator import Evaluator
from cntk.train.sessions.feed import Feed
from cntk.train.sessions.minibatch_sizes import MinibatchSizeSchedule


def measured(
    evaluator: Evaluator,
    feed: Feed,
    sizes: MinibatchSizeSchedule,
    limit: int | None = None,
    after_minibatch: Callable[[], None] = lambda: None,
) -> tuple[float, int, int]:
    """Return (mean of the metric, samples, minibatches) over all that a source gives.

    Args:
        evaluator: what measures.
        feed: the data.
        sizes: of minibatches.
        limit: samples to take at most.
        after_minibatch: is called after each minibatch.
    """
    measure = evaluator.evaluation_function
    wanted = set() if measure is None else set(measure.arguments)
    total, samples, minibatches = 0.0, 0, 0
    while limit is None or samples < limit:
        size = sizes.at(samples, 0)
        data = feed.next_minibatch(size if limit is None else min(size, limit - samples))
        if not data:
            break
        mean, count = evaluator.measure({v: d for v, d in data.items() if v in wanted})
        total, samples, minibatches = total + mean * count, samples + count, minibatches + 1
        after_minibatch()
        if feed.at_end:
            break
    return total / samples if samples else 0.0, samples, minibatches
