import numpy as np
import pytest

import cntk as C


def test_beta_weighs_recall_as_in_cntk_2_7():
    x, t = C.input_variable(3, needs_gradient=True), C.input_variable(3)
    data = {x: np.float32([[0.2, 1, 0.5]]), t: np.float32([[1, 0, 1]])}
    loss = C.losses.fmeasure(x, t, beta=2)
    gradient, value = loss.grad(data, [x], outputs=[loss.output])
    assert value == pytest.approx([0.6391753])
    np.testing.assert_allclose(gradient, [[-0.4782655, 0.0371984, -0.4782655]], rtol=1e-5)


def test_perfect_outputs_have_no_loss():
    assert C.losses.fmeasure([1, 0, 1], [1, 0, 1]).eval() == pytest.approx(0, abs=1e-6)


def test_each_channel_of_an_image_as_in_cntk_2_7():
    x, t = C.input_variable((2, 1, 3), needs_gradient=True), C.input_variable((2, 1, 3))
    data = {
        x: np.float32([[[[0.2, 1, 0.5]], [[0.9, 0.1, 0.3]]]]),
        t: np.float32([[[[1, 0, 1]], [[1, 1, 0]]]]),
    }
    loss = C.losses.fmeasure(x, t, beta=2)
    gradient, value = loss.grad(data, [x], outputs=[loss.output])
    np.testing.assert_allclose(value, [[[[0.6391753]], [[0.4623656]]]], rtol=1e-6)
    expected = [[-0.4782655, 0.0371984, -0.4782655], [-0.4798242, -0.4798242, 0.0578101]]
    np.testing.assert_allclose(gradient[0, :, 0], expected, rtol=1e-5)
