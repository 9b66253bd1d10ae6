import numpy as np
import pytest

import cntk as C
from cntk.sparse import SparseRows

Z = np.array([[1, 3, 2], [5, 1, 5], [0, 0, 0]], np.float32)
ONE_HOT = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], np.float32)
SOFT = np.array([[0.2, 0.3, 1], [0.5, 0.5, 0], [0, 0, 0]], np.float32)


def shares(z, axis=-1):
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


@pytest.fixture
def z():
    return C.input_variable(3, needs_gradient=True)


def test_targets_are_taken_as_they_are(z):
    t = C.input_variable(3, needs_gradient=True)
    loss = C.cross_entropy_with_softmax(z, t)
    found, values = loss.grad({z: Z, t: SOFT}, [z, t], outputs=[loss.output])
    log_sum = np.log(np.exp(Z).sum(axis=1, keepdims=True))
    expected = log_sum - (SOFT * Z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(values, expected, rtol=1e-5)
    np.testing.assert_allclose(found[z], shares(Z) - SOFT, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found[t], -Z)


def test_sparse_targets_give_what_dense_ones_give(z):
    dense, sparse = C.input_variable(3), C.input_variable(3, is_sparse=True)
    for target in (ONE_HOT, SOFT):
        expected = C.cross_entropy_with_softmax(z, dense).grad({z: Z, dense: target}, [z])
        rows = SparseRows.from_dense(target)
        found = C.cross_entropy_with_softmax(z, sparse).grad({z: Z, sparse: rows}, [z])
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7)


def test_entries_of_one_place_add_up(z):
    t = C.input_variable(3, is_sparse=True)
    twice = SparseRows(np.float32([0.5, 0.5]), [1, 1], [0, 2], 3)
    loss = C.cross_entropy_with_softmax(z, t)
    gradient, values = loss.grad({z: Z[:1], t: twice}, [z], outputs=[loss.output])
    np.testing.assert_allclose(values, [[0.407606]], rtol=1e-5)
    np.testing.assert_allclose(gradient, shares(Z[:1]) - ONE_HOT[:1], rtol=1e-5)


def test_one_target_serves_the_whole_batch(z):
    loss = C.cross_entropy_with_softmax(z, C.constant(ONE_HOT[0]))
    np.testing.assert_allclose(loss.grad({z: Z}, [z]), shares(Z) - ONE_HOT[0], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("axis, shape", [(0, (1, 3)), (1, (2, 1)), (-2, (1, 3))])
def test_along_an_axis_the_others_stay(axis, shape):
    x, t = C.input_variable((2, 3), needs_gradient=True), C.input_variable((2, 3))
    loss = C.cross_entropy_with_softmax(x, t, axis)
    assert loss.shape == shape
    data = np.random.default_rng(0).normal(size=(4, 2, 3)).astype(np.float32)
    target = (data > 0.5).astype(np.float32)
    along = axis + 1 if axis >= 0 else axis
    expected = shares(data, along) - target
    np.testing.assert_allclose(loss.grad({x: data, t: target}, [x]), expected, rtol=1e-4, atol=1e-6)


def test_all_static_axes_leave_a_number_and_the_batch_axis_leaves_no_batch(z):
    t = C.input_variable(3)
    whole = C.cross_entropy_with_softmax(z, t, C.Axis.all_static_axes())
    assert whole.shape == ()
    np.testing.assert_allclose(
        whole.eval({z: Z, t: ONE_HOT}), [0.407606, 0.702263, 1.098612], rtol=1e-5
    )
    across = C.cross_entropy_with_softmax(z, t, C.Axis.default_batch_axis())
    assert across.dynamic_axes == () and across.shape == (3,)


def test_large_outputs_do_not_overflow(z):
    t = C.input_variable(3)
    loss = C.cross_entropy_with_softmax(z, t)
    data = np.array([[1e4, 0, 0], [-1e4, -np.inf, -1e4]], np.float32)
    gradient, values = loss.grad({z: data, t: ONE_HOT[[2, 2]]}, [z], outputs=[loss.output])
    np.testing.assert_allclose(values[0], 0)
    np.testing.assert_allclose(gradient, [[0, 0, 0], [-0.5, 0, 0.5]], atol=1e-3)


def test_shapes_must_agree(z):
    with pytest.raises(ValueError, match="Times: The 1 leading dimensions"):
        C.cross_entropy_with_softmax(z, C.input_variable(4))
