"""Threads may evaluate at the same time, and user functions may evaluate within a run.

A run leases memory of its own and holds no lock while it computes. Threads count their runs each
for itself, so that none takes the states and borrowed Values of another away. Training in one
thread is not disturbed by evaluation in others.
"""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest

import cntk as C
from cntk.execution import session
from cntk.layers import LSTM, BatchNormalization, Convolution2D, Dense, Embedding, Recurrence

from .ragged import assert_close, sequences
from .user_functions import Noted

THREADS, RUNS = 8, 200
pytestmark = pytest.mark.usefixtures("kernels", "often_switching")


@pytest.fixture
def often_switching():
    """Let threads take turns every few bytecodes."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def together(*works) -> None:
    """Run functions in threads of their own, begun at one time; raise what any of them raises."""
    start, failures = threading.Barrier(len(works), timeout=30), []

    def run(work):
        start.wait()
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
        assert not thread.is_alive(), "a thread waits for ever"
    if failures:
        raise failures[0]


def normalized():
    x = C.input_variable((2, 4, 4), name="x")
    z = Convolution2D((3, 3), 4, pad=True, activation=C.relu)(x)
    z = Dense(3)(BatchNormalization(map_rank=1)(z))
    return z, [{x: np.concatenate(sequences((n,), 2, 4, 4))} for n in (1, 3, 2, 5)]


def recurrent():
    s = C.sequence.input_variable(3, name="s")
    z = Dense(2)(C.sequence.last(Recurrence(LSTM(4))(s)))
    return z, [{s: sequences(lengths, 3)} for lengths in ((3, 1), (2,), (1, 4, 2), (5, 5))]


def sparse():
    x = C.input_variable(20, is_sparse=True, name="x")
    z = C.tanh(Dense(2)(Embedding(4)(x)))
    return z, [{x: C.Value.one_hot(classes, 20)} for classes in ([1, 5], [7], [3, 3, 19], [0])]


def in_python():
    x = C.input_variable(3, name="x")
    z = Dense(2)(C.user_function(Noted([C.tanh(x)])))
    return z, [{x: np.full((n, 3), n / 9, "f")} for n in (1, 2, 3, 4)]


MODELS = [normalized, recurrent, sparse, in_python]


class TestEvaluation:
    @pytest.mark.parametrize("make", MODELS)
    def test_of_one_function_in_all_threads(self, make):
        z, minibatches = make()
        expected = [z.eval(data) for data in minibatches]

        def work(first):
            for i in range(first, first + RUNS):
                k = i % len(minibatches)
                assert_close(z.eval(minibatches[k]), expected[k])

        together(*[lambda i=i: work(i) for i in range(THREADS)])

    def test_of_several_models_at_once(self):
        models = [make() for make in MODELS for _ in range(2)]  # equal ones share plans
        expected = [[z.eval(data) for data in minibatches] for z, minibatches in models]

        def work(z, minibatches, results):
            for i in range(RUNS // 4):
                k = i % len(minibatches)
                assert_close(z.eval(minibatches[k]), results[k])

        together(*[lambda m=m, e=e: work(*m, e) for m, e in zip(models, expected)])

    def test_the_first_run_of_all_threads(self):
        """Parameters are drawn once, whoever reads them first."""
        for _ in range(5):
            session.forget_plans()
            x = C.input_variable(50)
            z = Dense(20, init=C.glorot_uniform())(x)
            found: list = []
            run = lambda z=z, x=x, to=found: to.append(z.eval({x: np.ones((1, 50), "f")}))
            together(*[run] * THREADS)
            for value in found:
                np.testing.assert_array_equal(value, found[0])

    def test_of_gradients(self):
        z, minibatches = recurrent()
        loss, w = C.reduce_sum(C.square(z)), z.parameters[0]
        expected = [loss.grad(data, [w]) for data in minibatches]

        def work(first):
            for i in range(first, first + RUNS // 4):
                k = i % len(minibatches)
                assert_close(loss.grad(minibatches[k], [w]), expected[k])

        together(*[lambda i=i: work(i) for i in range(THREADS)])

    def test_composites_made_on_the_way(self):
        x = C.input_variable(2, name="x")
        model = C.layers.Sequential([Dense(3, name="h"), Dense(2)])(x)
        data = np.ones((2, 2), "f")
        expected = C.combine([model.h]).eval({x: data})

        def work():
            for _ in range(RUNS // 4):
                assert_close(C.combine([model.h]).eval({x: data}), expected)

        together(*[work] * THREADS)


class TestWhatIsLent:
    x = C.input_variable(2, needs_gradient=True)

    def test_states_of_one_function(self):
        f = C.square(C.tanh(self.x))

        def work(n):
            data = np.full((n, 2), n / 10, "f")
            slope = 2 * np.tanh(data) * (1 - np.tanh(data) ** 2)
            for _ in range(RUNS // 10):
                state, _ = f.forward({self.x: data}, [f.output], {f.output})
                found = f.backward(state, {f.output: np.ones_like(data)}, [self.x])[self.x]
                assert_close(found, slope)

        together(*[lambda n=n: work(n) for n in range(1, THREADS + 1)])

    def test_borrowed_values_of_one_function(self):
        f = self.x * 2

        def work(n):
            data = np.full((n, 2), n, "f")
            for _ in range(RUNS // 4):
                value = f.eval({self.x: data}, as_numpy=False)
                assert value.is_valid
                assert_close(value.asarray(), data * 2)

        together(*[lambda n=n: work(n) for n in range(1, THREADS + 1)])

    def test_a_value_is_still_invalid_after_the_next_run_of_its_own_thread(self):
        f, data = self.x * 2, np.ones((1, 2), "f")
        value = f.eval({self.x: data}, as_numpy=False)
        together(lambda: f.eval({self.x: data}))
        assert value.is_valid
        f.eval({self.x: data})
        assert not value.is_valid


def test_random_numbers_of_threads_differ():
    x = C.input_variable(64, needs_gradient=True)
    f, masks = C.dropout(x, 0.5, seed=1), []

    def work():
        for _ in range(10):
            masks.append(f.grad({x: np.ones((1, 64), "f")}, [x]).tobytes())

    together(*[work] * 4)
    assert len(set(masks)) == len(masks) == 40


class TestWithinARun:
    """A user function whose forward evaluates, while its own run is under way."""

    x = C.input_variable(2, name="x")

    def test_another_function(self):
        g = C.exp(self.x)
        inner = lambda argument: (None, g.eval({self.x: argument}))
        f = C.tanh(C.user_function(Noted([self.x * 2], on_forward=inner)))
        data = np.ones((1, 2), "f") / 9
        together(*[lambda: assert_close(f.eval({self.x: data}), np.tanh(np.exp(data * 2)))] * 4)

    def test_the_same_function(self):
        """f(x) = tanh(f(x / 2)) above a threshold: both runs are of one plan."""

        def inner(argument):
            if argument.max() < 0.1:
                return None, argument
            return None, f.eval({self.x: argument})

        f = C.tanh(C.user_function(Noted([self.x / 2], on_forward=inner)))

        def expected(v):
            return np.tanh(v / 2 if v.max() / 2 < 0.1 else expected(v / 2))

        for data in (np.ones((1, 2), "f"), np.full((3, 2), 5, "f")):
            assert_close(f.eval({self.x: data}), expected(data))

    def test_training_of_another_network(self):
        y, w = C.input_variable(2), C.parameter(2, init=1)
        trainer = C.Trainer(None, (C.reduce_sum(y * w),), [C.sgd([w], 0.1)])

        def inner(argument):
            trainer.train_minibatch({y: argument})
            return None, argument

        f = C.user_function(Noted([self.x], on_forward=inner)) + 1
        data = np.ones((1, 2), "f")
        assert_close(f.eval({self.x: data}), data + 1)
        assert_close(w.value, np.full(2, 0.9, "f"))


class TestTrainingWhileOthersEvaluate:
    def network(self):
        x = C.input_variable(4, name="x")
        z = Dense(3, init=C.glorot_uniform(seed=2))(
            BatchNormalization()(Dense(8, activation=C.tanh, init=C.glorot_uniform(seed=1))(x))
        )
        y = C.input_variable(3)
        loss = C.cross_entropy_with_softmax(z, y)
        learner = C.momentum_sgd(z.parameters, 0.2, 0.9)
        return x, y, z, C.Trainer(z, (loss,), [learner])

    @staticmethod
    def train(x, y, z, trainer, steps=40):
        random = np.random.default_rng(3)
        for _ in range(steps):
            data = random.standard_normal((8, 4)).astype("f")
            trainer.train_minibatch({x: data, y: np.eye(3, dtype="f")[data[:, :3].argmax(1)]})

    def test_it_comes_to_the_same_parameters(self):
        alone = self.network()
        self.train(*alone)
        shared = self.network()
        x, _, z, _ = shared
        done = threading.Event()
        data = np.random.default_rng(1).standard_normal((3, 4)).astype("f")

        def train():
            try:
                self.train(*shared)
            finally:
                done.set()

        def evaluate():
            while not done.is_set():
                assert np.isfinite(z.eval({x: data})).all()

        together(train, *[evaluate] * 3)
        assert_close([p.value for p in z.parameters], [p.value for p in alone[2].parameters])
        assert_close(z.eval({x: data}), alone[2].eval({alone[0]: data}), 1e-4)

    def test_two_trainers_at_once(self):
        alone = self.network()
        self.train(*alone)
        networks = [self.network() for _ in range(4)]
        together(*[lambda n=n: self.train(*n) for n in networks])
        for _, _, z, _ in networks:
            assert_close([p.value for p in z.parameters], [p.value for p in alone[2].parameters])
