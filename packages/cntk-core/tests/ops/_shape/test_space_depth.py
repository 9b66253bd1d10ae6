import numpy as np
import pytest

import cntk as C


def test_channels_become_blocks_row_by_row():
    x = C.input_variable((8, 1, 1))
    found = C.depth_to_space(x, 2).eval({x: np.arange(8, dtype=np.float32).reshape(1, 8, 1, 1)})
    np.testing.assert_array_equal(found[0], [[[0, 2], [4, 6]], [[1, 3], [5, 7]]])


@pytest.mark.parametrize("free", [False, True])
def test_each_is_the_inverse_of_the_other(free):
    x = C.input_variable((2, *(C.FreeDimension,) * 2) if free else (2, 6, 4))
    data = np.arange(48, dtype=np.float32).reshape(1, 2, 6, 4)
    deep = C.space_to_depth(x, 2)
    assert deep.shape[0] == 8
    np.testing.assert_array_equal(C.depth_to_space(deep, 2).eval({x: data}), data)


@pytest.mark.parametrize("block_size", [0, -1, 1.5, "2", 3])
def test_block_sizes_that_do_not_fit_are_refused(block_size):
    for function, shape in ((C.depth_to_space, (8, 2, 2)), (C.space_to_depth, (2, 4, 4))):
        with pytest.raises(ValueError):
            function(C.input_variable(shape), block_size)


def test_only_images_are_taken():
    for function in (C.depth_to_space, C.space_to_depth):
        with pytest.raises(RuntimeError, match="3-dimensional"):
            function(C.input_variable((4, 4)), 2)
