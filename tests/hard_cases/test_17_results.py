"""Results: arrays are copies, Values are borrowed until the next run.

A numpy array handed to a user is the user's. A Value (``as_numpy=False``) shows memory of the run:
it can be read until the Function runs again in the same thread, and refuses after that;
``deep_clone`` keeps it. What a Value's data show stays as it was as long as somebody holds it.
"""

from __future__ import annotations

import gc

import numpy as np
import pytest

import cntk as C

DATA = np.array([[1, 2], [3, 4]], "f")
pytestmark = pytest.mark.usefixtures("kernels")


@pytest.fixture
def x():
    return C.input_variable(2, needs_gradient=True, name="x")


def per_sample(rate):
    return C.learning_parameter_schedule_per_sample(rate)


class TestArrays:
    @pytest.mark.parametrize(
        "make",
        [lambda x: x * 2, C.alias, lambda x: C.reshape(x, (2, 1)), lambda x: C.tanh(x) + x],
        ids=["computed", "the data", "a view of the data", "in place"],
    )
    def test_they_stay_when_the_function_runs_again(self, x, make):
        f, mine = make(x), DATA.copy()
        result = f.eval({x: mine})
        before = result.copy()
        f.eval({x: DATA * 10})
        mine[:] = 0
        np.testing.assert_array_equal(result, before)

    def test_writing_to_them_changes_nothing_else(self, x):
        w = C.parameter(2, init=1)
        for f, data in ((C.alias(w), {}), (C.alias(x), {x: DATA})):
            f.eval(data)[:] = 7
        assert w.value.tolist() == [1, 1]
        assert DATA.tolist() == [[1, 2], [3, 4]]

    def test_a_parameter_that_changes_later(self):
        w = C.parameter(2, init=1)
        seen = C.alias(w).eval()
        w.value = np.array([5, 7], "f")
        assert seen.tolist() == [1, 1]

    def test_outputs_of_sequences(self):
        s = C.sequence.input_variable(1)
        f = s + 0
        first = f.eval({s: [[[1], [2]], [[3]]]})
        f.eval({s: [[[9], [9]], [[9]]]})
        assert [part.tolist() for part in first] == [[[1], [2]], [[3]]]


class TestTraining:
    """Outputs that ``train_minibatch`` returns are as they were before its update."""

    def trained(self, x, make_output):
        p = C.parameter(2, init=1, name="p")
        z = x * p
        output = make_output(z, p)
        whole = C.combine([z, output]) if isinstance(output, C.Function) else z
        trainer = C.Trainer(whole, (C.reduce_sum(z),), [C.sgd([p], per_sample(1.0))])
        updated, found = trainer.train_minibatch({x: DATA}, outputs=[output])
        assert updated
        assert p.value.tolist() == [-3, -5]
        return next(iter(found.values())).tolist()

    def test_what_the_parameter_went_into(self, x):
        assert self.trained(x, lambda z, p: z) == [[1, 2], [3, 4]]

    def test_the_parameter_in_another_shape(self, x):
        assert self.trained(x, lambda z, p: C.reshape(p, (2, 1))) == [[1], [1]]

    def test_the_parameter_itself(self, x):
        assert self.trained(x, lambda z, p: C.alias(p)) == [1, 1]

    def test_a_gradient_that_is_another_parameter(self, x):
        """d(p q)/dp is q: the update of one must not be seen by that of the other."""
        p, q = C.parameter(2, init=2), C.parameter(2, init=3)
        loss = C.reduce_sum(p * q) + C.reduce_sum(x) * 0
        trainer = C.Trainer(None, (loss,), [C.sgd([p, q], per_sample(1.0))])
        trainer.train_minibatch({x: DATA[:1]})
        assert (p.value.tolist(), q.value.tolist()) == ([-1, -1], [1, 1])

    def test_an_output_that_an_assignment_overwrites(self, x):
        c = C.constant([1, 2])
        f = C.combine([C.alias(c), C.assign(c, c + 1)])
        old, new = f.eval({}).values()
        assert (old.tolist(), new.tolist(), c.value.tolist()) == ([1, 2], [2, 3], [2, 3])


