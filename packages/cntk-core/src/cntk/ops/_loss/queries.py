"""Ranked lists: samples that belong to one query, and how well scores order them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


class Query:
    """The samples of one query, which stand one after the other in the minibatch.

    Args:
        where: their places in the minibatch.
        score: the score that a model gives to each.
        gain: what each is worth; CNTK takes the given order for the best one.

    >>> query = Query(slice(0, 3), np.array([1., 3., 2.]), np.array([3., 0., 1.]))
    >>> query.ranking.tolist(), round(query.quality, 3)
    ([1, 2, 0], 0.609)
    """

    def __init__(self, where: slice, score: np.ndarray, gain: np.ndarray) -> None:
        self.where, self.score, self.gain = where, score, gain
        # equal scores: the worst order counts, so that a model does not gain by telling nothing
        self.ranking = np.lexsort((gain, -score))
        self.discount = 1 / np.log(np.arange(2.0, len(gain) + 2))  # of rank 1, 2, ...
        self.best = float(gain @ self.discount)

    @property
    def quality(self) -> float:
        """Normalized discounted cumulative gain: 1 for the given order, 0 without any gain."""
        return float(self.gain[self.ranking] @ self.discount) / self.best if self.best else 0.0

    @property
    def first_quality(self) -> float:
        """Gain of the sample with the highest score, as a share of that of the first one."""
        best = float(self.gain[0])
        return float(self.gain[self.ranking[0]]) / best if best else 0.0

    def pull(self) -> np.ndarray:
        """Return the LambdaRank gradient of the samples' scores."""
        if not self.best:
            return np.zeros_like(self.score)
        discount = np.empty_like(self.discount)
        discount[self.ranking] = self.discount
        better = self.gain[:, None] - self.gain  # rows: the sample that stands before
        change = np.abs(better * (discount[:, None] - discount)) / self.best
        with np.errstate(over="ignore"):  # exp of a large difference: the pair is in order
            force = change / (1 + np.exp(self.score[:, None] - self.score))
        force[np.tril_indices(len(force))] = 0
        force[better <= 0] = 0
        return force.sum(axis=0) - force.sum(axis=1)


def queries(score: np.ndarray, gain: np.ndarray, group: np.ndarray) -> Iterator[Query]:
    """Yield the queries of a minibatch: runs of samples with one number of group."""
    ends = [*(np.flatnonzero(np.diff(group)) + 1).tolist(), len(group)]
    start = 0
    for end in ends:
        where = slice(start, end)
        yield Query(where, score[where].astype(np.float64), gain[where].astype(np.float64))
        start = end
