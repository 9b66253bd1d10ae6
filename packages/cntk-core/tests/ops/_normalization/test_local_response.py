import numpy as np
import pytest

import cntk as C

X = np.array([1, 2, 3, 4], np.float32)
EXPECTED = [0.6347, 0.8107, 0.7993, 1.1672]  # printed by CNTK 2.7 for radius 1, 1, 0.5, 0.75


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
def test_channels_are_the_first_axis(rank):
    shape = (4, *(1,) * (rank - 1))
    x = C.input_variable(shape)
    found = C.local_response_normalization(x, 1, 1, 0.5, 0.75).eval({x: X.reshape(1, *shape)})
    np.testing.assert_allclose(found.ravel(), EXPECTED, atol=1e-4)


def test_radius_zero_looks_at_the_cell_alone():
    x = C.input_variable((4, 1))
    found = C.local_response_normalization(x, 0, 2, 3, 1).eval({x: X.reshape(1, 4, 1)})
    np.testing.assert_allclose(found.ravel(), X / (2 + 3 * X * X), rtol=1e-5)


def test_the_radius_is_a_count():
    x = C.input_variable((4, 1, 1))
    with pytest.raises(TypeError, match="depth_radius is an integer"):
        C.local_response_normalization(x, 1.5, 1, 0.5, 0.75)
    with pytest.raises(OverflowError, match="depth_radius"):
        C.local_response_normalization(x, -1, 1, 0.5, 0.75)


@pytest.mark.parametrize("shape", [(1,), (2,), (3, 2), (3, 2, 2), (2, 1, 2, 2)])
def test_a_window_may_be_longer_than_the_channels(shape):
    x = C.input_variable(shape, needs_gradient=True)
    data = np.random.default_rng(2).standard_normal((2, *shape)).astype(np.float32)
    squares = (data * data).sum(1, keepdims=True)
    found = C.local_response_normalization(x, 3, 1, 0.5, 0.75).eval({x: data})
    np.testing.assert_allclose(found, data / (1 + 0.5 / 7 * squares) ** 0.75, rtol=1e-5)
