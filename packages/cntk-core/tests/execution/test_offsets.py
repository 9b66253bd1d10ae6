"""Random nodes go on with each run of training; evaluation and failed runs leave no trace."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import cntk as C

ONES = np.ones((4, 6), np.float32)


def noisy(seed=5):
    """Return an input and the noise added to it."""
    x = C.input_variable(6, needs_gradient=True)
    return x, x + C.random.normal_like(x, seed=seed)


def trained(function, x, data=ONES):
    return function.forward({x: data}, function.outputs, set(function.outputs))[1][function.output]


def offset(function):
    (node,) = {
        f for f in C.logging.graph.depth_first_search(function, lambda f: True)
        if "rngOffset" in getattr(f, "attributes", {})
    }  # fmt: skip
    return node.attributes["rngOffset"]


def test_training_counts_what_it_drew():
    x, function = noisy()
    for run in range(3):
        assert offset(function) == run * ONES.size
        trained(function, x)


def test_evaluation_draws_anew_and_training_does_not_notice():
    x, function = noisy()
    y, undisturbed = noisy()
    seen = []
    for _ in range(3):
        seen += [function.eval({x: ONES}) for _ in range(2)]
        np.testing.assert_array_equal(trained(function, x), trained(undisturbed, y))
    assert len({values.tobytes() for values in seen}) == 6
    assert offset(function) == offset(undisturbed)


@pytest.mark.parametrize("training", [False, True])
def test_a_run_that_fails_draws_nothing(training):
    x = C.input_variable((C.FreeDimension, 2), needs_gradient=True)
    y = C.input_variable((C.FreeDimension, 2))
    function = C.random.uniform_like(x, seed=1) + y
    good, bad = np.ones((1, 3, 2), np.float32), np.ones((1, 4, 2), np.float32)
    with pytest.raises(ValueError, match="not compatible"):
        if training:
            function.forward({x: good, y: bad}, function.outputs, set(function.outputs))
        else:
            function.eval({x: good, y: bad})
    z = C.input_variable((3, 2))
    fresh = C.random.uniform_like(z, seed=1).eval({z: good})
    np.testing.assert_array_equal(function.eval({x: good, y: good}), fresh + 1)
    assert offset(function) == 0


def test_rows_that_the_run_makes_are_counted():
    x = C.sequence.input_variable(6, needs_gradient=True)
    some = C.sequence.gather(x, C.greater(C.reduce_sum(x), 0))
    function = C.dropout(some, 0.5, seed=1)
    data = [np.float32([[1] * 6, [-1] * 6, [2] * 6]), np.float32([[3] * 6])]
    masks = [[row > 0 for row in trained(function, x, data)] for _ in range(2)]
    assert offset(function) == 2 * 3 * 6
    assert any((one != other).any() for one, other in zip(*masks))


def test_minibatches_with_free_axes_share_no_numbers():
    x = C.input_variable((C.FreeDimension, 2), needs_gradient=True)
    function = C.random.uniform_like(x, seed=1) + x
    drawn = [trained(function, x, np.zeros((2, size, 2), np.float32)) for size in (5, 3, 9)]
    numbers = np.concatenate([values.ravel() for values in drawn])
    assert len(np.unique(numbers)) == numbers.size


def test_threads_draw_different_numbers():
    x, function = noisy()
    function.eval({x: ONES})
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda _: function.eval({x: ONES}).tobytes(), range(40)))
    assert len(set(seen)) == 40


def test_a_clone_goes_on_where_the_original_is():
    x, function = noisy()
    trained(function, x)
    copy = function.clone("clone")
    assert offset(copy) == offset(function) == ONES.size
    np.testing.assert_array_equal(trained(copy, copy.arguments[0]), trained(function, x))
