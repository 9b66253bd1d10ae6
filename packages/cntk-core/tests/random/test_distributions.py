import numpy as np
import pytest

import cntk as C

R = C.random
SHAPED = (R.uniform, R.normal, R.gumbel, R.bernoulli)
LIKE = (R.uniform_like, R.normal_like, R.gumbel_like, R.bernoulli_like)


def name(function):
    return function.__name__


@pytest.mark.parametrize("draw", SHAPED, ids=name)
def test_each_evaluation_draws_anew_and_equal_seeds_draw_alike(draw):
    first, second = draw((20, 30), seed=5), draw((20, 30), seed=5)
    drawn = [first.eval() for _ in range(2)]
    assert (drawn[0] != drawn[1]).any()
    np.testing.assert_array_equal(drawn[0], second.eval())
    assert first.root_function.attributes["rngOffset"] == 0  # training alone goes on


@pytest.mark.parametrize("draw, like", [*zip(SHAPED, LIKE)], ids=name)
def test_like_takes_the_rows_of_its_operand(draw, like):
    x = C.input_variable(30)
    numbers = like(x, seed=5).eval({x: np.zeros((20, 30), np.float32)})
    np.testing.assert_array_equal(numbers, draw((20, 30), seed=5).eval())


def test_like_knows_the_frames_of_sequences():
    x = C.input_variable(2, dynamic_axes=C.Axis.default_input_variable_dynamic_axes())
    data = [np.zeros((3, 2), np.float32), np.zeros((1, 2), np.float32)]
    assert [len(one) for one in R.normal_like(x).eval({x: data})] == [3, 1]


@pytest.mark.parametrize(
    "draw, mean, deviation",
    [
        (lambda: R.uniform((400, 400), low=2, high=4, seed=1), 3, 2 / 12**0.5),
        (lambda: R.normal((400, 400), mean=-1, scale=0.5, seed=1), -1, 0.5),
        (lambda: R.gumbel((400, 400), loc=1, scale=2, seed=1), 1 + 2 * 0.5772, np.pi * 2 / 6**0.5),
        (lambda: R.bernoulli((400, 400), mean=0.3, seed=1), 0.3, 0.21**0.5),
    ],
)
def test_mean_and_deviation_are_those_of_the_distribution(draw, mean, deviation):
    numbers = draw().eval()
    assert numbers.mean() == pytest.approx(mean, abs=0.02)
    assert numbers.std() == pytest.approx(deviation, abs=0.02)


def test_no_gradient_passes():
    x = C.input_variable(3, needs_gradient=True)
    numbers = R.uniform_like(x, seed=1)
    data = np.ones((2, 3), np.float32)
    gradient, drawn = (numbers * x).grad({x: data}, outputs=[numbers.output])
    np.testing.assert_array_equal(gradient, drawn)


def test_the_element_type_is_given_or_the_default():
    assert R.normal((2,), dtype=np.float64).eval().dtype == np.float64
    with C.default_options(dtype=np.float64):
        assert R.uniform((2,)).dtype is np.float64
    assert R.uniform_like(C.input_variable(2, dtype=np.float64)).dtype is np.float64


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda: R.uniform((2,), low=1, high=1), "must be < high end"),
        (lambda: R.uniform((2,), low="a"), "low must be a number"),
        (lambda: R.normal((2,), scale=-1), "must be non-negative"),
        (lambda: R.normal((2,), mean=float("nan")), "must be finite"),
        (lambda: R.gumbel((2,), scale=-1), "must be non-negative"),
        (lambda: R.bernoulli((2,), mean=1.5), "between 0 and 1"),
        (lambda: R.uniform((2, C.FreeDimension)), "unbound dimension"),
        (lambda: R.uniform((2,), dtype=np.float16), "float, double"),
        (lambda: R.uniform((2,), dtype=np.int32), "not supported"),
    ],
)
def test_parameters_are_checked_at_once(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()


def test_both_forms_survive_a_file(tmp_path):
    x = C.input_variable(3, name="x")
    for number, function in enumerate([R.normal((2, 3), seed=4), R.uniform_like(x, seed=4)]):
        path = tmp_path / f"{number}.model"
        function.save(path)
        loaded = C.load_model(path)
        data = {"x": np.zeros((2, 3), np.float32)} if function.arguments else {}
        np.testing.assert_array_equal(loaded.eval(data), function.eval(data))
