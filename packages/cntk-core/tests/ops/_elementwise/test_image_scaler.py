import pytest

import cntk as C


@pytest.mark.parametrize("shape", [(2, 4, 4), (3,)])
def test_an_image_of_another_shape_is_refused(shape):
    with pytest.raises(RuntimeError, match="3 biases"):
        C.image_scaler(C.input_variable(shape), 2, [1, 2, 3])
