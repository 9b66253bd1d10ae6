"""Updates by rows: what learners do with row-sparse gradients."""

import numpy as np
import pytest

import cntk as C
from cntk.row_sparse import RowSparse
from cntk.sparse import SparseRows

TABLE = np.array([[1, -1], [2, 0.5], [-0.5, 0.25], [1.5, 0.75], [0.5, -2]], np.float32)
MINIBATCHES = [[[0, 1], [2]], [[1, 1, 2]], [[3]], [[0], [1, 3]], [[2, 0, 0]]]
ALL_ROWS = [[[0, 1, 2], [3, 4, 0]], [[4, 3, 2, 1, 0, 0]], [[1, 1], [0, 2], [3, 4]]]


class Training:
    """A table of words, a projection that stays, and a learner."""

    def __init__(self, make, is_sparse=True):
        self.x = C.sequence.input_variable(5, is_sparse=is_sparse)
        self.table = C.parameter((5, 2), init=TABLE)
        self.learner = make([self.table])
        z = C.times(C.times(self.x, self.table), np.array([[1], [0.5]], np.float32))
        self.trainer = C.Trainer(z, C.squared_error(z, C.constant([1.0])), self.learner)

    def after(self, minibatches):
        for words in minibatches:
            data = C.Value.one_hot(words, 5)
            if not self.x.is_sparse:
                data = [np.eye(5, dtype=np.float32)[w] for w in words]
            self.trainer.train_minibatch({self.x: data})
        return self.table.value


PRINTED = {  # by CNTK 2.7: rows 0 to 3 after all minibatches; nothing comes to row 4
    "sgd": (
        lambda p: C.sgd(p, 0.1),
        [[1.119907, -0.940046], [1.700231, 0.350116], [-0.24728, 0.37636], [1.28125, 0.640625]],
    ),
    "sgd clipped by element": (
        lambda p: C.sgd(p, 0.1, gradient_clipping_threshold_per_sample=0.3),
        [[1.09, -0.93968], [1.91, 0.41], [-0.41, 0.34], [1.44, 0.692333]],
    ),
    "sgd clipped by norm": (
        lambda p: C.sgd(p, 0.1, gradient_clipping_threshold_per_sample=0.3,
                        gradient_clipping_with_truncation=False),
        [[1.031185, -0.984407], [1.938236, 0.469118], [-0.446121, 0.276939], [1.458552, 0.729276]],
    ),
    "momentum": (
        lambda p: C.momentum_sgd(p, 0.1, 0.9),
        [[1.02182, -0.98909], [1.93795, 0.468975], [-0.448941, 0.27553], [1.471563, 0.735781]],
    ),
    "momentum of means": (
        lambda p: C.momentum_sgd(p, 0.1, 0.9, minibatch_size=0),
        [[1.02182, -0.98909], [1.93795, 0.468975], [-0.448941, 0.27553], [1.461062, 0.730531]],
    ),
    "adagrad": (
        lambda p: C.adagrad(p, 0.1, need_ave_multiplier=False),
        [[1.081567, -0.918433], [1.924011, 0.424011], [-0.424874, 0.325126], [1.378733, 0.628733]],
    ),
    "adagrad averaged": (
        lambda p: C.adagrad(p, 0.1),
        [[1.118294, -0.881706], [1.856456, 0.356456], [-0.35963, 0.39037], [1.352871, 0.602871]],
    ),
    "adadelta": (
        lambda p: C.adadelta(p, 1.0),
        [[1.000511, -0.999489], [1.999543, 0.499543], [-0.499548, 0.250452], [1.499402, 0.749402]],
    ),
}  # fmt: skip
SHRUNK = {  # by CNTK 2.7: L1 shrinks all rows, those that were never touched too
    "sgd": (
        lambda p: C.sgd(p, 0.1, l1_regularization_weight=0.2),
        [[1.026907, -0.836546], [1.609898, 0.254949], [-0.150558, 0.274721], [1.19825, 0.549125],
         [0.4, -1.9]],
    ),
    "momentum": (
        lambda p: C.momentum_sgd(p, 0.1, 0.9, l1_regularization_weight=0.2),
        [[0.92273, -0.888635], [1.839307, 0.369653], [-0.349334, 0.175333], [1.373713, 0.636856],
         [0.4, -1.9]],
    ),
}  # fmt: skip
LEARNERS = {
    "sgd": lambda p: C.sgd(p, 0.1),
    "momentum": lambda p: C.momentum_sgd(p, 0.1, 0.9),
    "nesterov": lambda p: C.nesterov(p, 0.1, 0.9),
    "adagrad": lambda p: C.adagrad(p, 0.1, need_ave_multiplier=False),
    "adagrad averaged": lambda p: C.adagrad(p, 0.1),
    "adadelta": lambda p: C.adadelta(p, 1.0),
    "fsadagrad": lambda p: C.fsadagrad(p, 0.1, 0.9),
    "adam": lambda p: C.adam(p, 0.1, 0.9, variance_momentum=0.8),
    "adamax": lambda p: C.adam(p, 0.1, 0.9, variance_momentum=0.8, adamax=True),
    "rmsprop": lambda p: C.rmsprop(p, 0.1, 0.95, 1.2, 0.7, 10, 0.001, need_ave_multiplier=False),
    "rmsprop averaged": lambda p: C.rmsprop(p, 0.1, 0.95, 1.2, 0.7, 10, 0.001),
}


