from __future__ import annotations

import numpy as np
import pytest

import cntk as C


@pytest.mark.parametrize("make", [C.parameter, C.Parameter])
class TestParameters:
    @pytest.mark.parametrize(
        "options, value",
        [
            ({}, 0),
            ({"shape": 3}, [0, 0, 0]),
            ({"shape": (2, 2), "init": 2}, [[2, 2], [2, 2]]),
            ({"shape": 2, "init": True}, [1, 1]),
            ({"init": [1, 2]}, [1, 2]),
            ({"init": np.ones((1, 2), "i")}, [[1, 1]]),
            ({"shape": (3,), "init": np.ones(2)}, [1, 1]),  # the value's own shape
        ],
    )
    def test_first_values(self, make, options, value):
        parameter = make(**options)
        assert parameter.value.tolist() == value
        assert parameter.shape == np.shape(value)

    def test_an_initializer_draws_when_asked(self, make):
        first, second = (make((4, 5), init=C.glorot_uniform(seed=s)) for s in (1, 1))
        np.testing.assert_array_equal(first.value, second.value)
        assert first.value.std() > 0

    def test_an_open_size(self, make):
        parameter = make((-1, 2), init=1)
        assert parameter.shape == (-1, 2)
        with pytest.raises(ValueError, match="unknown dimensions for any of its axes"):
            parameter.value  # noqa: B018
        C.times(C.input_variable(3), parameter)
        assert parameter.value.shape == (3, 2)

    def test_what_it_is(self, make):
        p = make(2, name="p")
        assert (p.name, p.is_parameter, p.is_constant, p.needs_gradient) == ("p", True, False, True)
        assert (p.dynamic_axes, p.is_sparse) == ((), False)
        assert p.as_parameter() is p
        with pytest.raises(TypeError, match="cannot be converted into a Constant"):
            p.as_constant()

    @pytest.mark.parametrize(
        "options, error",
        [
            ({"shape": 2, "init": "a"}, ValueError),
            ({"shape": 2, "init": object()}, TypeError),
            ({"shape": 2, "dtype": np.int32}, ValueError),
            ({"shape": 0}, ValueError),
            ({"shape": (C.FreeDimension, 2)}, ValueError),
            ({"shape": "a"}, TypeError),
            ({"init": C.normal(1)}, ValueError),
            ({"shape": 2, "name": 5}, TypeError),
        ],
    )
    def test_refusals(self, make, options, error):
        with pytest.raises(error):
            make(**options)


@pytest.mark.parametrize("make", [C.constant, C.Constant])
class TestConstants:
    @pytest.mark.parametrize(
        "options, value",
        [
            ({"value": 2.5}, 2.5),
            ({"value": [1, 2]}, [1, 2]),
            ({"value": 3, "shape": (2,)}, [3, 3]),
            ({"shape": (2,)}, [0, 0]),
        ],
    )
    def test_values(self, make, options, value):
        constant = make(**options)
        assert constant.value.tolist() == value
        assert constant.dtype == np.float32

    def test_what_it_is(self, make):
        c = make(2, name="c")
        assert (c.name, c.is_constant, c.is_parameter, c.needs_gradient) == (
            "c",
            True,
            False,
            False,
        )

    def test_refusals(self, make):
        with pytest.raises(ValueError, match="you need to specify at least shape or value"):
            make()
        with pytest.raises(ValueError, match="'a'"):
            make("a")


def test_element_types():
    """The functions keep that of float arrays; the classes make float32 unless told otherwise."""
    wide = np.ones(2)
    assert (C.parameter(init=wide).dtype, C.constant(wide).dtype) == (np.float64, np.float64)
    assert (C.Parameter(init=wide).dtype, C.Constant(wide).dtype) == (np.float32, np.float32)
    assert C.Parameter(2, dtype=np.float16).value.dtype == np.float16
    with C.default_options(dtype=np.float64):
        assert (C.Parameter(2).dtype, C.Constant(2).dtype) == (np.float64, np.float64)
        assert (C.parameter(2).dtype, C.constant(2).dtype) == (np.float32, np.float32)


class TestSetting:
    @pytest.fixture
    def parameter(self):
        return C.parameter(3, init=1, name="p")

    @pytest.mark.parametrize(
        "value",
        [
            np.array([1, 2, 3], "f"),
            np.array([1, 2, 3], "d"),
            np.array([1, 2, 3]),
            C.NDArrayView.from_dense(np.array([1, 2, 3], "f")),
        ],
    )
    def test_what_is_taken(self, parameter, value):
        parameter.value = value
        assert (parameter.value.tolist(), parameter.dtype) == ([1, 2, 3], np.float32)

    @pytest.mark.parametrize("value", [[1, 2, 3], 1, None, "a"])
    def test_what_is_no_array(self, parameter, value):
        with pytest.raises(TypeError, match="Unsupported value type"):
            parameter.value = value

    def test_another_shape(self, parameter):
        with pytest.raises(RuntimeError, match=r"'source' shape '\[2\]' differs 'destination' sha"):
            parameter.value = np.ones(2, "f")
        assert parameter.value.tolist() == [1, 1, 1]

    def test_text(self, parameter):
        with pytest.raises(ValueError, match="could not convert string to float"):
            parameter.value = np.array(["a", "b", "c"])

    def test_values_are_copies(self, parameter):
        given = np.zeros(3, "f")
        parameter.value = given
        given[:] = 5
        parameter.value[:] = 7
        assert parameter.value.tolist() == [0, 0, 0]
        assert parameter.asarray().tolist() == [0, 0, 0]

    def test_a_value_fixes_open_sizes(self):
        parameter = C.parameter((-1, 2))
        parameter.value = np.ones((3, 2), "f")
        assert parameter.shape == (3, 2)
        with pytest.raises(RuntimeError, match="cannot become"):
            C.parameter((-1, 2)).value = np.ones((3, 3), "f")

    def test_constants_as_well(self):
        constant = C.constant([1, 2])
        constant.value = np.array([3, 4], "f")
        assert (constant * 2).eval().tolist() == [6, 8]


def test_a_constant_in_another_type():
    constant = C.constant([1, 2], name="c")
    copy = constant.clone_as(np.float64)
    assert (copy.name, copy.dtype, copy.value.tolist()) == ("c", np.float64, [1, 2])
    assert constant.dtype is np.float32
    assert C.Constant.scalar(2, np.float64).value.dtype == np.float64


def test_what_the_native_library_told():
    parameter = C.parameter((-1, 2), init=3, name="p")
    assert not parameter.is_initialized()
    C.times(C.input_variable(3), parameter)
    assert parameter.is_initialized()
    assert parameter.get_value().asarray().tolist() == parameter.value.tolist()
    assert parameter.as_string() == "Parameter('p', [], [3 x 2])"


def test_the_name_of_an_initializer_is_no_initial_value():
    with pytest.raises(ValueError, match="(?s)initializer 'glorot' to a number.*C.glorot_uniform"):
        C.parameter(3, init="glorot")
