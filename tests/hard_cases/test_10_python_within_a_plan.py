"""User functions are steps in Python between the others: each runs exactly once per run.

They are never merged, cached, run again or put in another order; they run only where a needed
output depends on them. In a recurrence each runs once per time step, keeps one state for each, and
its backward is called for the time steps in turn, from the last one on. Their exceptions stop the
run as a RuntimeError whose cause they are.
"""

from __future__ import annotations

import threading

import numpy as np
import pytest

import cntk as C
from cntk.debugging import explain

from .user_functions import Noted

DATA = np.array([[1, 2], [3, 4]], "f")
LENGTHS = (2, 1, 3)
SEQUENCES = [np.arange(2 * n, dtype="f").reshape(n, 2) + 10 * i for i, n in enumerate(LENGTHS)]
pytestmark = pytest.mark.usefixtures("kernels")


@pytest.fixture
def x():
    return C.input_variable(2, needs_gradient=True, name="x")


@pytest.fixture
def s():
    return C.sequence.input_variable(2, needs_gradient=True, name="s")


def close(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)


class TestHowOften:
    def test_once_per_run_whoever_reads_it(self, x):
        user = Noted([x])
        f = C.user_function(user)
        (f * f + f).eval({x: DATA})
        assert (len(user.forwards), len(user.backwards)) == (1, 0)
        found = (f * f + f).grad({x: DATA}, [x])
        np.testing.assert_allclose(found, 8 * DATA + 2)
        assert (len(user.forwards), len(user.backwards)) == (2, 1)

    def test_equal_ones_are_not_merged(self, x):
        users = [Noted([x]) for _ in range(2)]
        one, other = map(C.user_function, users)
        (one + other).eval({x: DATA})
        assert [len(user.forwards) for user in users] == [1, 1]

    def test_every_run_calls_it_again(self, x):
        user = Noted([x])
        f = C.user_function(user) + 1
        for _ in range(3):
            f.eval({x: DATA})
        assert len(user.forwards) == 3

    def test_it_does_not_run_where_nobody_asks(self, x):
        user = Noted([x])
        f = C.combine([C.user_function(user), x * 2])
        f.eval({x: DATA}, outputs=[f.outputs[1]])
        assert user.forwards == []

    def test_backward_does_not_run_where_no_gradient_is_wanted(self, x):
        y = C.input_variable(2)
        user = Noted([y])
        f = C.user_function(user) * x
        f.grad({x: DATA, y: DATA}, [x])
        assert (len(user.forwards), user.backwards) == (1, [])

    def test_the_order_is_that_of_the_graph(self, x):
        calls: list = []
        note = lambda name: lambda argument: (calls.append(name), (None, argument))[1]
        a = C.user_function(Noted([x], on_forward=note("a")))
        b = C.user_function(Noted([a], on_forward=note("b")))
        c = C.user_function(Noted([b], on_forward=note("c")))
        (c + a).eval({x: DATA})
        assert calls == ["a", "b", "c"]


class TestWanted:
    def test_backward_gets_the_wanted_inputs_alone(self, x):
        y = C.input_variable(2, needs_gradient=True)
        user = Noted([x, y])
        f = C.user_function(user)
        data = {x: DATA, y: DATA}
        np.testing.assert_array_equal(f.grad(data, [y]), np.full((2, 2), 2))
        assert user.backwards[-1][2] == [y]
        f.grad(data, [x, y])
        assert set(user.backwards[-1][2]) == {x, y}

    def test_what_it_leaves_out_gets_zeros(self, x):
        y = C.input_variable(2, needs_gradient=True)

        def only_y(state, root, variables):
            variables[y] = root

        f = C.user_function(Noted([x, y], on_backward=only_y))
        found = f.grad({x: DATA, y: DATA}, [x, y])
        assert (found[x].tolist(), found[y].tolist()) == ([[0, 0], [0, 0]], [[1, 1], [1, 1]])