@pytest.mark.parametrize("name", PRINTED)
def test_tables_are_those_of_the_original(name):
    make, rows = PRINTED[name]
    np.testing.assert_allclose(Training(make).after(MINIBATCHES), [*rows, TABLE[4]], atol=2e-6)


@pytest.mark.parametrize("name", SHRUNK)
def test_l1_shrinks_all_rows(name):
    make, rows = SHRUNK[name]
    np.testing.assert_allclose(Training(make).after(MINIBATCHES), rows, atol=2e-6)


@pytest.mark.parametrize("name", LEARNERS)
def test_rows_that_are_all_touched_go_as_in_a_dense_update(name):
    by_rows, whole = (Training(LEARNERS[name], is_sparse) for is_sparse in (True, False))
    np.testing.assert_allclose(by_rows.after(ALL_ROWS), whole.after(ALL_ROWS), rtol=1e-5)
    assert by_rows.learner.row_steps[0].by_rows
    assert not whole.learner.row_steps[0].by_rows


@pytest.mark.parametrize("name", LEARNERS)
def test_rows_without_gradient_stay(name):
    training = Training(LEARNERS[name])
    before = training.after(MINIBATCHES[:1]).copy()
    after = training.after([[[3], [3, 3]]])
    np.testing.assert_array_equal(after[[0, 1, 2, 4]], before[[0, 1, 2, 4]])
    assert (after[3] != before[3]).all()


@pytest.mark.parametrize("name", LEARNERS)
def test_no_step_of_an_update_makes_an_array_as_tall_as_the_table(name):
    training = Training(LEARNERS[name])
    training.after(MINIBATCHES[:1])
    plan = training.learner._planned.plan
    assert plan.directly == set(range(len(plan.effects)))  # written where the cells lie
    written = {effect.value.number for effect in plan.effects}
    whole = [s for step in plan.steps for s in step.all_outputs if s.shape == TABLE.shape]
    assert {symbol.number for symbol in whole} == written


def test_adadelta_makes_up_for_the_updates_that_passed_a_row_by():
    def make(parameters):
        return C.adadelta(parameters, 1.0, rho=0.5)

    minibatches = [*MINIBATCHES, *MINIBATCHES[::-1]]
    by_rows, whole = (Training(make, is_sparse).after(minibatches) for is_sparse in (True, False))
    np.testing.assert_allclose(by_rows, whole, rtol=1e-6)


def test_adam_decays_the_state_of_a_row_until_it_is_touched_again():
    training = Training(lambda p: C.adam(p, 0.1, 0.9, variance_momentum=0.8))
    training.after([[[0]]])
    array = training.learner.state_array(0, "velocity")
    first = array.cell.read((5, 2), np.float32)[0].copy()
    training.after([[[1]], [[1]]])
    table = training.table.value[0]
    slope = 2 * (table @ [1, 0.5] - 1) * np.array([1, 0.5])
    training.after([[[0]]])
    expected = 0.9**3 * first + 0.1 * slope  # twice without gradient, then once with one
    np.testing.assert_allclose(array.cell.read((5, 2), np.float32)[0], expected, rtol=1e-5)


