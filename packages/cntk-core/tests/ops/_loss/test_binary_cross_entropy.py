import numpy as np

import cntk as C


def test_certain_mistakes_cost_what_they_cost_in_cntk_2_7():
    p, t = C.input_variable(3, needs_gradient=True), C.input_variable(3, needs_gradient=True)
    data = {p: np.float32([[0, 1, 0.5]]), t: np.float32([[1, 0, 0.25]])}
    loss = C.binary_cross_entropy(p, t)
    found, values = loss.grad(data, [p, t], outputs=[loss.output])
    np.testing.assert_allclose(values, [[13.815511, 13.862944, 0.6931453]], rtol=1e-6)
    np.testing.assert_allclose(found[p], [[-1000000.2, 1048576.0, 0.99999815]], rtol=1e-6)
    np.testing.assert_allclose(found[t], [[13.815512, -13.862945, -1.2e-7]], rtol=1e-6, atol=1e-6)
