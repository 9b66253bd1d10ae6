import numpy as np
import pytest

import cntk as C

BATCH = C.Axis.default_batch_axis()


def test_there_and_back_again_is_the_operand():
    x = C.input_variable((2, 3), needs_gradient=True)
    whole = C.unpack_batch(x)
    assert (whole.shape, whole.dynamic_axes) == ((-3, 2, 3), ())
    again = C.to_batch(whole * 2) + x
    data = np.arange(24, dtype=np.float32).reshape(4, 2, 3)
    for rows in (4, 1, 3):
        slope, value = again.grad({x: data[:rows]}, [x], outputs=[again.output])
        np.testing.assert_array_equal(value, 3 * data[:rows])
        np.testing.assert_array_equal(slope, np.full((rows, 2, 3), 3))


def test_a_product_over_the_batch():
    x = C.input_variable(2, needs_gradient=True)
    whole = C.unpack_batch(x)
    gram = C.times(C.transpose(whole, (1, 0)), whole)
    assert gram.shape == (2, 2)
    data = np.arange(6, dtype=np.float32).reshape(3, 2)
    slope, value = gram.grad({x: data}, [x], outputs=[gram.output])
    np.testing.assert_allclose(value, data.T @ data)
    np.testing.assert_allclose(slope, 2 * data.sum(1, keepdims=True) * np.ones((1, 2)))


def test_a_parameter_makes_a_minibatch_of_its_own():
    rows = C.parameter(init=np.arange(6, dtype=np.float32).reshape(3, 2))
    function = C.exp(C.to_batch(rows) * 0.5)
    assert (function.shape, function.dynamic_axes) == ((2,), (BATCH,))
    np.testing.assert_allclose(function.eval(), np.exp(rows.value / 2), rtol=1e-6)
    expected = np.exp(rows.value / 2) / 2
    np.testing.assert_allclose(function.grad({}, [rows]), expected, rtol=1e-6)
    state, _ = function.forward({}, keep_for_backward=[function.output])
    found = function.backward(state, {function.output: np.ones((3, 2), np.float32)}, [rows])
    np.testing.assert_allclose(found[rows], expected, rtol=1e-6)


def test_another_number_of_samples_is_refused():
    x, rows = C.input_variable(2), C.parameter((3, 2), init=1)
    function = C.to_batch(rows) + x
    function.eval({x: np.ones((3, 2), np.float32)})
    with pytest.raises(RuntimeError, match="3 samples"):
        function.eval({x: np.ones((2, 2), np.float32)})


def test_operands_with_other_axes_are_refused():
    sequence = C.input_variable(3, dynamic_axes=[BATCH, C.Axis.default_dynamic_axis()])
    for function, operand in (
        (C.unpack_batch, sequence),
        (C.unpack_batch, C.parameter((2, 3))),
        (C.to_batch, C.input_variable(3)),
        (C.to_batch, C.parameter(())),
    ):
        with pytest.raises(RuntimeError):
            function(operand)


class TestOtherNumberOfSamples:
    """Samples made of a tensor; their number is another than that of the minibatch.

    The numbers are those of CNTK 2.7.
    """

    X = np.arange(12, dtype=np.float32).reshape(3, 4)

    @pytest.fixture
    def x(self):
        return C.input_variable(4)

    @staticmethod
    def columns(x):
        return C.to_batch(C.transpose(C.unpack_batch(x), (1, 0)))

    def test_alone(self, x):
        assert self.columns(x).eval({x: self.X}).tolist() == self.X.T.tolist()
        assert self.columns(x).eval({x: self.X[:2]}).tolist() == self.X[:2].T.tolist()

    def test_beside_samples_that_are_fed(self, x):
        both = C.combine([C.reduce_sum(self.columns(x)), x * 2])
        sums, doubled = both.eval({x: self.X}).values()
        assert sums.tolist() == [12, 15, 18, 21]
        assert doubled.tolist() == (2 * self.X).tolist()

    def test_several_of_several_numbers(self, x):
        made = [C.to_batch(C.constant(np.ones((n, 2), np.float32))) * n for n in (2, 5)]
        found = C.combine([*made, x]).eval({x: self.X})
        assert [rows.shape for rows in found.values()] == [(2, 2), (5, 2), (3, 4)]

    def test_two_that_meet(self, x):
        both = C.reduce_sum(self.columns(x)) + C.reduce_sum(self.columns(2 * x))
        assert both.eval({x: self.X}).tolist() == [36, 45, 54, 63]

    def test_there_and_back(self, x):
        back = C.transpose(C.unpack_batch(self.columns(x)), (1, 0))
        assert back.eval({x: self.X}).tolist() == self.X.tolist()

    def test_those_that_meet_the_fed_ones_are_refused(self, x):
        mixed = C.reduce_sum(self.columns(x)) + C.reduce_sum(x)
        assert mixed.eval({x: np.eye(4, dtype=np.float32)}).tolist() == [2, 2, 2, 2]
        with pytest.raises(ValueError, match="one with 3 samples, the other with 4 samples"):
            mixed.eval({x: self.X})

    def test_forward_and_backward(self, x):
        weights = C.parameter(init=np.arange(8, dtype=np.float32).reshape(4, 2) / 10)
        function = C.reduce_sum(C.square(self.columns(C.times(x, weights))))
        data = {x: self.X / 10}
        expected = [[2.592, 3.376], [3.048, 3.964], [3.504, 4.552], [3.960, 5.140]]
        np.testing.assert_allclose(function.grad(data, [weights]), expected, rtol=1e-6)
        state, found = function.forward(data, [function.output], [function.output])
        assert found[function.output].sum() == pytest.approx(5.894, rel=1e-6)
        ones = np.ones(2, np.float32)
        found = function.backward(state, {function.output: ones}, [weights])
        np.testing.assert_allclose(found[weights], expected, rtol=1e-6)

    def test_a_loss_counts_its_own_samples(self, x):
        weights = C.parameter(init=np.arange(8, dtype=np.float32).reshape(4, 2) / 10)
        loss = C.reduce_sum(C.square(self.columns(C.times(x, weights))))
        rate = C.learning_parameter_schedule_per_sample(0.01)
        trainer = C.Trainer(None, (loss, C.reduce_sum(x)), [C.sgd([weights], rate)])
        for expected in (2.9470000, 2.3855865):
            trainer.train_minibatch({x: self.X / 10})
            assert trainer.previous_minibatch_sample_count == 2
            assert trainer.previous_minibatch_loss_average == pytest.approx(expected, rel=1e-6)
            assert trainer.previous_minibatch_evaluation_average == pytest.approx(3.3, rel=1e-6)