class TestErrors:
    def failing(self, x, **options):
        return C.user_function(Noted([x], **options))

    def test_an_exception_is_the_cause_of_a_runtime_error(self, x):
        error = KeyError("mine")

        def fail(*_):
            raise error

        for options, run in (({"on_forward": fail}, "eval"), ({"on_backward": fail}, "grad")):
            f = self.failing(x, **options) * 2
            with pytest.raises(RuntimeError, match="Noted.*failed: KeyError: 'mine'") as caught:
                getattr(f, run)({x: DATA})
            assert caught.value.__cause__ is error

    def test_an_interrupt_is_not_changed(self, x):
        def interrupt(_):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            self.failing(x, on_forward=interrupt).eval({x: DATA})

    @pytest.mark.parametrize("returned", [DATA, None, (None, None), [None, DATA]], ids=repr)
    def test_forward_returns_a_state_and_a_result(self, x, returned):
        with pytest.raises(RuntimeError, match="Noted.forward"):
            self.failing(x, on_forward=lambda _: returned).eval({x: DATA})

    @pytest.mark.parametrize(
        "result",
        ["text", np.ones((2, 5), "f"), np.ones((7, 2), "f")],
        ids=["text", "shape", "rows"],
    )
    def test_results_of_another_kind(self, x, result):
        with pytest.raises((ValueError, RuntimeError)):
            self.failing(x, on_forward=lambda _: (None, result)).eval({x: DATA})

    def test_the_function_works_after_a_failure(self, x):
        states = iter([True, False, True, False])

        def sometimes(argument):
            if next(states):
                raise ValueError
            return None, argument

        f = C.layers.Dense(3, init=0.5)(self.failing(C.tanh(x), on_forward=sometimes))
        for data in (DATA, DATA[:1]):
            with pytest.raises(RuntimeError):
                f.eval({x: data})
            found = f.eval({x: data})
            close(found, np.repeat(np.tanh(data).sum(1, keepdims=True) / 2, 3, 1))

    def test_a_failing_run_changes_no_state(self, x):
        def fail(_):
            raise ValueError

        c = C.constant([1, 1])
        f = C.combine([C.assign(c, c + 1), self.failing(x, on_forward=fail)])
        with pytest.raises(RuntimeError):
            f.eval({x: DATA})
        assert c.value.tolist() == [1, 1]


def recurrence(s, step, delay=C.sequence.past_value, **options):
    """Return h(t) = step(h(t - 1), s(t))."""
    p = C.placeholder(2)
    h = step(delay(p, **options), s)
    return h.replace_placeholders({p: h.output})