def test_the_first_update_of_a_row_by_rmsprop_is_a_first_update():
    late = Training(LEARNERS["rmsprop"]).after([[[0]], [[0]], [[3]]])
    soon = Training(LEARNERS["rmsprop"]).after([[[3]]])
    np.testing.assert_array_equal(late[3], soon[3])


@pytest.mark.parametrize(
    "make",
    [
        lambda p: C.momentum_sgd(p, 0.1, 0.9, l2_regularization_weight=0.2),
        lambda p: C.universal(lambda ps, gs: C.assign(ps[0], ps[0] - 0.1 * gs[0]), p),
    ],
    ids=["l2", "universal"],
)
def test_what_needs_all_rows_sees_the_whole_gradient(make):
    by_rows, whole = (Training(make, is_sparse).after(MINIBATCHES) for is_sparse in (True, False))
    np.testing.assert_allclose(by_rows, whole, rtol=1e-6)


def test_learners_from_outside_see_the_whole_gradient_unless_they_say_otherwise():
    def decay(parameter, gradient, lr):
        return 0.5 * parameter - lr * gradient

    by_rows, whole = (
        Training(lambda p: C.learners.plugin.learner("decay")(decay)(p, 0.1), is_sparse)
        for is_sparse in (True, False)
    )
    np.testing.assert_allclose(by_rows.after(MINIBATCHES), whole.after(MINIBATCHES), rtol=1e-6)


def gradient_of(values):
    return RowSparse(np.array([1, 3]), np.array(values, np.float32), 5).to_csr()


def test_update_takes_compressed_rows():
    scipy_sparse = pytest.importorskip("scipy.sparse")
    rows = gradient_of([[1, 2], [3, 4]])
    expected = TABLE - 0.5 * rows.to_dense()
    for given in (rows, rows.to_scipy(), scipy_sparse.csr_array(rows.to_scipy()),
                  C.Value.from_packed(rows, None), rows.to_dense()):  # fmt: skip
        table = C.parameter((5, 2), init=TABLE)
        assert C.sgd([table], 0.5).update({table: given}, 1)
        np.testing.assert_array_equal(table.value, expected)


def test_compressed_rows_of_another_shape_are_refused():
    table = C.parameter((5, 2), init=TABLE)
    learner = C.sgd([table], 0.5)
    with pytest.raises(ValueError, match=r"shape '\[3 x 2\]'"):
        learner.update({table: SparseRows.from_dense(np.ones((3, 2), np.float32))}, 1)
    np.testing.assert_array_equal(table.value, TABLE)


@pytest.mark.parametrize("first", ["rows", "whole"])
def test_the_first_gradient_decides_how_a_parameter_is_updated(first):
    rows = gradient_of([[1, 2], [3, 4]])
    order = [rows, rows.to_dense()] if first == "rows" else [rows.to_dense(), rows]
    found = []
    for gradients in (order, order[:1] * 2):
        table = C.parameter((5, 2), init=TABLE)
        learner = C.momentum_sgd([table], 0.1, 0.9)
        for gradient in gradients:
            learner.update({table: gradient}, 2)
        found.append(table.value)
    np.testing.assert_array_equal(*found)


def test_learners_of_users_get_rows():
    scipy_sparse = pytest.importorskip("scipy.sparse")
    seen = []

    class Watching(C.learners.UserLearner):
        def update(self, gradient_values, training_sample_count, sweep_end):
            seen.extend(gradient_values.values())
            return True

    Training(lambda p: Watching(p, 1.0, as_numpy=True)).after([[[0, 3]]])
    Training(lambda p: Watching(p, 1.0, as_numpy=False)).after([[[0, 3]]])
    assert scipy_sparse.issparse(seen[0])
    assert seen[1].is_sparse
    np.testing.assert_array_equal(seen[0].toarray(), seen[1].asarray().toarray())
    assert np.flatnonzero(seen[0].toarray().any(axis=1)).tolist() == [0, 3]
