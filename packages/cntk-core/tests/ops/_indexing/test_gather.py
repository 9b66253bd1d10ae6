import numpy as np
import pytest

import cntk as C

TABLE = np.arange(24, dtype=np.float32).reshape(4, 2, 3)


@pytest.mark.parametrize("axis", [None, 0, 1, -1, -2, C.Axis(1)])
def test_a_gather_is_numpys_take_for_a_list_of_indices(axis):
    table = C.parameter(init=TABLE)
    x = C.input_variable(3)
    chosen = np.array([[1, 0, 1], [0, 0, 1]], np.float32)
    expected = np.stack([
        np.take(TABLE, row.astype(int), 1 if isinstance(axis, C.Axis) else axis or 0)
        for row in chosen
    ])  # fmt: skip
    np.testing.assert_array_equal(C.gather(table, x, axis).eval({x: chosen}), expected)


def test_the_indices_shape_stands_in_the_place_of_the_axis():
    table = C.parameter(init=TABLE)
    for shape in ((), (2,), (2, 5)):
        assert C.gather(table, C.input_variable(shape)).shape == (*shape, 2, 3)


def test_the_gradient_adds_up_where_an_index_comes_twice():
    table = C.parameter(init=np.ones((4, 2), np.float32))
    x = C.input_variable(2)
    picked = C.gather(table, x) * [[1, 2], [10, 20]]
    slope = picked.grad({x: np.array([[3, 3], [0, 3.9]], np.float32)}, [table])
    np.testing.assert_array_equal(slope, [[1, 2], [0, 0], [0, 0], [21, 42]])


@pytest.mark.parametrize("index", [4, -1, np.nan, np.inf, 1e30])
def test_indices_out_of_range_are_refused(index):
    x = C.input_variable(())
    with pytest.raises(ValueError, match="not in the range 0 to 3"):
        C.gather(C.parameter(init=TABLE), x).eval({x: np.array([index], np.float32)})


@pytest.mark.parametrize("axis", [3, -4, C.Axis.default_batch_axis(), "x"])
def test_axes_out_of_bounds_are_refused(axis):
    with pytest.raises(ValueError):
        C.gather(C.parameter((4, 2, 3)), C.input_variable(2), axis)


def test_the_reference_has_axes_and_is_the_same_for_all_samples():
    with pytest.raises(ValueError):
        C.gather(C.parameter(()), C.input_variable(2))
    with pytest.raises(RuntimeError, match="dynamic axes"):
        C.gather(C.input_variable((4, 2)), C.input_variable(2))


def test_other_axes_than_the_first_make_a_block_that_lists_its_operands_in_call_order():
    table, x = C.parameter((4, 2)), C.input_variable(3, name="x")
    block = C.gather(table, x, axis=1, name="g").root_function
    assert (block.op_name, block.inputs) == ("GatherOp", (table, x))
    assert [outer for _, outer in block.block_arguments_mapping] == [x, table]
    inner = block.block_root.root_function.inputs[0].owner
    assert (inner.op_name, inner.name) == ("Gather", "g_inner")
