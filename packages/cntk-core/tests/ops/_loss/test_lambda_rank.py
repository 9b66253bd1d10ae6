"""Numbers printed by CNTK 2.7."""

import numpy as np
import pytest

import cntk as C


def column(numbers):
    return np.array(numbers, np.float32).reshape(-1, 1)


def ranked(scores, gains, groups):
    """Return loss, gradient and the metric."""
    output = C.input_variable(1, needs_gradient=True)
    gain, group = C.input_variable(1), C.input_variable(1)
    data = {output: column(scores), gain: column(gains), group: column(groups)}
    loss = C.lambda_rank(output, gain, group)
    gradient, value = loss.grad(data, [output], outputs=[loss.output])
    return float(value), gradient.ravel(), float(C.ndcg_at_1(output, gain, group).eval(data))


@pytest.mark.parametrize(
    "scores, gains, groups, value, gradient, first",
    [
        ([1, 0], [1, 0], [0, 0], 0, [-0.0992583, 0.0992583], 200),
        ([0, 1], [1, 0], [0, 0], 73.81405, [-0.269812, 0.269812], 0),
        ([1, 3, 2], [3, 0, 1], [0, 0, 0], 117.34888, [-0.43218, 0.3774844, 0.0546956], 0),
        ([0, 1, 1, 0], [1, 0, 1, 0], [0, 0, 1, 1], 73.81406,
         [-0.269812, 0.269812, -0.0992583, 0.0992583], 200),
        ([1, 3, 2, 5, 1], [3, 0, 1, 1, 2], [0, 7, 0, 7, 7], 125, [0] * 5, 375),
        ([50, -50, 3], [0, 2, 1], [1, 1, 1], 22.294, [0, -0.0743134, 0.0743134], 0),
        ([1, 3, 2], [0, 0, 0], [0, 0, 0], 300, [0, 0, 0], 0),
        ([1, 2], [3, 2], [0, 1], 0, [0, 0], 200),
    ],
)  # fmt: skip
def test_order_by_scores(scores, gains, groups, value, gradient, first):
    found = ranked(scores, gains, groups)
    assert found[0] == pytest.approx(value, rel=1e-5, abs=1e-4)
    np.testing.assert_allclose(found[1], gradient, rtol=1e-5, atol=1e-7)
    assert found[2] == pytest.approx(first)


def test_of_equal_scores_the_worst_order_counts():
    value, gradient, first = ranked([1, 1, 1], [3, 2, 1], [0, 0, 0])
    assert value == pytest.approx(63.000584, rel=1e-5)
    np.testing.assert_allclose(gradient, [-0.1187488, -0.025005, 0.1437538], rtol=1e-4)
    assert first == pytest.approx(100)


def test_huge_differences_of_scores_do_not_overflow():
    value, gradient, _ = ranked([1e5, -1e5], [0, 1], [0, 0])
    assert value == pytest.approx(0, abs=1e-4)
    np.testing.assert_array_equal(gradient, [0, 0])


def test_the_gradient_follows_what_is_made_of_the_loss():
    output = C.input_variable(1, needs_gradient=True)
    gain, group = C.input_variable(1), C.input_variable(1)
    data = {output: column([0, 1]), gain: column([1, 0]), group: column([0, 0])}
    found = (3 * C.lambda_rank(output, gain, group)).grad(data, [output])
    np.testing.assert_allclose(found.ravel(), [-0.8094361, 0.8094361], rtol=1e-5)


@pytest.mark.parametrize("criterion", [C.lambda_rank, C.ndcg_at_1])
def test_one_number_per_sample(criterion):
    operands = [C.input_variable(2) for _ in range(3)]
    data = {operand: np.zeros((3, 2), np.float32) for operand in operands}
    with pytest.raises(ValueError, match="one number per sample"):
        criterion(*operands).eval(data)


@pytest.mark.parametrize("criterion", [C.lambda_rank, C.ndcg_at_1])
@pytest.mark.parametrize("group", [lambda: C.input_variable(1), lambda: C.constant([0])])
def test_a_group_for_each_frame(criterion, group):
    output, gain = C.sequence.input_variable(1), C.sequence.input_variable(1)
    with pytest.raises(RuntimeError, match="dynamic axes"):
        criterion(output, gain, group())


def test_queries_go_on_from_sequence_to_sequence():
    output = C.sequence.input_variable(1, needs_gradient=True)
    gain, group = C.sequence.input_variable(1), C.sequence.input_variable(1)
    loss = C.lambda_rank(output, gain, group)
    data = {
        output: [column([0]), column([1, 1, 0])],
        gain: [column([1]), column([0, 1, 0])],
        group: [column([0]), column([0, 1, 1])],
    }
    value, gradient, _ = ranked([0, 1, 1, 0], [1, 0, 1, 0], [0, 0, 1, 1])
    assert float(loss.eval(data)) == pytest.approx(value)
    found = loss.grad(data, [output])
    np.testing.assert_allclose(np.concatenate(found).ravel(), gradient)
