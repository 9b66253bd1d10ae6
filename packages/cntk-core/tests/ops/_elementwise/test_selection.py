import numpy as np
import pytest

import cntk as C


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_select_keeps_what_is_not_chosen_out_of_the_result(dtype):
    flag, yes, no = (C.input_variable((), dtype=dtype) for _ in range(3))
    chosen = C.element_select(flag, yes, no).eval(
        {
            flag: np.array([1, 0, -0.5, np.nan], dtype),
            yes: np.array([1, np.nan, 3, 4], dtype),
            no: np.array([np.inf, 2, np.nan, np.inf], dtype),
        }
    )
    np.testing.assert_array_equal(chosen, np.array([1, 2, 3, 4], dtype))


def test_clip_passes_the_gradient_at_its_bounds():
    x = C.input_variable((), needs_gradient=True)
    slopes = C.clip(x, -1, 1).grad({x: np.array([-1.5, -1, 0, 1, 1.5], np.float32)})
    np.testing.assert_array_equal(slopes, [0, 1, 1, 1, 0])


def test_clip_with_crossed_bounds_looks_at_the_lower_one_first():
    np.testing.assert_array_equal(C.clip([-2, 0, 1, 2], 1, -1).eval(), [1, 1, -1, -1])


def test_bounds_given_as_numbers_are_rounded_to_float32():
    x = C.input_variable((), dtype=np.float64)
    assert C.clip(x, 0, 0.7).eval({x: np.array([5.0])}) == np.float32(0.7)


def test_a_bound_must_be_given():
    with pytest.raises(ValueError, match="NoneType"):
        C.clip([1], None, 2)
