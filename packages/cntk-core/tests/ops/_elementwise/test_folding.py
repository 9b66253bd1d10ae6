import numpy as np
import pytest

import cntk as C


def test_a_list_and_separate_operands_mean_the_same():
    x, y = np.array([1, 2], np.float32), np.array([3, 6], np.float32)
    for mean in (C.mean(x, y), C.mean([x, y])):
        np.testing.assert_array_equal(mean.eval(), [2, 4])


def test_the_sum_of_one_operand_is_a_block_around_it():
    x = C.input_variable(2)
    total = C.sum([x])
    assert total.root_function.op_name == "Sum"
    data = np.array([[1, 2]], np.float32)
    np.testing.assert_array_equal(total.eval({x: data}), data)


@pytest.mark.parametrize("call", [lambda: C.sum(), lambda: C.mean([])])
def test_a_sum_of_nothing_is_refused(call):
    with pytest.raises(ValueError, match="at least one"):
        call()
