import numpy as np
import pytest

import cntk as C
from cntk.execution.plan import Plan
from cntk.execution.program import Program
from cntk.execution.symbols import PlanGraph
from cntk.graph.infer import Spec
from cntk.operators.declare import registry
from cntk.sparse import DENSE, SparseRows, Storage

MATRIX = np.array([[0, 2, 0], [1, 0, 1]], np.float32)


@pytest.mark.parametrize("rest", [(), (4,), (4, 2)], ids=str)
def test_a_sparse_matrix_multiplies_like_a_dense_one(rest):
    right = np.arange(3 * np.prod(rest, dtype=int), dtype=np.float32).reshape(3, *rest)
    graph = PlanGraph(training=False)
    left = graph.leaf("given", 0, Spec((2, 3), np.dtype("f4"), (), Storage.CSR, False), key=0)
    other = graph.leaf("given", 1, Spec((3, *rest), np.dtype("f4"), (), DENSE, False), key=1)
    plan = Plan(graph, [registry["sparse_matrix_times"](left, other)])
    run = Program(plan, plan.payloads).run({}, {0: SparseRows.from_dense(MATRIX), 1: right})
    np.testing.assert_array_equal(run.array(0), np.tensordot(MATRIX, right, 1))


def test_a_product_with_samples_takes_the_dense_way():
    x = C.input_variable((4, 2))
    sample = C.random_sample([0, 0, 1, 0], 3, True)
    found = C.times(sample, x).eval({x: np.arange(16, dtype=np.float32).reshape(2, 4, 2)})
    assert found.tolist() == [[[4, 5]] * 3, [[12, 13]] * 3]


def test_only_parameters_take_row_sparse_gradients():
    table = C.parameter((4, 2), init=1)
    sample = C.random_sample([0, 0, 1, 0], 3, True)
    direct, scaled = (C.times(sample, t).grad({}, [table], as_numpy=False)
                      for t in (table, 2 * table))  # fmt: skip
    assert (direct.is_sparse, scaled.is_sparse) == (True, False)
    np.testing.assert_array_equal(2 * direct.rows.to_dense(), scaled.asarray())
