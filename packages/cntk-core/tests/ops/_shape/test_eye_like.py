import numpy as np
import pytest

import cntk as C

BATCH = C.Axis.default_batch_axis()


def test_the_samples_of_a_minibatch_are_the_rows():
    x = C.input_variable(3)
    for rows in (2, 5):
        found = C.eye_like(x, sparse_output=False).eval({x: np.ones((rows, 3), np.float32)})
        np.testing.assert_array_equal(found, np.eye(rows, 3))


def test_sparse_results_are_csr_matrices_and_count_as_dense_operands():
    pytest.importorskip("scipy.sparse")
    x = C.input_variable(3)
    data = {x: np.ones((5, 3), np.float32)}
    for operand, given, expected in (
        (x, data, np.eye(5, 3)),
        (C.parameter((2, 4)), {}, np.eye(2, 4)),
    ):
        unit = C.eye_like(operand)
        np.testing.assert_array_equal(unit.eval(given).toarray(), expected)
        np.testing.assert_array_equal((unit * 2).eval(given), 2 * expected)


@pytest.mark.parametrize(
    "shape, axes",
    [((3,), ()), ((2, 3), (BATCH,)), ((), (BATCH, C.Axis.default_dynamic_axis()))],
)
def test_only_matrices_have_unit_matrices(shape, axes):
    with pytest.raises(ValueError):
        C.eye_like(C.input_variable(shape, dynamic_axes=axes))
