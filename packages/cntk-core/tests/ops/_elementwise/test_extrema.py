import numpy as np
import pytest

import cntk as C


@pytest.mark.parametrize("extremum", [C.element_max, C.element_min])
def test_the_right_one_of_equal_elements_receives_the_gradient(extremum):
    left, right = (C.input_variable((), needs_gradient=True) for _ in range(2))
    data = {left: np.array([2], np.float32), right: np.array([2], np.float32)}
    slopes = extremum(left, right).grad(data, [left, right])
    assert (slopes[left], slopes[right]) == (0, 1)


def test_each_level_of_three_operands_is_a_block():
    x = C.input_variable(2)
    root = C.element_max(x, 0, 1, name="m").root_function
    assert (root.op_name, root.name) == ("ElementMax", "m")
    inner = root.inputs[1].owner
    assert (inner.op_name, inner.name) == ("ElementMax", "")
