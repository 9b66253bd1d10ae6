import numpy as np
import pytest

import cntk as C


def test_gradients_return_in_the_type_of_the_operand():
    x = C.input_variable(2, needs_gradient=True)
    y = C.cast(x, "float64") * np.array([0.1, 0.2])
    assert y.dtype == np.float64
    slopes = y.grad(np.ones((1, 2), np.float32))
    assert slopes.dtype == np.float32
    np.testing.assert_allclose(slopes, [[0.1, 0.2]], rtol=1e-7)


@pytest.mark.parametrize("dtype", ["int32", np.int8, "complex64"])
def test_other_element_types_are_refused(dtype):
    with pytest.raises(ValueError, match="not supported"):
        C.cast([1], dtype)
