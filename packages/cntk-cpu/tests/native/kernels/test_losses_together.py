"""A loss, its gradient and an error of the same scores and targets, in one pass over them."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse

import cntk as C
from cntk.autodiff import gradients
from cntk.debugging import explain
from cntk.execution.session import program_for
from cntk.operators.declare import registry
from cntk.testing.backends import without

FORMS = ["dense", "sparse", "numbers", "numbers of shape 1"]
ALL = ("softmax_cross_entropy", "value_at_largest", "softmax_cross_entropy_slope")


def case(rows: int, classes: int, form: str):
    """Return (scores that a network computes, target, data, the parameter of the network)."""
    random = np.random.default_rng(rows * classes)
    x, p = C.input_variable(classes), C.parameter(classes, init=1.5)
    numbers = random.integers(0, classes, rows)
    rows_of_target = np.eye(classes, dtype=np.float32)[numbers]
    if form == "dense":
        source = target = C.input_variable(classes)
    elif form == "sparse":
        source = target = C.input_variable(classes, is_sparse=True)
        rows_of_target = scipy.sparse.csr_matrix(rows_of_target)
    else:
        shape = () if form == "numbers" else (1,)
        source = C.input_variable(shape)
        target = C.one_hot(source, classes)
        rows_of_target = numbers.astype(np.float32).reshape(rows, *shape)
    scores = random.normal(0, 3, (rows, classes)).astype(np.float32)
    return x * p, target, {x: scores, source: rows_of_target}, p


def training(z, target, data, p):
    """Return a function that computes loss, error, and the gradient of the loss."""
    loss, error = C.cross_entropy_with_softmax(z, target), C.classification_error(z, target)

    def run():
        gradient, found = loss.grad(data, [p], outputs=[loss.output, error.output])
        return [gradient, found[loss.output], found[error.output]]

    return run


def steps(function) -> list[str]:
    plan = program_for(function, list(function.outputs), False).plan
    return [step.operator.name for step in plan.steps]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("classes", [1, 3, 16, 17, 1000])
@pytest.mark.parametrize("rows", [1, 3, 17, 130])
def test_loss_error_and_gradient(compared, rows, classes, form):
    compared(training(*case(rows, classes, form)), *ALL, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("form", FORMS)
def test_all_is_one_step_and_nothing_as_large_as_the_scores_is_kept(form):
    z, target, _, _ = case(3, 5, form)
    numbers = [] if form in ("dense", "sparse") else ["ones_at"]
    both = C.combine([C.cross_entropy_with_softmax(z, target), C.classification_error(z, target)])
    name = " + ".join([*ALL[:2], *numbers])
    assert [step for step in steps(both) if "+" in step] == [name]
    assert f"{name}(" in explain(both) and "by native, one pass" in explain(both)


@pytest.mark.parametrize("form", FORMS)
def test_losses_and_errors_are_the_same_bits_as_apart(form):
    run = training(*case(33, 129, form))
    _, *together = run()
    with without("together"):
        _, *apart = run()
    np.testing.assert_array_equal(together, apart)


def test_other_targets_or_scores_stay_apart():
    z, target, _, _ = case(3, 5, "dense")
    other = C.input_variable(5)
    loss = C.cross_entropy_with_softmax(z, target)
    errors = C.classification_error(z, other), C.classification_error(other, target)
    for error in errors:
        assert not any("+" in step for step in steps(C.combine([loss, error])))


def test_scores_that_are_their_own_targets_stay_apart(compared):
    z, _, data, p = case(4, 5, "dense")
    loss = C.cross_entropy_with_softmax(z, z)
    x = z.arguments[0]
    compared(lambda: [loss.grad({x: data[x]}, [p])], "softmax_cross_entropy", atol=1e-5)


def test_rows_of_class_numbers_that_are_read_elsewhere_are_made(compared):
    z, target, data, p = case(6, 5, "numbers")
    loss = C.cross_entropy_with_softmax(z, target) + C.reduce_sum(target * z)
    compared(lambda: [loss.grad(data, [p])], *ALL[::2], rtol=1e-4, atol=1e-4)
    assert "ones_at" in steps(loss)


@pytest.mark.parametrize("number", [-1, 5, 1e30, np.nan, np.inf, 2.9, -0.5])
def test_numbers_that_are_no_class(compared, number):
    z, target, data, p = case(2, 5, "numbers")
    (source,) = (v for v in data if not v.shape)
    data[source] = np.array([1, number], np.float32)
    compared(training(z, target, data, p), *ALL, "ones_at", atol=1e-5)


SPECIAL = [
    [[1, np.nan, 2, 0]],
    [[np.inf, 100, 2, 0]],
    [[-np.inf] * 4],
    [[1e30, -1e30, 0, 0], [1000, 999, -1000, 0]],
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rows", SPECIAL, ids=str)
def test_special_scores_are_as_in_numpy(compared, rows, form):
    z, target, data, p = case(len(rows), 4, form)
    data[z.arguments[0]] = np.array(rows, np.float32) / 1.5
    compared(training(z, target, data, p), *ALL, rtol=1e-4)


def test_targets_along_the_last_of_two_axes(compared):
    z, t = C.input_variable((2, 5), needs_gradient=True), C.input_variable((2, 5))
    data = {x: np.random.default_rng(i).random((7, 2, 5), np.float32) for i, x in enumerate((z, t))}
    loss = C.cross_entropy_with_softmax(2 * z, t, axis=1)
    compared(lambda: [loss.grad(data, [z])], *ALL[::2])


def test_the_gradient_takes_the_place_of_the_scores(network):
    net = network(rows=3)
    z, t = net.leaf(5, has_rows=True), net.leaf(5, has_rows=True)
    losses = registry["softmax_cross_entropy"](registry["tanh"](z), t, axis=-1)
    one = registry["expand_to"](net.graph.literal(3, z._dtype), losses)
    plan = net.check([losses, *gradients(net.graph, [(losses, one)], [z])]).plan
    (step,) = (step for step in plan.steps if "+" in step.operator.name)
    colors = {symbol.number: color for _, symbol, color in plan.memory.places}
    scores, slope = step.operands[0], step.outputs[-1]
    assert colors.get(scores.number) != colors[slope.number]  # which reads the scores, too

    losses = registry["softmax_cross_entropy"](2 * z, t, axis=-1)
    one = registry["expand_to"](net.graph.literal(3, z._dtype), losses)
    plan = net.check([losses, *gradients(net.graph, [(losses, one)], [z])]).plan
    (step,) = (step for step in plan.steps if "+" in step.operator.name)
    colors = {symbol.number: color for _, symbol, color in plan.memory.places}
    assert colors[step.operands[0].number] == colors[step.outputs[-1].number]
