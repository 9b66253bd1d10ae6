import numpy as np
import pytest

import cntk as C

MODES = {
    C.ops.CONSTANT_PAD: "constant",
    C.ops.REFLECT_PAD: "reflect",
    C.ops.SYMMETRIC_PAD: "symmetric",
}


@pytest.mark.parametrize("shape", [(4, 3), (C.FreeDimension, 3)])
@pytest.mark.parametrize("mode", MODES)
def test_padding_is_that_of_numpy_and_its_gradient_goes_back_to_the_source(mode, shape):
    x = C.input_variable(shape, dtype=np.float64, needs_gradient=True)
    pattern = [(2, 1), (0, 2)]
    padded = C.pad(x, pattern, mode)
    weight = np.random.default_rng(0).normal(size=padded.shape[1:])
    data = np.random.default_rng(1).normal(size=(1, 4, 3))
    slope, value = (padded * weight).grad({x: data}, [x], outputs=[padded.output])
    pairs = [(0, 0), *pattern]
    np.testing.assert_array_equal(value, np.pad(data, pairs, MODES[mode]))
    assert padded.shape == (shape[0] if shape[0] < 0 else 7, 5)
    for i in np.ndindex(4, 3):  # padding is linear: its gradient is the padding of unit vectors
        unit = np.zeros((1, 4, 3))
        unit[0][i] = 1
        assert slope[0][i] == pytest.approx((np.pad(unit, pairs, MODES[mode]) * weight).sum())


@pytest.mark.parametrize(
    "pattern, mode",
    [
        ([(1, 1)], 0),
        ([(1, 1)] * 3, 0),
        ([(1, -1), (0, 0)], 0),
        ([(1, 1, 1), (0, 0)], 0),
        ((1, 1), 0),
        ([(0.5, 1), (0, 0)], 0),
        ([(0, 4), (0, 0)], C.ops.REFLECT_PAD),
        ([(0, 5), (0, 0)], C.ops.SYMMETRIC_PAD),
        ([(0, 1), (0, 0)], 7),
    ],
)
def test_patterns_that_do_not_fit_are_refused(pattern, mode):
    with pytest.raises(ValueError):
        C.pad(C.input_variable((4, 3)), pattern, mode)


def test_too_little_to_mirror_along_a_free_axis_is_refused_when_data_come():
    x = C.input_variable((C.FreeDimension,))
    with pytest.raises(ValueError, match="at most 1"):
        C.pad(x, [(2, 0)], C.ops.REFLECT_PAD).eval({x: np.ones((1, 2), np.float32)})


def test_the_ends_are_stored_from_the_last_axis():
    shown = C.pad(C.input_variable((4, 3)), [(1, 2), (3, 4)]).root_function.attributes
    assert (shown["paddingHead"], shown["paddingFoot"]) == ([3, 1], [4, 2])
