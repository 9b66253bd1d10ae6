from __future__ import annotations

import numpy as np
import pytest

import cntk as C

BATCH, FRAMES = C.Axis.default_batch_axis(), C.Axis.default_dynamic_axis()
x = C.input_variable((2, 3), name="x")


def test_inputs():
    assert (x.shape, x.dtype, x.dynamic_axes) == ((2, 3), np.float32, (BATCH,))
    assert (x.is_input, x.is_output, x.is_placeholder) == (True, False, False)
    assert (x.needs_gradient, x.is_sparse, x.name) == (False, False, "x")
    assert x.uid.startswith("Input")
    s = C.sequence.input_variable(3, np.float64, needs_gradient=True, is_sparse=True)
    assert (s.dynamic_axes, s.dtype) == ((BATCH, FRAMES), np.float64)
    assert (s.needs_gradient, s.is_sparse) == (True, True)


@pytest.mark.parametrize(
    "shape, expected", [(3, (3,)), (3.0, (3,)), ((), ()), ([2, 3], (2, 3)), ((-1, 3), (-1, 3))]
)
def test_shapes(shape, expected):
    assert C.input_variable(shape).shape == expected


@pytest.mark.parametrize(
    "axes, expected", [([], ()), ([BATCH], (BATCH,)), ([FRAMES, BATCH], (BATCH, FRAMES))]
)
def test_dynamic_axes(axes, expected):
    assert C.input_variable(2, dynamic_axes=axes).dynamic_axes == expected


def test_placeholders_know_nothing():
    p = C.placeholder(name="p")
    assert (p.shape, p.dtype) == ((-2,), None)
    assert p.dynamic_axes == C.Axis.unknown_dynamic_axes()
    assert (p.needs_gradient, p.is_placeholder) == (False, True)
    assert C.placeholder(3, [BATCH]).shape == (3,)


def test_owners():
    f = C.relu(x)
    assert f.output.owner is f.root_function
    with pytest.raises(RuntimeError, match="on a variable that is not an output variable"):
        x.owner  # noqa: B018


def test_gradients_flow_from_where_they_are_wanted():
    wanted = C.input_variable(3, needs_gradient=True)
    assert not C.relu(x).output.needs_gradient
    assert C.relu(wanted).output.needs_gradient
    assert C.times(x, C.parameter((3, 2))).output.needs_gradient


def test_equality_is_identity():
    assert x == x
    assert x != C.input_variable((2, 3), name="x")
    assert {x: 1}[x] == 1
    assert (x + 1).output != (x + 1).output


def test_what_a_variable_does_not_have():
    with pytest.raises(AttributeError, match="'Variable' object has no attribute 'eval'"):
        x.eval  # noqa: B018
    with pytest.raises(AttributeError):
        x.name = "other"
    for convert in (x.as_parameter, x.as_constant):
        with pytest.raises(TypeError, match="cannot be converted into a"):
            convert()


DATA = np.arange(6, dtype="f").reshape(1, 2, 3)


@pytest.mark.parametrize(
    "make, expected",
    [
        (lambda: x + 1, DATA + 1),
        (lambda: 1 - x, 1 - DATA),
        (lambda: x * x, DATA * DATA),
        (lambda: 2 / (x + 1), 2 / (DATA + 1)),
        (lambda: -x, -DATA),
        (lambda: abs(-x), DATA),
        (lambda: np.float32(2) * x, DATA * 2),
        (lambda: np.float64(2) * x, DATA * 2),
        (lambda: True * x, DATA),
        (lambda: [1, 2, 3] + x, DATA + [1, 2, 3]),
        (lambda: x @ np.ones((3, 1), "f"), DATA.sum(-1, keepdims=True)),
        (
            lambda: C.parameter(init=np.ones((1, 2), "f")) @ C.constant(DATA[0]),
            DATA[0].sum(0)[None],
        ),
        (lambda: C.relu(x) * C.relu(x), DATA * DATA),
        (lambda: x[1], DATA[:, 1:]),
        (lambda: x[:, 0:2], DATA[:, :, :2]),
        (lambda: x[..., 0], DATA[..., :1]),
    ],
)
def test_signs(make, expected):
    f = make()
    np.testing.assert_allclose(f.eval(DATA) if f.arguments else f.eval(), expected)


@pytest.mark.parametrize("sign", [lambda: x**2, lambda: x % 2, lambda: x > 1, lambda: x // 2])
def test_signs_that_mean_nothing(sign):
    with pytest.raises(TypeError):
        sign()


@pytest.mark.parametrize(
    "options, error",
    [
        ({"shape": 0}, ValueError),
        ({"shape": -5}, ValueError),
        ({"shape": "a"}, TypeError),
        ({"shape": None}, TypeError),
        ({"shape": 2.5}, TypeError),
        ({"shape": 3, "dtype": np.int32}, ValueError),
        ({"shape": 3, "dynamic_axes": "a"}, ValueError),
        ({"shape": 3, "dynamic_axes": None}, ValueError),
        ({"shape": 3, "dynamic_axes": [C.Axis(0)]}, ValueError),
        ({"shape": 3, "dynamic_axes": [BATCH, BATCH]}, ValueError),
        ({"shape": 3, "name": 5}, TypeError),
    ],
)
def test_refusals(options, error):
    with pytest.raises(error):
        C.input_variable(**options)
