"""A plan belongs to a graph's structure, not to its objects.

Composites are made afresh all the time, by ``combine``, by ``model.h``, by a learner that writes a
formula per minibatch: equal graphs share one plan, each with its own parameters and data. What
changes the structure makes a new plan; rates, seeds and sizes of minibatches do not. Plans are kept
in a bounded number, and hold on to nobody's objects.
"""

from __future__ import annotations

import gc
import tracemalloc
import weakref

import numpy as np
import pytest

import cntk as C
from cntk.execution import session
from cntk.layers import Dense, Dropout, Sequential

DATA = np.array([[1, 2], [3, 4]], "f")


@pytest.fixture
def x():
    return C.input_variable(2, needs_gradient=True, name="x")


class TestNoNewPlan:
    def test_for_composites_made_in_a_loop(self, x, plans):
        model = Sequential([Dense(3, name="h"), Dense(2)])(x)
        for _ in range(5):
            C.combine([model.h]).eval({x: DATA})
            C.combine(model.outputs).eval({x: DATA})
        assert len(plans) == 2

    def test_for_equal_graphs(self, plans):
        w = C.parameter(2, init=3)
        for i in range(4):
            w.value = np.full(2, i, "f")
            assert (w * 2.5).eval().tolist() == [2.5 * i] * 2
        assert len(plans) == 1

    def test_for_a_second_model_of_the_same_structure(self, plans):
        found = []
        for factor in (2, 5):
            x = C.input_variable(2, needs_gradient=True)
            f = C.times(x, C.parameter((2, 1), init=factor))
            found.append((f.eval({x: DATA}).tolist(), f.grad({x: DATA}, [x]).tolist()))
        assert found[0] == ([[6], [14]], [[2, 2], [2, 2]])
        assert found[1] == ([[15], [35]], [[5, 5], [5, 5]])
        assert len(plans) == 2  # of values, and of gradients

    def test_for_another_minibatch_size_or_free_size(self, x, plans):
        free = C.input_variable(C.FreeDimension)
        s = C.sequence.input_variable(C.FreeDimension)
        f, g, h = C.square(x), C.reduce_sum(free), C.sequence.reduce_sum(C.square(s))
        for n in (1, 5, 2, 40, 3):
            f.eval({x: np.ones((n, 2), "f")})
            assert (g.eval({free: np.ones((2, n), "f")}) == n).all()
            assert h.eval({s: [np.ones((n, 3), "f"), np.ones((1, 3), "f")]})[0].tolist() == [n] * 3
        assert len(plans) == 3

    def test_where_rows_become_a_static_axis(self, x, plans):
        f = C.transpose(C.unpack_batch(x), (1, 0))
        for n in (3, 1, 7):
            assert f.eval({x: np.ones((n, 2), "f")}).shape == (2, n)
        assert len(plans) == 1

    def test_for_another_rate_or_seed(self, plans):
        x = C.input_variable(1000, needs_gradient=True)
        f = C.dropout(x, 0.5, seed=1)
        ones = np.ones((1, 1000), "f")
        f.grad({x: ones}, [x])
        for rate in (0.0, 0.25, 0.9):
            f.set_attribute("dropoutRate", rate)
            f.set_attribute("rngSeed", 5)
            kept = f.grad({x: ones}, [x]) != 0
            assert abs(kept.mean() - (1 - rate)) < 0.06
        assert len(plans) == 1

    def test_in_training_whose_rates_change(self, x, plans):
        init = C.glorot_uniform(seed=1)
        z = Sequential([Dense(3, init=init), Dropout(0.5), Dense(1, init=init)])(x)
        schedule = C.learning_parameter_schedule_per_sample([5e-4, 3e-4, 1e-4], epoch_size=2)
        momentum = C.momentum_schedule([0.9, 0.5, 0.1], epoch_size=2, minibatch_size=2)
        learner = C.momentum_sgd(z.parameters, schedule, momentum)
        trainer = C.Trainer(z, (C.reduce_sum(C.square(z)),), [learner])
        trainer.train_minibatch({x: DATA})
        before = len(plans)
        for rate in (0.1, 0.2, 0.6):
            z.set_attribute("dropoutRate", rate)
            learner.reset_learning_rate(C.learning_parameter_schedule_per_sample(rate / 1000))
            trainer.train_minibatch({x: DATA})
            trainer.train_minibatch({x: np.ones((5, 2), "f")})
        assert len(plans) == before


