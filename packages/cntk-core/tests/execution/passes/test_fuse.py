"""Formulas that a plan computes in one step, whoever wrote them."""

import numpy as np
import pytest

import cntk as C
from cntk.execution.session import program_for

pytestmark = pytest.mark.usefixtures("numpy_kernels")
X = np.random.default_rng(0).normal(size=(4, 2, 3)).astype(np.float32)


def steps(function, training=False):
    program = program_for(function, list(function.outputs), training)
    return [step.operator.name for step in program.plan.steps]


def own_softmax(x, axis):
    powers = C.exp(x - C.reduce_max(x, axis))
    return powers / C.reduce_sum(powers, axis)


def own_log_softmax(x, axis):
    largest = C.reduce_max(x, axis)
    return x - largest - C.log(C.reduce_sum(C.exp(x - largest), axis))


def own_cross_entropy(z, t, axis):
    return C.reduce_log_sum_exp(z, axis) - C.reduce_sum(t * z, axis)


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(
    "own, public, name",
    [
        (own_softmax, C.softmax, "exp_shares"),
        (own_log_softmax, C.log_softmax, "log_shares"),
    ],
)
def test_softmax_is_recognised_in_blocks_and_in_formulas(own, public, name, axis):
    x = C.input_variable((2, 3))
    assert steps(public(x, axis)) == steps(own(x, axis)) == [name]
    np.testing.assert_array_equal(own(x, axis).eval({x: X}), public(x, axis).eval({x: X}))


def test_a_loaded_model_is_recognised_too(tmp_path):
    x = C.input_variable((2, 3))
    C.softmax(x, axis=1).save(tmp_path / "softmax.model")
    assert steps(C.load_model(tmp_path / "softmax.model")) == ["exp_shares"]


def test_cross_entropy_is_one_step():
    z, t = C.input_variable(3), C.input_variable(3)
    expected = ["softmax_cross_entropy"]
    assert steps(C.cross_entropy_with_softmax(z, t)) == expected
    assert steps(C.cross_entropy_with_softmax(z, C.input_variable(3, is_sparse=True))) == expected
    assert steps(own_cross_entropy(z, t, -1)) == expected
    m, n = C.input_variable((2, 3)), C.input_variable((2, 3))
    assert steps(C.cross_entropy_with_softmax(m, n, axis=1)) == expected
    assert steps(own_cross_entropy(m, n, 0)) == expected


def test_a_value_is_looked_up_where_a_hardmax_meets_it():
    z, t = C.input_variable(3), C.input_variable(3)
    assert steps(C.classification_error(z, t)) == ["value_at_largest", "minus"]
    assert steps(C.times_transpose(t, C.hardmax(z))) == ["value_at_largest"]


def test_what_only_looks_alike_is_left_alone():
    z, t, u = (C.input_variable((2, 3)) for _ in range(3))
    powers = C.exp(z - C.reduce_max(z, 0))
    assert "exp_shares" not in steps(powers / C.reduce_sum(powers, 1))
    assert "exp_shares" not in steps(C.exp(z - C.reduce_max(t, 0)) / C.reduce_sum(powers, 0))
    other = C.reduce_log_sum_exp(z, 0) - C.reduce_sum(t * u, 0)
    assert "softmax_cross_entropy" not in steps(other)
    whole = C.reduce_log_sum_exp(z, 0) - C.reduce_sum(t * z, 1)
    assert "softmax_cross_entropy" not in steps(whole)
    one = C.input_variable((1, 3))
    assert "softmax_cross_entropy" not in steps(own_cross_entropy(z, one, 0))


def test_parts_that_are_asked_for_are_still_computed():
    z, t = C.input_variable(3), C.input_variable(3)
    log_sum = C.reduce_log_sum_exp(z, -1)
    loss = log_sum - C.times_transpose(z, t)
    both = C.combine([loss, log_sum])
    assert set(steps(both)) == {"softmax_cross_entropy", "log_sum_exp_over"}
    data = {z: X[:, 0], t: X[:, 1]}
    found = both.eval(data)
    expected = np.log(np.exp(X[:, 0]).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found[log_sum.output], expected, rtol=1e-6)
    product = (X[:, 0] * X[:, 1]).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found[loss.output], expected - product, rtol=1e-5, atol=1e-6)
