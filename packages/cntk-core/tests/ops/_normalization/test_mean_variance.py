import numpy as np
import pytest

import cntk as C


def test_statistics_are_those_of_each_channel_or_of_all():
    x = C.input_variable((2, 2, 2))
    data = np.array([[[[1, 2], [3, 4]], [[10, 10], [30, 30]]]], np.float32)
    alone = C.mean_variance_normalization(x, epsilon=0).eval({x: data})
    np.testing.assert_allclose(alone.mean(axis=(2, 3)), [[0, 0]], atol=1e-6)
    np.testing.assert_allclose(alone.std(axis=(2, 3)), [[1, 1]], rtol=1e-5)
    together = C.mean_variance_normalization(x, 0, use_stats_across_channels=True)
    np.testing.assert_allclose(together.eval({x: data}).std(), 1, rtol=1e-5)


def test_scaling_can_be_left_out():
    centred = C.mean_variance_normalization([1, 2, 6], do_variance_scaling=False)
    np.testing.assert_allclose(centred.eval(), [-2, -1, 3])


def test_equal_elements_become_zeros():
    np.testing.assert_array_equal(C.mean_variance_normalization([7, 7], epsilon=0).eval(), [0, 0])


def test_epsilon_is_a_named_constant():
    x = C.input_variable(3)
    assert [c.name for c in C.mean_variance_normalization(x).constants] == ["mvn_epsilon"]


@pytest.mark.parametrize("epsilon", [-1, float("nan")])
def test_epsilon_is_not_negative(epsilon):
    with pytest.raises(ValueError, match="epsilon must be non-negative"):
        C.mean_variance_normalization(C.input_variable(3), epsilon)


@pytest.mark.parametrize("operand", [C.input_variable(()), C.placeholder()])
def test_the_rank_must_be_known_and_positive(operand):
    with pytest.raises(ValueError, match="rank of the operand must be >= 1"):
        C.mean_variance_normalization(operand)
