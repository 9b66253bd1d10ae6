"""Softmax with cross entropy and classification errors, on dense and sparse targets.

Everything is tested twice: in one pass over the scores, and one step after the other.
"""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest
import scipy.sparse

import cntk as C
from cntk.autodiff import gradients
from cntk.execution.plan import Plan
from cntk.operators.declare import registry
from cntk.testing.backends import without

FORMS = ["dense", "sparse"]


@pytest.fixture(params=["in one pass", "apart"], autouse=True)
def way(request):
    """The way in which plans compute losses with what belongs to them."""
    with without("together") if request.param == "apart" else nullcontext():
        yield request.param


def case(rows: int, classes: int, form: str):
    """Return (output variable, target variable, data)."""
    random = np.random.default_rng(rows * classes)
    z = C.input_variable(classes, needs_gradient=True)
    t = C.input_variable(classes, is_sparse=form == "sparse")
    output = random.normal(0, 3, (rows, classes)).astype(np.float32)
    target = np.eye(classes, dtype=np.float32)[random.integers(0, classes, rows)]
    return z, t, {z: output, t: scipy.sparse.csr_matrix(target) if form == "sparse" else target}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("classes", [1, 3, 16, 17, 1000])
@pytest.mark.parametrize("rows", [1, 3, 17, 130])
def test_cross_entropy_and_its_gradient(compared, rows, classes, form):
    z, t, data = case(rows, classes, form)
    loss = C.cross_entropy_with_softmax(z, t)

    def both():
        gradient, value = loss.grad(data, [z], outputs=[loss.output])
        return [value, gradient]

    names = ("softmax_cross_entropy", "softmax_cross_entropy_slope")
    compared(both, *names, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_a_gradient_with_a_weight_for_each_sample(compared, form):
    z, t, data = case(17, 5, form)
    w = C.input_variable(1)
    loss = C.cross_entropy_with_softmax(z, t) * w
    data[w] = np.linspace(-1, 2, 17, dtype=np.float32)[:, None]
    compared(lambda: [loss.grad(data, [z])], "softmax_cross_entropy_slope")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("classes", [1, 3, 16, 17, 1000])
def test_errors(compared, classes, form):
    z, t, data = case(33, classes, form)
    error = C.classification_error(z, t)
    compared(lambda: [error.eval(data)], "value_at_largest", rtol=0)


def test_targets_along_the_last_of_two_axes(compared):
    z, t = C.input_variable((2, 5), needs_gradient=True), C.input_variable((2, 5))
    data = {x: np.random.default_rng(i).random((7, 2, 5), np.float32) for i, x in enumerate((z, t))}
    loss = C.cross_entropy_with_softmax(z, t, axis=1)

    def both():
        gradient, value = loss.grad(data, [z], outputs=[loss.output])
        return [value, gradient]

    compared(both, "softmax_cross_entropy")


SPECIAL = [
    [1, np.nan, 2, 0],
    [np.inf, 1, 2, 0],
    [-np.inf, 1, 2, 0],
    [-np.inf] * 4,
    [1e30, -1e30, 0, 0],
    [1000, 999, -1000, 0],
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("output", SPECIAL, ids=str)
def test_special_outputs_are_as_in_numpy(compared, output, form):
    z, t, data = case(1, 4, form)
    data[z] = np.array([output], np.float32)
    loss, error = C.cross_entropy_with_softmax(z, t), C.classification_error(z, t)

    def all_of_it():
        return [loss.eval(data), loss.grad(data, [z]), error.eval(data)]

    compared(all_of_it, rtol=1e-4)  # of 1000 the last digit counts: NumPy's gradient is 3e-5 off


def test_the_first_of_equal_outputs_counts(compared):
    z, t = C.input_variable(40), C.input_variable(40)
    output = np.zeros((2, 40), np.float32)
    output[1, [3, 20, 39]] = 5
    target = np.eye(40, dtype=np.float32)[[0, 3]]
    error = C.classification_error(z, t)
    (found,) = compared(lambda: [error.eval({z: output, t: target})], "value_at_largest")
    np.testing.assert_array_equal(found, [[0], [0]])


def test_sparse_targets_with_several_classes_or_none(compared):
    z, t, data = case(3, 6, "sparse")
    data[t] = scipy.sparse.csr_matrix(
        np.array([[0.5, 0, 0.5, 0, 0, 0], [0] * 6, [0, 0, 0, 0, 0, 2]], np.float32)
    )
    loss = C.cross_entropy_with_softmax(z, t)
    compared(lambda: [loss.eval(data), loss.grad(data, [z])], "softmax_cross_entropy")


def test_nobody_fills_rows_with_the_gradient_of_a_sum(network, way):
    net = network(rows=3)
    z, t = net.leaf(5, has_rows=True), net.leaf(5, has_rows=True)
    losses = registry["softmax_cross_entropy"](z, t, axis=-1)
    one = registry["expand_to"](net.graph.literal(-2, z._dtype), losses)
    slopes = gradients(net.graph, [(losses, one)], [z])
    plan = Plan(net.graph, slopes, layouts=[losses.dynamic_axes])
    names = ["softmax_cross_entropy", "softmax_cross_entropy_slope"]
    expected = [" + ".join(names)] if way == "in one pass" else names
    assert [step.operator.name for step in plan.steps] == expected
    net.check(slopes)


def errors(scores: np.ndarray, places) -> np.ndarray:
    """Return what classification_error says of each row, the correct class being at a place."""
    width = scores.shape[1]
    z, t = C.input_variable(width), C.input_variable(width)
    targets = np.eye(width, dtype=np.float32)[places]
    return C.classification_error(z, t).eval({z: scores, t: targets})[:, 0]


@pytest.mark.parametrize("width", [512, 513, 2000])
def test_the_largest_of_many_is_found_wherever_it_stands(width):
    places = np.arange(0, width, width // 40)
    scores = np.random.default_rng(width).uniform(-2, -1, (len(places), width)).astype(np.float32)
    scores[np.arange(len(places)), places] = -0.5
    assert (errors(scores, places) == 0).all()


@pytest.mark.parametrize("first", [0, 5, 511, 512, 900])
@pytest.mark.parametrize("value", [1.0, np.inf, np.nan])
def test_the_first_of_equal_ones_among_many_counts(first, value):
    scores = np.zeros((3, 1500), np.float32)
    scores[:, [first, first + 1, first + 550]] = value
    if np.isnan(value):
        scores[:, 3] = np.inf  # nan is the largest
    np.testing.assert_array_equal(errors(scores, [first, first + 1, 1499]), [0, 1, 1])


def test_many_times_minus_infinity():
    scores = np.full((2, 700), -np.inf, np.float32)
    np.testing.assert_array_equal(errors(scores, [0, 600]), [0, 1])
