"""Mixing the samples of a minibatch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cntk.io.deferred import Moment
from cntk.io.transforms.transform import Draw, Transform, checked
from cntk.sparse import SparseRows

_ATTEMPTS = 32


@dataclass(frozen=True)
class Mixup(Transform):
    """What :func:`mixup` returns; it is applied to whole minibatches."""

    kind: ClassVar[int] = 7

    alpha: float

    def apply(self, image: np.ndarray, draw: Draw) -> np.ndarray:
        """Return the image as it is: only with others it is mixed."""
        return image

    def shares(self, moments: list[Moment]) -> np.ndarray:
        """Return how much of each sample is kept.

        Args:
            moments: the samples of the minibatch.
        """
        stream = self.kind * 16
        return np.array(
            [_beta(self.alpha, Draw(moment, stream).numbers(2 * _ATTEMPTS)) for moment in moments],
            np.float32,
        )


def mixup(alpha=0.2) -> Mixup:
    """Return the transform that mixes each sample of a minibatch with the next one.

    Images and labels of all streams become ``share * own + (1 - share) * next``; the last sample is
    mixed with the first. The share is drawn from Beta(alpha, alpha) for each sample. It is given
    as the last transform of an image stream.

    Args:
        alpha: small values leave most samples nearly as they are; above 0, up to 1.

    Raises:
        ValueError: alpha is not in that range.

    Reference: Zhang, Cisse, Dauphin, Lopez-Paz, "mixup: beyond empirical risk minimization",
    ICLR 2018.

    >>> from cntk.io.deferred import Moment
    >>> shares = mixup(1.0).shares([Moment(0, 0, i) for i in range(200)])
    >>> bool(0.4 < shares.mean() < 0.6)
    True
    """
    return Mixup(checked("mixup", "alpha", alpha, 1e-3, 1))


def mixed(rows, shares: np.ndarray):
    """Return rows, each mixed with the next one; the last with the first.

    Args:
        rows: array or :class:`SparseRows`, a row for each sample.
        shares: how much is kept of each row.
    """
    following = np.roll(np.arange(len(shares)), -1)
    if isinstance(rows, SparseRows):
        return _mixed_sparse(rows, rows[following], shares)
    weights = shares.reshape(-1, *[1] * (rows.ndim - 1))
    other = rows[following]
    other -= rows
    other *= 1 - weights
    other += rows
    return other


def _mixed_sparse(own: SparseRows, other: SparseRows, shares: np.ndarray) -> SparseRows:
    """Return weighted sums of rows; an element of both stands twice, which adds up."""
    both = SparseRows.stack([own, other])
    count = len(own)
    weights = np.concatenate([shares, 1 - shares])
    data = both.data * weights[both.row_of_value()].astype(both.data.dtype)
    weighted = SparseRows(data, both.indices, both.indptr, both.width)
    pairs = np.stack([np.arange(count), np.arange(count) + count], axis=1).ravel()
    joined = weighted[pairs]
    return SparseRows(joined.data, joined.indices, joined.indptr[::2], both.width)


def _beta(alpha: float, numbers: list[float]) -> float:
    """Return a draw from Beta(alpha, alpha) by Jöhnk's method, in logarithms."""
    first = second = 0.0
    for u, v in zip(numbers[::2], numbers[1::2]):
        # 1 - u lies in (0, 1]
        first, second = math.log(1 - u) / alpha, math.log(1 - v) / alpha
        if math.exp(first) + math.exp(second) <= 1:
            break
    return 1 / (1 + math.exp(min(700.0, second - first)))