class TestBorrowedValues:
    @pytest.fixture
    def f(self, x):
        return x * 2

    @pytest.mark.parametrize(
        "read",
        [lambda v: v.asarray(), lambda v: v.data, lambda v: v.as_sequences(), lambda v: v.rows],
        ids=["asarray", "data", "as_sequences", "rows"],
    )
    def test_they_refuse_after_the_next_run(self, f, x, read):
        value = f.eval({x: DATA}, as_numpy=False)
        read(value)
        f.eval({x: DATA})
        assert not value.is_valid
        with pytest.raises(RuntimeError, match="invalid and can no longer be accessed"):
            read(value)

    def test_feeding_one_after_the_next_run_is_refused_as_well(self, f, x):
        value = f.eval({x: DATA}, as_numpy=False)
        f.eval({x: DATA})
        with pytest.raises(RuntimeError, match="can no longer be accessed"):
            (x + 1).eval({x: value})

    def test_runs_of_other_functions_leave_them_alone(self, f, x):
        value = f.eval({x: DATA}, as_numpy=False)
        other = x * 2  # has the same plan
        for i in range(3):
            other.eval({x: DATA * i})
            other.eval({x: DATA * i}, as_numpy=False)
        np.testing.assert_array_equal(value.asarray(), DATA * 2)

    def test_a_clone_stays(self, f, x):
        clone = f.eval({x: DATA}, as_numpy=False).deep_clone()
        f.eval({x: DATA * 9})
        assert clone.is_valid
        np.testing.assert_array_equal(clone.asarray(), DATA * 2)

    def test_they_are_fed_where_they_lie(self, f, x):
        value = f.eval({x: DATA}, as_numpy=False)
        g = x + 1
        np.testing.assert_array_equal(g.eval({x: value}), DATA * 2 + 1)
        np.testing.assert_array_equal(f.eval({x: value}), DATA * 4)  # to the Function itself

    def test_their_function_may_be_gone(self, x):
        value = (x * 2).eval({x: DATA}, as_numpy=False)
        gc.collect()
        np.testing.assert_array_equal(value.asarray(), DATA * 2)

    def test_their_data_may_outlive_them(self, f, x):
        data = f.eval({x: DATA}, as_numpy=False).data
        window = data.slice_view((0, 0), (1, 2))
        again = C.Value(data)
        for i in range(3):
            f.eval({x: DATA * i})
        np.testing.assert_array_equal(data.asarray(), DATA * 2)
        np.testing.assert_array_equal(again.asarray(), DATA * 2)
        del data, again
        gc.collect()
        f.eval({x: DATA * 7})
        np.testing.assert_array_equal(window.asarray(), DATA[:1] * 2)

    @pytest.mark.parametrize("make", [C.alias, lambda x: C.reshape(x, (2, 1))])
    def test_they_do_not_show_memory_of_the_data(self, x, make):
        mine = DATA.copy()
        value = make(x).eval({x: mine}, as_numpy=False)
        mine[:] = 0
        np.testing.assert_array_equal(value.asarray().ravel(), DATA.ravel())

    def test_they_do_not_show_memory_of_a_parameter(self):
        w = C.parameter(2, init=1)
        value = C.alias(w).eval(as_numpy=False)
        w.value = np.array([5, 7], "f")
        assert value.asarray().tolist() == [1, 1]

    def test_sequences_are_padded_on_demand_in_the_users_order(self):
        s = C.sequence.input_variable(1)
        f = s * 2
        value = f.eval({s: [[[1]], [[2], [3]]]}, as_numpy=False)
        assert value.shape == (2, 2, 1)
        assert value.mask.tolist() == [[2, 0], [2, 1]]
        assert value.data.asarray().tolist() == [[[2], [0]], [[4], [6]]]


def test_a_gradient_feeds_another_function(x):
    f, g = x * x, x * 10
    value = f.grad({x: DATA}, [x], as_numpy=False)
    np.testing.assert_array_equal(g.eval({x: value}), 20 * DATA)


def test_a_user_function_keeps_its_argument_until_backward(x):
    class Square(C.ops.functions.UserFunction):
        def infer_outputs(self):
            v = self.inputs[0]
            return [C.output_variable(v.shape, v.dtype, v.dynamic_axes)]

        def forward(self, argument, device=None, outputs_to_retain=None):
            return argument, argument.data.asarray() ** 2

        def backward(self, state, root_gradients):
            return 2 * state.data.asarray() * root_gradients.data.asarray()

    hidden = x
    for _ in range(3):  # memory is wanted by these layers
        hidden = C.tanh(hidden + 1)
    f = C.user_function(Square([hidden], as_numpy=False))
    g = C.square(hidden)
    np.testing.assert_allclose(f.grad({x: DATA}, [x]), g.grad({x: DATA}, [x]), rtol=1e-5)