class TestRecurrences:
    def test_it_runs_once_per_time_step(self, s):
        user: list = []

        def step(h, s):
            user.append(Noted([h + s]))
            return C.user_function(user[0]) + s

        ones = [np.ones((2, 2), "f"), np.ones((3, 2), "f")]
        z = recurrence(s, step)
        found = z.eval({s: ones})
        assert [part[:, 0].tolist() for part in found] == [[3, 9], [3, 9, 21]]
        shapes = [[frame.shape for frame in frames] for frames in user[0].forwards]
        assert shapes == [[(1, 2), (1, 2)], [(1, 2), (1, 2)], [(1, 2)]]
        slopes = C.reduce_sum(z).grad({s: ones}, [s])
        assert [part[:, 0].tolist() for part in slopes] == [[9, 3], [21, 9, 3]]

    def test_backward_gets_the_state_of_its_time_step(self, s):
        user = []
        z = recurrence(s, lambda h, s: C.user_function(user.append(Noted([h + s])) or user[0]))
        C.reduce_sum(z).grad({s: SEQUENCES}, [s])
        assert [state for state, _, _ in user[0].backwards] == [3, 2, 1]

    @pytest.mark.parametrize("delay", [C.sequence.past_value, C.sequence.future_value])
    @pytest.mark.parametrize("time_step", [1, 2])
    def test_values_and_gradients_are_those_of_the_operator(self, s, delay, time_step):
        w = C.parameter((2, 2), init=C.glorot_uniform(seed=1))
        both = []
        for double in (lambda v: C.user_function(Noted([v])), lambda v: v * 2):
            step = lambda h, s, double=double: C.tanh(double(C.times(h, w) + s)) * 0.5 + h
            both.append(recurrence(s, step, delay, time_step=time_step))
        mine, theirs = both
        close(mine.eval({s: SEQUENCES}), theirs.eval({s: SEQUENCES}))
        found, expected = (f.grad({s: SEQUENCES}, [s, w]) for f in both)
        close(found[s], expected[s])
        np.testing.assert_allclose(found[w], expected[w], rtol=1e-4)

    def test_one_that_the_recurrence_only_reads(self, s):
        """Its input does not depend on the state, so that it is no part of the recurrence."""
        user = Noted([s])
        z = recurrence(s, lambda h, s: h + C.user_function(user))
        z.eval({s: SEQUENCES})
        assert len(user.forwards) == 1

    def test_sequences_stand_in_the_users_order(self, s):
        user = []
        z = recurrence(s, lambda h, s: C.user_function(user.append(Noted([h * 0 + s])) or user[0]))
        z.eval({s: SEQUENCES})
        first = [frame[0, 0] for frame in user[0].forwards[0]]
        assert first == [0, 10, 20]
        second = [frame[0, 0] for frame in user[0].forwards[1]]
        assert second == [2, 22]

    def test_inputs_per_sequence_and_parameters(self, s):
        x = C.input_variable(2, needs_gradient=True)
        b = C.parameter(2, init=[0.5, 0.25])
        both = []
        for add in (
            lambda h, v, b: C.user_function(Noted([h, v, b])),
            lambda h, v, b: (h + v + b) * 2,
        ):
            p = C.placeholder(2)
            h = C.tanh(add(C.sequence.past_value(p) + s, C.sequence.broadcast_as(x, s), b))
            both.append(h.replace_placeholders({p: h.output}))
        data = {
            s: [part / 30 for part in SEQUENCES],
            x: np.array([[1, 2], [3, -1], [0, 1]], "f") / 9,
        }
        close(both[0].eval(data), both[1].eval(data))
        found, expected = (f.grad(data, [s, x, b]) for f in both)
        close(found[s], expected[s])
        np.testing.assert_allclose(found[x], expected[x], rtol=1e-4)
        np.testing.assert_allclose(found[b], expected[b], rtol=1e-4)

    def test_values_instead_of_arrays(self, s):
        shapes = []

        def forward(value):
            shapes.append(value.shape)
            return None, value

        z = recurrence(s, lambda h, s: C.user_function(
            Noted([h + s], as_numpy=False, on_forward=forward)))  # fmt: skip
        found = z.eval({s: SEQUENCES})
        close(found, [np.cumsum(part, 0) for part in SEQUENCES])
        assert shapes == [(3, 1, 2), (2, 1, 2), (1, 1, 2)]

    def test_an_exception_in_a_time_step(self, s):
        calls = []

        def forward(frames):
            calls.append(len(frames))
            if len(calls) == 2:
                raise ZeroDivisionError
            return None, frames

        z = recurrence(s, lambda h, s: C.user_function(Noted([h + s], on_forward=forward)))
        with pytest.raises(RuntimeError, match="ZeroDivisionError"):
            z.eval({s: SEQUENCES})
        close(z.eval({s: SEQUENCES[:1]}), [np.cumsum(SEQUENCES[0], 0)])
        assert calls == [3, 2, 1, 1]

    def test_a_network_with_one_learns_as_one_with_the_operator(self, s):
        losses = []
        for double in (lambda v: C.user_function(Noted([v])), lambda v: v * 2):
            w = C.parameter((2, 2), init=C.glorot_uniform(seed=1))
            z = recurrence(s, lambda h, s, w=w, double=double: C.tanh(double(C.times(h + s, w))))
            loss = C.squared_error(C.sequence.last(z), C.Constant([0.5, -0.5]))
            trainer = C.Trainer(z, (loss,), [C.sgd([w], 0.1)])
            for _ in range(5):
                trainer.train_minibatch({s: [part / 30 for part in SEQUENCES]})
            losses.append(trainer.previous_minibatch_loss_average)
        np.testing.assert_allclose(*losses, rtol=1e-4)


def test_explain_names_it(x):
    f = C.tanh(C.user_function(Noted([C.exp(x)])))
    steps = [line for line in explain(f).splitlines() if "Noted" in line]
    assert len(steps) == 1
    assert "= forward of " in steps[0]


def test_threads_that_evaluate_at_the_same_time_do_not_wait_for_each_other(x):
    """Each thread's user function waits, inside its run, for the others to be in theirs."""
    together = threading.Barrier(3, timeout=20)

    def forward(argument):
        together.wait()
        return None, argument * 2

    functions = [C.exp(C.user_function(Noted([x], on_forward=forward))) for _ in range(2)]
    shared = [functions[0], functions[1], functions[0]]  # one Function in two threads
    found: dict = {}
    threads = [
        threading.Thread(target=lambda i=i, f=f: found.update({i: f.eval({x: DATA / (i + 1)})}))
        for i, f in enumerate(shared)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 3
    for i, value in found.items():
        np.testing.assert_allclose(value, np.exp(2 * DATA / (i + 1)), rtol=1e-5)
