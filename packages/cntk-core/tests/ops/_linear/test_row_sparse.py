import numpy as np
import pytest

import cntk as C
from cntk.autodiff import gradients
from cntk.execution.lower import Lowering
from cntk.execution.session import ones_like
from cntk.execution.symbols import PlanGraph
from cntk.sparse import Storage

TABLE = np.arange(10, dtype=np.float32).reshape(5, 2)
WORDS = [0, 3, 3]


def x_and_table(rest=(2,)):
    table = C.parameter((5, *rest), init=np.arange(5 * np.prod(rest)).reshape(5, *rest))
    return C.input_variable(5, is_sparse=True), table


def storage_of_gradient(function, leaf):
    graph = PlanGraph(training=True)
    lowering = Lowering(graph)
    (top,) = lowering.lower([function.output])
    (found,) = gradients(graph, [(top, ones_like(top))], [lowering.symbol_of[leaf]])
    return found.storage


def both_gradients(make):
    """Return the gradient to a table of a function of a sparse input, and of a dense one."""
    found = []
    for is_sparse in (True, False):
        x = C.input_variable(5, is_sparse=is_sparse)
        table = C.parameter((5, 2), init=TABLE)
        data = C.Value.one_hot(WORDS, 5) if is_sparse else np.eye(5, dtype=np.float32)[WORDS]
        value = make(x, table).grad({x: data}, [table], as_numpy=False)
        found.append(value.rows.to_dense() if value.is_sparse else value.asarray())
    return found


def test_a_product_with_sparse_rows_gives_its_table_a_row_sparse_gradient():
    x, table = x_and_table()
    assert storage_of_gradient(C.times(x, table), table) is Storage.ROWS
    value = C.times(x, table).grad({x: C.Value.one_hot(WORDS, 5)}, [table], as_numpy=False)
    assert value.is_sparse
    assert (value.shape, value.data.shape) == ((5, 2), (5, 2))
    assert value.rows.indptr.tolist() == [0, 2, 2, 2, 4, 4]
    assert value.rows.data.tolist() == [1, 1, 2, 2]


def test_as_numpy_it_is_a_compressed_matrix():
    scipy_sparse = pytest.importorskip("scipy.sparse")
    x, table = x_and_table()
    found = C.times(x, table).grad({x: C.Value.one_hot(WORDS, 5)}, [table])
    assert scipy_sparse.issparse(found)
    assert found.toarray().tolist() == [[1, 1], [0, 0], [0, 0], [2, 2], [0, 0]]


def test_backward_gives_the_same_as_grad():
    x, table = x_and_table()
    z = C.times(x, table)
    state, _ = z.forward({x: C.Value.one_hot(WORDS, 5)}, [z.output], {z.output})
    found = z.backward(state, {z.output: np.ones((3, 2), np.float32)}, {table}, as_numpy=False)
    assert found[table].is_sparse
    assert found[table].rows.to_dense()[:, 0].tolist() == [1, 0, 0, 2, 0]


def test_a_table_of_more_axes_takes_rows_too():
    x, table = x_and_table((2, 3))
    z = C.times(x, table, output_rank=2)
    value = z.grad({x: C.Value.one_hot(WORDS, 5)}, [table], as_numpy=False)
    assert value.is_sparse
    assert value.shape == (5, 2, 3)
    assert z.grad({x: C.Value.one_hot(WORDS, 5)}, [table]).shape == (5, 2, 3)


@pytest.mark.parametrize(
    ("make", "storage"),
    [
        (lambda x, table: C.times(x, table) + 2 * C.times(x, table), Storage.ROWS),
        (lambda x, table: C.times(C.times(x, table), C.transpose(table, (1, 0))), Storage.DENSE),
        (lambda x, table: C.times(x, table) + C.reduce_sum(table * table), Storage.DENSE),
        (lambda x, table: C.times(x, 2 * table), Storage.DENSE),
        (lambda x, table: C.times(x, table[:, 0:1]), Storage.DENSE),
        (lambda x, table: C.square(C.times(x, table)), Storage.ROWS),
        (lambda x, table: C.gather(table, C.argmax(x)), Storage.DENSE),
    ],
    ids=["two products", "tied", "regularized", "scaled", "sliced", "squared", "gather"],
)
def test_gradients_that_meet_are_those_of_dense_inputs(make, storage):
    np.testing.assert_allclose(*both_gradients(make), rtol=1e-6)
    x, table = x_and_table()
    assert storage_of_gradient(make(x, table), table) is storage


def test_a_gradient_can_be_differentiated_again():
    x, table = x_and_table()
    graph = PlanGraph(training=True)
    lowering = Lowering(graph)
    (top,) = lowering.lower([C.square(C.times(x, table)).output])
    leaf = lowering.symbol_of[table]
    (once,) = gradients(graph, [(top, ones_like(top))], [leaf])
    (twice,) = gradients(graph, [(once, ones_like(once))], [leaf])
    assert twice.shape == (5, 2)


def test_samples_without_values_touch_no_row():
    x, table = x_and_table()
    nothing = C.Value.one_hot([C.Value.ONE_HOT_SKIP] * 2, 5)
    value = C.times(x, table).grad({x: nothing}, [table], as_numpy=False)
    assert len(value.rows.data) == 0
    assert value.shape == (5, 2)
