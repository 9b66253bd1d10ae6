import numpy as np
import pytest

import cntk as C
from cntk.ops._linear.sparse_product import sparse_product
from cntk.sparse import SparseRows, sum_at

# an empty row first, in the middle and last; a column that comes up twice in a row
DENSE = np.array([[0, 0, 0], [1, 0, 2], [0, 0, 0], [0, 3, 0], [0, 0, 0]], np.float32)
ROWS = SparseRows.from_dense(DENSE)
ONE_HOT = SparseRows.from_dense(np.eye(3, dtype=np.float32)[[2, 0, 2]])


@pytest.mark.parametrize("rows", [ROWS, ONE_HOT, ROWS[[0, 2]]], ids=["some", "one-hot", "none"])
def test_rows_pick_and_add_sub_tensors_of_a_table(rows):
    table = np.arange(12, dtype=np.float32).reshape(3, 4)
    dense = rows.to_dense()
    found = sparse_product(rows, table, (0,), (0,), False, False)
    np.testing.assert_allclose(found, dense @ table)
    turned = sparse_product(rows, table.T.copy(), (0,), (1,), False, False)
    np.testing.assert_allclose(turned, dense @ table)


@pytest.mark.parametrize("rows", [ROWS, ONE_HOT, ROWS[[0, 2]]], ids=["some", "one-hot", "none"])
def test_the_gradient_to_the_table_adds_up_by_column(rows):
    gradient = np.arange(len(rows) * 2, dtype=np.float32).reshape(len(rows), 2)
    found = sparse_product(rows, gradient, (), (), True, True)
    np.testing.assert_allclose(found, rows.to_dense().T @ gradient)


def test_other_products_of_sparse_rows_are_those_of_dense_ones():
    per_row = np.arange(30, dtype=np.float32).reshape(5, 3, 2)
    found = sparse_product(ROWS, per_row, (0,), (0,), False, True)
    np.testing.assert_allclose(found, np.einsum("rk,rkb->rb", DENSE, per_row))
    outer = sparse_product(ROWS, np.array([1, 2], np.float32), (), (), False, False)
    np.testing.assert_allclose(outer, DENSE[..., None] * [1, 2])
    total = sparse_product(ROWS, per_row, (0,), (0,), True, True)
    np.testing.assert_allclose(total, np.einsum("rk,rkb->b", DENSE, per_row))


def test_sums_at_places_add_what_meets():
    parts = np.arange(8, dtype=np.float32).reshape(4, 2)
    np.testing.assert_array_equal(
        sum_at(np.array([2, 0, 2, 2]), parts, 3), [[2, 3], [0, 0], [10, 13]]
    )
    assert sum_at(np.array([], int), parts[:0], 3).shape == (3, 2)


@pytest.mark.parametrize(
    "product", [C.times, lambda x, w: C.times_transpose(x, C.transpose(w, (1, 0)))]
)
def test_a_sparse_operand_gives_values_and_weight_gradients_of_a_dense_one(product):
    scipy_sparse = pytest.importorskip("scipy.sparse")
    weight = C.parameter(init=np.arange(6, dtype=np.float32).reshape(3, 2))
    found = []
    for is_sparse, data in ((True, scipy_sparse.csr_matrix(DENSE)), (False, DENSE)):
        x = C.input_variable(3, is_sparse=is_sparse)
        function = product(x, weight)
        found.append(function.grad({x: data}, [weight], outputs=[function.output]))
    by_rows, whole = found[0][0], found[1][0]
    if scipy_sparse.issparse(by_rows):  # the sparse operand looks up rows of the weight
        by_rows = by_rows.toarray()
    np.testing.assert_allclose(by_rows, whole)
    np.testing.assert_allclose(found[0][1], found[1][1])
