import numpy as np

import cntk as C


def test_a_steep_bend_is_a_block_of_another_name():
    x = C.input_variable(1)
    assert C.softplus(x).root_function.op_name == "Softplus"
    assert C.softplus(x, 4).root_function.op_name == "softplus"


def test_it_does_not_overflow():
    y = C.softplus([-1000, 0, 1000]).eval()
    np.testing.assert_allclose(y, [0, np.log(2), 1000], rtol=1e-6)