class TestAnotherPlan:
    def test_one_variable_twice_or_two_variables(self, x):
        y = C.input_variable(2)
        assert (x * x).eval({x: DATA}).tolist() == [[1, 4], [9, 16]]
        assert (x * y).eval({x: DATA, y: DATA + 1}).tolist() == [[2, 6], [12, 20]]
        w, v = C.parameter(2, init=2), C.parameter(2, init=5)
        assert ((w * w).eval().tolist(), (w * v).eval().tolist()) == ([4, 4], [10, 10])

    def test_other_numbers_and_attributes(self, x):
        assert [(x * n).eval({x: DATA})[0, 0] for n in (2, 3)] == [2, 3]
        assert [C.pow(x, n).eval({x: DATA})[0, 1] for n in (2, 3)] == [4, 8]
        assert C.reduce_sum(x).eval({x: DATA}).shape == (2,)
        assert C.reduce_sum(x, axis=0).eval({x: DATA}).shape == (2, 1)
        assert C.clip(x, 0, 2).eval({x: DATA}).max() == 2
        assert C.clip(x, 0, 3).eval({x: DATA}).max() == 3

    def test_a_constant_is_no_number(self, x):
        """Its value may change; a number that an operator was called with may not."""
        c = C.constant(1)
        f = x * (c + 1)
        assert f.eval({x: DATA})[0, 0] == 2
        c.value = np.array(5, "f")
        assert f.eval({x: DATA})[0, 0] == 6

    def test_training_and_inference(self):
        x = C.input_variable(100, needs_gradient=True)
        f, ones = C.dropout(x, 0.5), np.ones((1, 100), "f")
        assert (f.eval({x: ones}) == 1).all()
        assert set(f.grad({x: ones}, [x]).ravel()) == {0, 2}
        assert (f.eval({x: ones}) == 1).all()

    def test_dense_and_sparse_inputs(self):
        scipy_sparse = pytest.importorskip("scipy.sparse")
        w = C.parameter((3, 2), init=C.glorot_uniform(seed=1))
        data = np.eye(3, dtype="f")[[2, 0]]
        for is_sparse, feed in ((False, data), (True, scipy_sparse.csr_matrix(data))):
            x = C.input_variable(3, is_sparse=is_sparse)
            np.testing.assert_allclose(C.times(x, w).eval({x: feed}), data @ w.value)

    def test_element_types(self):
        for dtype in (np.float32, np.float64):
            x = C.input_variable(1, dtype=dtype)
            assert (x + 1).eval({x: np.ones((1, 1), dtype)}).dtype == dtype

    def test_placeholders_replaced_in_place(self, x, plans):
        p = C.placeholder()
        f = C.square(p) + 1
        with pytest.raises(RuntimeError, match="placeholder"):
            f.eval({x: DATA})
        f.replace_placeholder(x + 1)
        assert f.eval({x: DATA}).tolist() == [[5, 10], [17, 26]]
        assert len(plans) == 1

    def test_a_shared_part_replaced_in_place(self, x):
        """``outer`` has a plan of what it was when a part of it changes under it."""
        p = C.placeholder(2)
        inner = C.element_times(p, x)
        outer = C.combine([inner, x * 3])
        assert outer.eval({x: DATA}, outputs=[outer.outputs[1]]).tolist() == (DATA * 3).tolist()
        inner.replace_placeholders({p: x})
        assert outer.eval({x: DATA}, outputs=[outer.outputs[0]]).tolist() == (DATA**2).tolist()

    def test_sizes_deduced_later(self, x):
        w = C.parameter((-1, 3), init=1)
        p = C.placeholder()
        f = C.times(p, w)
        f.replace_placeholder(C.splice(x, x))
        assert w.shape == (4, 3)
        assert f.eval({x: DATA})[0].tolist() == [6, 6, 6]


class TestKept:
    def test_a_bounded_number(self):
        x = C.input_variable(session._KEPT_PLANS + 20)
        data = np.arange(x.shape[0], dtype="f")[None]
        for i in range(x.shape[0]):
            assert C.slice(x, 0, i, i + 1).eval({x: data}) == i
        assert len(session._plans) == session._KEPT_PLANS
        assert C.slice(x, 0, 3, 4).eval({x: data}) == 3  # long forgotten, made anew

    def test_a_function_asked_for_many_things(self, x):
        f = C.combine([x + float(i) for i in range(40)])
        for output in f.outputs:
            f.eval({x: DATA}, outputs=[output])
        assert len(f._programs) <= 32

    def test_nobody_elses_objects(self):
        def used():
            x = C.input_variable(2, needs_gradient=True)
            z = Sequential([Dense(3, activation=C.relu), Dropout(0.5), Dense(1)])(x)
            data = DATA.copy()
            z.eval({x: data})
            z.grad({x: data}, [x])
            z.forward({x: data}, [z.output], {z.output})
            trainer = C.Trainer(z, (C.reduce_sum(z),), [C.adam(z.parameters, 0.1, 0.9)])
            trainer.train_minibatch({x: data})
            return [*map(weakref.ref, (x, z, z.root_function, trainer, data, *z.parameters))]

        references = used()
        gc.collect()
        assert [r() for r in references if r() is not None] == []

    def test_not_even_with_user_functions(self):
        from .user_functions import Noted

        def used():
            x = C.input_variable(2, needs_gradient=True)
            user = Noted([x])
            C.user_function(user).grad({x: DATA}, [x])
            return weakref.ref(user)

        reference = used()
        gc.collect()
        assert reference() is None


class Formula(C.learners.UserLearner):
    """Writes a new graph for each parameter and minibatch, as learners in scripts do."""

    def update(self, gradient_values, training_sample_count, sweep_end):
        eta = self.learning_rate() / training_sample_count
        for parameter, gradient in gradient_values.items():
            new = (parameter - eta * C.constant(gradient)).eval(as_numpy=False)
            parameter.set_value(new.data)
        return True


def test_a_learner_that_writes_formulas_makes_no_plans_and_takes_no_memory(x, plans):
    z = Sequential([Dense(16), Dense(1)])(x)
    learner = Formula(z.parameters, C.learning_parameter_schedule(0.001))
    trainer = C.Trainer(z, (C.reduce_sum(C.square(z)),), [learner])

    def train(count):
        for _ in range(count):
            trainer.train_minibatch({x: DATA})
        gc.collect()

    train(15)
    before = len(plans)
    tracemalloc.start()
    try:
        train(15)
        first = tracemalloc.get_traced_memory()[0]
        train(100)
        grown = tracemalloc.get_traced_memory()[0] - first
    finally:
        tracemalloc.stop()
    assert len(plans) == before
    assert grown < 100 * 500  # bytes; a graph kept per minibatch would take several thousand each
