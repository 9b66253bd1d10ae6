"""Mixing the samples of a minibatch."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io.deferred import Moment
from cntk.io.transforms import mixup
from cntk.io.transforms.mixup import mixed
from cntk.sparse import SparseRows

MOMENTS = [Moment(3, 1, i) for i in range(4000)]


@pytest.mark.parametrize("alpha", [0.1, 0.5, 1.0])
def test_shares_have_the_distribution_of_beta(alpha):
    shares = mixup(alpha).shares(MOMENTS)
    assert shares.min() >= 0 and shares.max() <= 1
    assert shares.mean() == pytest.approx(0.5, abs=0.02)
    assert shares.var() == pytest.approx(1 / (4 * (2 * alpha + 1)), abs=0.01)


def test_a_tiny_alpha_keeps_nearly_all():
    shares = mixup(0.001).shares(MOMENTS)
    assert np.isfinite(shares).all()
    assert np.minimum(shares, 1 - shares).mean() < 0.01


def test_rows_are_mixed_with_the_next_one():
    rows = np.array([[1.0, 0], [0, 10], [4, 4]], np.float32)
    shares = np.array([1, 0.75, 0.5], np.float32)
    expected = [[1, 0], [1, 8.5], [2.5, 2]]
    np.testing.assert_allclose(mixed(rows, shares), expected)
    sparse = mixed(SparseRows.from_dense(rows), shares)
    assert len(sparse) == 3
    np.testing.assert_allclose(sparse.to_dense(), expected)


def test_one_sample_is_mixed_with_itself():
    rows = np.array([[1.0, 2]], np.float32)
    np.testing.assert_allclose(mixed(rows, np.float32([0.3])), rows)
    sparse = mixed(SparseRows.from_dense(rows), np.float32([0.3]))
    np.testing.assert_allclose(sparse.to_dense(), rows)


@pytest.mark.parametrize("alpha", [0, -1, 2, "x"])
def test_another_alpha_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha is a number from 0.001 to 1"):
        mixup(alpha)
