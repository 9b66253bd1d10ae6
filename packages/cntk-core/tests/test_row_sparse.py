import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cntk.row_sparse import RowSparse, held
from cntk.sparse import SparseRows

HEIGHT = 6


@st.composite
def row_sparse_arrays(draw, rest=(2,)):
    indices = np.array(sorted(draw(st.sets(st.integers(0, HEIGHT - 1)))), np.int64)
    numbers = np.random.default_rng(draw(st.integers(0, 99)))
    rows = numbers.integers(1, 9, (len(indices), *rest)).astype(np.float32)
    return RowSparse(indices, rows, HEIGHT)


@given(row_sparse_arrays(), row_sparse_arrays())
def test_a_sum_holds_the_rows_of_both(left, right):
    found = left.merged(right)
    np.testing.assert_array_equal(found.to_dense(), left.to_dense() + right.to_dense())
    assert found.indices.tolist() == sorted({*left.indices.tolist(), *right.indices.tolist()})


@given(row_sparse_arrays(rest=(2, 3)))
def test_compressed_rows_are_the_same_array(array):
    rows = array.to_csr()
    assert rows.shape == (HEIGHT, 6)
    np.testing.assert_array_equal(rows.to_dense().reshape(HEIGHT, 2, 3), array.to_dense())
    back = RowSparse.from_csr(rows, (HEIGHT, 2, 3))
    assert back.indices.tolist() == array.indices.tolist()
    np.testing.assert_array_equal(back.rows, array.rows)


def test_repeated_values_of_compressed_rows_add_up():
    twice = SparseRows(np.ones(3, np.float32), [1, 1, 0], [0, 0, 2, 3], 2)
    array = RowSparse.from_csr(twice, (3, 2))
    assert array.indices.tolist() == [1, 2]
    assert array.rows.tolist() == [[0, 2], [1, 0]]


def test_numpy_sees_the_whole_array():
    array = RowSparse(np.array([1]), np.ones((1, 2), np.float32), 3)
    np.testing.assert_array_equal(np.asarray(array), [[0, 0], [1, 1], [0, 0]])
    assert np.asarray(array, np.float64).dtype == np.float64
    assert (array.shape, array.ndim, array.dtype) == ((3, 2), 2, np.float32)


def test_scipy_gets_matrices_alone():
    scipy_sparse = pytest.importorskip("scipy.sparse")
    matrix = RowSparse(np.array([1]), np.ones((1, 2), np.float32), 3).to_scipy()
    assert scipy_sparse.issparse(matrix)
    assert matrix.toarray().tolist() == [[0, 0], [1, 1], [0, 0]]
    tensor = RowSparse(np.array([1]), np.ones((1, 2, 2), np.float32), 3).to_scipy()
    assert tensor.shape == (3, 2, 2)


def test_the_numbers_that_are_held_are_found_for_every_storage():
    rows = np.ones((1, 2), np.float32)
    array = RowSparse(np.array([1]), rows, 3)
    assert held(array) is rows
    assert held(array.to_csr()).tolist() == [1, 1]
    assert held(rows) is rows
