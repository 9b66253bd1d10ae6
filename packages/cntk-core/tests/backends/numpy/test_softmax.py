"""More rows than are worked on together; small operands are compared by the conformance suite."""

import numpy as np
import pytest

import cntk as C
from cntk.backends.numpy import softmax
from cntk.sparse import SparseRows


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(softmax, "_CHUNK", 64)


def data(rows, *shape):
    return np.random.default_rng(rows).normal(size=(rows, *shape))


def expected_shares(x, axis):
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


@pytest.mark.parametrize("shape, axis", [((5,), 0), ((40, 3), 0), ((3, 40), 1), ((2, 4, 3), 1)])
@pytest.mark.parametrize("rows", [1, 13])
def test_softmax_and_its_gradient(rows, shape, axis):
    x = C.input_variable(shape, dtype=np.float64, needs_gradient=True)
    weight = C.input_variable(shape, dtype=np.float64)
    values, weights = data(rows, *shape), data(rows + 1, *shape)[1:]
    for function, slope in (
        (C.softmax, lambda y, dy: y * (dy - (y * dy).sum(axis=axis + 1, keepdims=True))),
        (C.log_softmax, lambda y, dy: dy - np.exp(y) * dy.sum(axis=axis + 1, keepdims=True)),
    ):
        result = function(x, axis)
        y = expected_shares(values, axis + 1)
        y = y if function is C.softmax else np.log(y)
        np.testing.assert_allclose(result.eval({x: values}), y, rtol=1e-12)
        gradient = C.reduce_sum(result * weight).grad({x: values, weight: weights}, [x])
        np.testing.assert_allclose(gradient, slope(y, weights), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("classes", [3, 50])
@pytest.mark.parametrize("is_sparse", [False, True])
def test_cross_entropy_and_its_gradient(classes, is_sparse):
    z = C.input_variable(classes, dtype=np.float64, needs_gradient=True)
    t = C.input_variable(classes, dtype=np.float64, is_sparse=is_sparse)
    values = data(13, classes)
    target = np.eye(classes)[np.arange(13) % classes]
    fed = SparseRows.from_dense(target) if is_sparse else target
    loss = 3 * C.cross_entropy_with_softmax(z, t)
    gradient, found = loss.grad({z: values, t: fed}, [z], outputs=[loss.output])
    shares = expected_shares(values, 1)
    np.testing.assert_allclose(found, -3 * np.log((shares * target).sum(axis=1, keepdims=True)))
    np.testing.assert_allclose(gradient, 3 * (shares - target), rtol=1e-12, atol=1e-14)
