import numpy as np
import pytest

import cntk as C


@pytest.mark.parametrize(
    "axis, shape",
    [(-1, (2, 3, 4)), (0, (4, 2, 3)), (1, (2, 4, 3)), (2, (2, 3, 4)), (-3, (4, 2, 3))],
)
def test_the_classes_become_a_new_axis(axis, shape):
    x = C.input_variable((2, 3))
    data = np.array([[[0, 1, 2], [3, 2, 1]]], np.float32)
    encoded = C.one_hot(x, 4, axis=axis)
    assert encoded.shape == shape
    expected = np.moveaxis(np.eye(4)[data[0].astype(int)], -1, axis)
    np.testing.assert_array_equal(encoded.eval({x: data})[0], expected)


def test_fractions_are_cut_off_and_indices_outside_give_zeros():
    x = C.input_variable(5)
    data = np.array([[1.7, -0.5, 9, np.nan, np.inf]], np.float32)
    expected = np.zeros((5, 3))
    expected[0, 1] = 1
    np.testing.assert_array_equal(C.one_hot(x, 3).eval({x: data})[0], expected)


@pytest.mark.parametrize("arguments", [(0,), (-1,), (2.5,), ("x",), (3, False, 2), (3, False, -3)])
def test_arguments_out_of_bounds_are_refused(arguments):
    with pytest.raises(ValueError):
        C.one_hot(C.input_variable(3), *arguments)


def test_sparse_vectors_multiply_like_dense_ones_and_stand_for_them_elsewhere():
    x = C.input_variable(())
    data = {x: np.array([2, 0, 7], np.float32)}
    table = C.parameter(init=np.arange(6, dtype=np.float32).reshape(3, 2))
    sparse, dense = (C.one_hot(x, 3, is_sparse) for is_sparse in (True, False))
    for function in (lambda v: C.times(v, table), lambda v: v + 1, lambda v: C.reduce_sum(v)):
        np.testing.assert_array_equal(function(sparse).eval(data), function(dense).eval(data))
    by_rows, whole = [
        C.times(v, table).grad(data, [table], as_numpy=False) for v in (sparse, dense)
    ]
    np.testing.assert_array_equal(by_rows.rows.to_dense(), whole.rows)


def test_sparse_results_are_csr_matrices():
    scipy_sparse = pytest.importorskip("scipy.sparse")
    x = C.input_variable(())
    found = C.one_hot(x, 3, sparse_output=True).eval({x: np.array([2, 0, 7], np.float32)})
    assert scipy_sparse.issparse(found)
    np.testing.assert_array_equal(found.toarray(), [[0, 0, 1], [1, 0, 0], [0, 0, 0]])
