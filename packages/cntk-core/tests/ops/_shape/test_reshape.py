import numpy as np
import pytest

import cntk as C

LAST = C.Axis.new_leading_axis()
ROWS = np.arange(12, dtype=np.float32).reshape(2, 2, 3)


@pytest.mark.parametrize(
    "arguments, result",
    [
        (((6, 4),), (6, 4)),
        ((24,), (24,)),
        (((-1, 6),), (4, 6)),
        (((6,), 0, 2), (6, 4)),
        (((2, 2), -1), (2, 3, 2, 2)),
        (((2, -1), -3, -2), (2, 1, 3, 4)),
        (((1,), 0, 0), (1, 2, 3, 4)),
        (((1,), 3), (2, 3, 4, 1)),
        (((1,), LAST), (2, 3, 4, 1)),
        (((6,), C.Axis(0), C.Axis(2)), (6, 4)),
        ((np.array([4, 6]),), (4, 6)),
    ],
)
def test_axes_between_two_positions_are_replaced(arguments, result):
    assert C.reshape(C.input_variable((2, 3, 4)), *arguments).shape == result


def test_an_axis_of_size_one_can_be_replaced_by_none():
    assert C.reshape(C.input_variable((1, 3)), (), 0, 1).shape == (3,)


@pytest.mark.parametrize(
    "arguments",
    [
        ((4, 2),),
        ((4, -1),),
        ((-1, -1),),
        ((0, -1),),
        ((6,), 1, 0),
        ((6,), 0, 3),
        ((6,), -4),
        ((6,), C.Axis.default_batch_axis()),
        ("ab",),
        ((1.5,), "x"),
    ],
)
def test_what_does_not_fit_is_refused(arguments):
    with pytest.raises((ValueError, TypeError)):
        C.reshape(C.input_variable((2, 3)), *arguments)


def test_a_free_size_follows_from_the_data_or_is_given():
    x = C.input_variable((C.FreeDimension, 3), needs_gradient=True)
    for shape, static, actual in [((3, -1), (3, -3), (2, 3, 2)), ((6,), (6,), (2, 6))]:
        reshaped = C.reshape(x, shape)
        assert reshaped.shape == static
        slope, value = reshaped.grad({x: ROWS}, [x], outputs=[reshaped.output])
        np.testing.assert_array_equal(value, ROWS.reshape(actual))
        assert slope.shape == ROWS.shape


def test_data_that_do_not_fit_a_given_size_are_refused_when_they_come():
    x = C.input_variable((C.FreeDimension, 3))
    with pytest.raises(ValueError, match="Number of elements"):
        C.reshape(x, (7,)).eval({x: ROWS})


def test_several_free_sizes_can_stand_beside_replaced_axes():
    x = C.input_variable((C.FreeDimension, 4, C.FreeDimension), needs_gradient=True)
    data = np.arange(40, dtype=np.float32).reshape(1, 2, 4, 5)
    for function, shape in (
        (C.reshape(x, (2, 2), 1, 2), (2, 2, 2, 5)),
        (C.reshape(x, (-1,)), (40,)),
        (C.reshape(x, (4, -1), 0, 2), (4, 2, 5)),
    ):
        slope, value = function.grad({x: data}, [x], outputs=[function.output])
        np.testing.assert_array_equal(value, data.reshape(1, *shape))
        np.testing.assert_array_equal(slope, np.ones_like(data))


def test_positions_are_shown_from_the_last_axis_once_the_rank_is_known():
    p = C.placeholder()
    reshaped = C.reshape(p, (6,), 0, 2)
    assert reshaped.shape == (-2,)
    reshaped = reshaped.replace_placeholders({p: C.input_variable((2, 3, 4))})
    assert reshaped.shape == (6, 4)
    assert reshaped.root_function.attributes == {
        "newShape": (6,),
        "beginAxis": ("ordered", "static", 1),
        "endAxis": ("ordered", "static", 3),
    }


def test_the_mark_of_an_unknown_shape_is_no_size():
    with pytest.raises(ValueError, match="a replacement shape has sizes"):
        C.reshape(C.input_variable((2, 3)), (-2,))
