"""Running statistics, with numbers printed by CNTK 2.7; values and gradients are golden cases."""

import numpy as np
import pytest

import cntk as C

MINIBATCHES = ([1, 2, 3], [11, 13])


class Normalization:
    """Batch normalization of one number per sample, and its state."""

    def __init__(self, time_constant=10.0, spatial=False):
        self.x = C.input_variable(1)
        self.time_constant, self.spatial = time_constant, spatial
        self.scale, self.bias = C.parameter(1, init=1), C.parameter(1, init=0)
        self.mean, self.variance = C.constant(0, shape=(1,)), C.constant(0, shape=(1,))
        self.count = C.constant(0)

    def __call__(self, operand):
        return C.batch_normalization(
            operand, self.scale, self.bias, self.mean, self.variance, self.spatial,
            self.time_constant, running_count=self.count,
        )  # fmt: skip

    def train(self, function, numbers):
        """Run a forward pass of training; return the result."""
        outputs = function.outputs
        _, results = function.forward({self.x: column(numbers)}, outputs, set(outputs))
        return results[function.output].ravel()

    @property
    def statistics(self):
        cells = (self.mean, self.variance, self.count)
        return [float(cell.value.reshape(())) for cell in cells]


def column(numbers):
    return np.array(numbers, np.float32).reshape(-1, 1)


@pytest.mark.parametrize("spatial", [False, True])
@pytest.mark.parametrize(
    "time_constant, mean, variance",
    [
        (5000, 2.0039992, 1.0003999),
        (10, 3.8126926, 1.1812693),
        (-1, 6.0, 1.4),
        (0, 12.0, 2.0),
        (float("inf"), 2.0, 1.0),
    ],
)
def test_statistics_move_as_fast_as_the_time_constant_says(time_constant, mean, variance, spatial):
    norm = Normalization(time_constant, spatial)
    function = norm(norm.x)
    norm.train(function, MINIBATCHES[0])
    np.testing.assert_allclose(norm.statistics, [2, 1, 3], rtol=1e-6)
    norm.train(function, MINIBATCHES[1])
    np.testing.assert_allclose(norm.statistics, [mean, variance, 5], rtol=1e-6)


def test_training_normalizes_by_the_minibatch_and_evaluation_by_the_running_statistics():
    norm = Normalization()
    function = norm(norm.x)
    trained = norm.train(function, MINIBATCHES[0])
    np.testing.assert_allclose(trained, [-1.2247356, 0, 1.2247356], rtol=1e-5, atol=1e-6)
    evaluated = function.eval({norm.x: column([2, 5])})
    np.testing.assert_allclose(evaluated, [[0], [3 / np.sqrt(1 + 1e-5)]], rtol=1e-6)


def test_a_layer_that_was_never_trained_divides_by_the_root_of_epsilon():
    norm = Normalization()
    np.testing.assert_allclose(norm(norm.x).eval({norm.x: column([1])}), [[316.22776]], rtol=1e-5)


def test_applied_to_two_operands_it_counts_both():
    norm = Normalization()
    function = norm(norm.x) + norm(2 * norm.x)
    norm.train(function, MINIBATCHES[0])
    np.testing.assert_allclose(norm.statistics, [2.5183635, 1.7775452, 6], rtol=1e-6)
    norm.train(function, MINIBATCHES[1])
    np.testing.assert_allclose(norm.statistics, [7.8195004, 2.9384995, 10], rtol=1e-6)


def test_applied_to_itself_the_outer_one_starts_where_the_inner_one_ended():
    norm = Normalization()
    function = norm(norm(norm.x))
    norm.train(function, MINIBATCHES[0])
    np.testing.assert_allclose(norm.statistics, [1.4816364, 1.129585, 6], rtol=1e-5)
    norm.train(function, MINIBATCHES[1])
    np.testing.assert_allclose(norm.statistics, [2.7740991, 1.4165398, 10], rtol=1e-5)


def test_statistics_move_although_nothing_is_learned():
    norm = Normalization()
    target = C.input_variable(1)
    loss = C.squared_error(norm(norm.x), target)
    learner = C.sgd(loss.parameters, lr=C.learning_parameter_schedule(0.0))
    trainer = C.Trainer(None, (loss, None), [learner])
    trainer.train_minibatch({norm.x: column(MINIBATCHES[0]), target: column([0, 0, 0])})
    np.testing.assert_allclose(norm.statistics, [2, 1, 3], rtol=1e-6)
    assert norm.scale.value == 1


def test_evaluation_leaves_the_statistics_alone():
    norm = Normalization()
    function = norm(norm.x)
    norm.train(function, MINIBATCHES[0])
    before = norm.statistics
    function.eval({norm.x: column([7])})
    C.eval.Evaluator(C.squared_error(function, 1)).test_minibatch({norm.x: column([7, 8])})
    assert norm.statistics == before


def test_one_sample_has_no_unbiased_variance():
    norm = Normalization()
    assert norm.train(norm(norm.x), [4]) == [0]
    assert norm.mean.value == 4 and np.isnan(norm.variance.value) and norm.count.value == 1


def test_spatial_statistics_count_samples_not_places():
    x = C.input_variable((2, 3))
    cells = [C.constant(0, shape=(2,)), C.constant(0, shape=(2,)), C.constant(0)]
    scale, bias = C.parameter(2, init=1), C.parameter(2, init=0)
    function = C.batch_normalization(x, scale, bias, *cells[:2], True, running_count=cells[2])
    data = np.arange(12, dtype=np.float32).reshape(2, 2, 3)
    function.forward({x: data}, function.outputs, set(function.outputs))
    flat = data.transpose(1, 0, 2).reshape(2, 6)
    np.testing.assert_allclose(cells[0].value, flat.mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(cells[1].value, flat.var(axis=1, ddof=1), rtol=1e-6)
    assert cells[2].value == 2


def test_without_a_count_there_is_a_warning():
    norm = Normalization()
    with pytest.warns(UserWarning, match="running_count"):
        function = C.batch_normalization(
            norm.x, norm.scale, norm.bias, norm.mean, norm.variance, False
        )
    assert len(function.constants) == 3


def test_statistics_must_be_stored_somewhere():
    norm = Normalization()
    with pytest.raises(ValueError, match="running_mean must be a constant or parameter"):
        C.batch_normalization(
            norm.x, norm.scale, norm.bias, norm.x, norm.variance, False, running_count=norm.count
        )


def test_sizes_of_scale_and_statistics_must_fit():
    x = C.input_variable((3, 4))
    parts = [C.constant(0, shape=(4,)) for _ in range(4)]
    with pytest.raises(ValueError, match=r"need the shape\s+'\[3\]'"):
        C.batch_normalization(x, *parts, True, running_count=C.constant(0))
