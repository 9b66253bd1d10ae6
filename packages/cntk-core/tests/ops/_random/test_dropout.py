import numpy as np
import pytest

import cntk as C

ONES = np.ones((50, 40), np.float32)


@pytest.fixture
def x():
    return C.input_variable(40, needs_gradient=True)


def train(function, x):
    outputs = set(function.outputs)
    state, results = function.forward({x: ONES}, function.outputs, outputs)
    return state, results[function.output]


def test_training_drops_a_share_and_lifts_the_rest(x):
    _, found = train(C.dropout(x, 0.25, seed=1), x)
    np.testing.assert_allclose(np.unique(found), [0, 4 / 3], rtol=1e-6)
    assert 0.2 < (found == 0).mean() < 0.3


def test_each_pass_chooses_anew_and_equal_seeds_choose_alike(x):
    first, second = C.dropout(x, 0.5, seed=3), C.dropout(x, 0.5, seed=3)
    drawn = [train(first, x)[1] for _ in range(2)]
    assert (drawn[0] != drawn[1]).any()
    np.testing.assert_array_equal(drawn[0], train(second, x)[1])


def test_the_gradient_goes_where_the_values_went(x):
    function = C.dropout(x, 0.5, seed=1)
    state, found = train(function, x)
    gradient = function.backward(state, {function.output: ONES}, {x})[x]
    np.testing.assert_array_equal(gradient, found)


def test_evaluation_is_the_identity_and_draws_nothing(x):
    function = C.dropout(x, 0.5, seed=1)
    np.testing.assert_array_equal(function.eval({x: ONES}), ONES)
    assert function.root_function.attributes["rngOffset"] == 0
    train(function, x)
    assert function.root_function.attributes["rngOffset"] == ONES.size


def test_the_rate_can_change_later(x):
    function = C.dropout(x, 0.5, seed=1)
    function.set_attribute("dropoutRate", 0.0)
    np.testing.assert_array_equal(train(function, x)[1], ONES)


def test_seeds_are_counted(x):
    C.cntk_py.reset_random_seed(7)
    seeds = [C.dropout(x, 0.5).root_function.attributes["rngSeed"] for _ in range(2)]
    C.cntk_py.reset_random_seed()
    assert seeds == [7, 8]


@pytest.mark.parametrize("rate", [1, -0.1, float("nan"), "half", None])
def test_the_rate_is_a_probability_below_one(x, rate):
    with pytest.raises(ValueError, match="dropout_rate must be"):
        C.dropout(x, rate)


def test_a_seed_is_an_integer_of_64_bits(x):
    with pytest.raises(OverflowError, match="random seed"):
        C.dropout(x, 0.5, seed=-1)
    with pytest.raises(TypeError, match="random seed"):
        C.dropout(x, 0.5, seed=1.5)
