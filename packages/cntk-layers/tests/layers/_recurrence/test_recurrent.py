from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import GRU, LSTM, RNNStep, RNNUnit

from ..gradients import assert_right_gradients
from ..shapes import shapes

x = C.input_variable(3, name="x", dtype=np.float64, needs_gradient=True)
h = C.input_variable(2, name="h", dtype=np.float64, needs_gradient=True)
wide_h = C.input_variable(4, name="h", dtype=np.float64)
c = C.input_variable(2, name="c", dtype=np.float64, needs_gradient=True)
INPUTS = np.array([[1, -2, 0.5], [0.3, 0.1, -1]])
STATES = np.array([[0.5, -1], [2, 0.25]])
CELLS = np.array([[-0.5, 1], [0.75, 2]])
DATA = {x: INPUTS, h: STATES, c: CELLS}


def made(cell, *inputs, **options):
    """Return a float64 cell with random biases too, applied, and its parameters by name."""
    generator = np.random.default_rng(3)
    with C.default_options(dtype=np.float64):
        function = cell(**{"shape": 2, **options})(*inputs)
    for parameter in function.parameters:
        parameter.value = np.asarray(generator.uniform(-1, 1, parameter.shape))
    return function, {p.name: p.value for p in function.parameters}


def sigmoid(value):
    return 1 / (1 + np.exp(-value))


def lstm(W, H, b, Ci=0, Cf=0, Co=0, P=None, states=STATES, activation=np.tanh, scale=1):
    """Return the next (h, c)."""
    i, g, f, o = np.split(INPUTS @ W + scale * states @ H + b, 4, axis=1)
    i, f = sigmoid(i + Ci * CELLS * scale), sigmoid(f + Cf * CELLS * scale)
    cell = f * CELLS + i * activation(g)
    output = sigmoid(o + Co * cell * scale) * activation(cell)
    return (output if P is None else output @ P), cell


def gru(W, H, H1, b, activation=np.tanh):
    """Return the next h."""
    z, r, g = np.split(INPUTS @ W + b, 3, axis=1)
    from_z, from_r = np.split(STATES @ H, 2, axis=1)
    z, r = sigmoid(z + from_z), sigmoid(r + from_r)
    return (1 - z) * activation(g + (STATES * r) @ H1) + z * STATES


@pytest.mark.parametrize("options", [{}, {"use_peepholes": True}, {"activation": C.sigmoid}])
def test_an_lstm(options):
    function, parameters = made(LSTM, h, c, x, **options)
    activation = sigmoid if "activation" in options else np.tanh
    found = function.eval(DATA)
    for output, expected in zip(function.outputs, lstm(**parameters, activation=activation)):
        np.testing.assert_allclose(found[output], expected, 1e-12)


def test_an_lstm_with_a_projection():
    function, parameters = made(LSTM, wide_h, c, x, shape=4, cell_shape=2)
    assert [output.shape for output in function.outputs] == [(4,), (2,)]
    states = np.arange(8.0).reshape(2, 4) / 8
    found = function.eval({x: INPUTS, wide_h: states, c: CELLS})
    for output, expected in zip(function.outputs, lstm(**parameters, states=states)):
        np.testing.assert_allclose(found[output], expected, 1e-12)


@pytest.mark.parametrize("activation, expected", [(C.tanh, np.tanh), (C.sigmoid, sigmoid)])
def test_a_gru(activation, expected):
    function, parameters = made(GRU, h, x, activation=activation)
    data = {x: INPUTS, h: STATES}
    np.testing.assert_allclose(function.eval(data), gru(**parameters, activation=expected), 1e-12)


@pytest.mark.parametrize("options, activation", [({}, sigmoid), ({"activation": C.tanh}, np.tanh)])
def test_a_plain_step(options, activation):
    function, parameters = made(RNNStep, h, x, **options)
    expected = activation(INPUTS @ parameters["W"] + STATES @ parameters["H"] + parameters["b"])
    np.testing.assert_allclose(function.eval({x: INPUTS, h: STATES}), expected, 1e-12)


def test_stabilizers_start_as_a_factor_of_1():
    with C.default_options(dtype=np.float64, init=0.3):
        plain = LSTM(2, use_peepholes=True)(h, c, x)
        stabilized = LSTM(2, use_peepholes=True, enable_self_stabilization=True)(h, c, x)
    assert [p.name for p in stabilized.parameters].count("alpha") == 3
    for ours, theirs in zip(stabilized.eval(DATA).values(), plain.eval(DATA).values()):
        np.testing.assert_allclose(ours, theirs, 1e-6)
    body = stabilized.root_function.block_root
    assert body.find_by_name("dc_stabilizer").op_name == "Stabilizer"


@pytest.mark.parametrize(
    "cell, options, expected",
    [
        (LSTM, {}, {"b": (8,), "W": (3, 8), "H": (2, 8)}),
        (
            LSTM,
            {"use_peepholes": True},
            {"b": (8,), "W": (3, 8), "H": (2, 8), "Ci": (2,), "Cf": (2,), "Co": (2,)},
        ),
        (GRU, {}, {"b": (6,), "W": (3, 6), "H": (2, 4), "H1": (2, 2)}),
        (RNNStep, {}, {"b": (2,), "W": (3, 2), "H": (2, 2)}),
    ],
)
def test_parameters(cell, options, expected):
    inputs = (h, c, x) if cell is LSTM else (h, x)
    function, _ = made(cell, *inputs, **options)
    assert shapes(function.parameters) == expected
    assert function.root_function.op_name == cell.__name__


@pytest.mark.parametrize(
    "cell, sizes, weights",
    [
        (LSTM, (4, 2), {"W": (3, 8), "H": (4, 8), "b": (8,), "P": (2, 4)}),
        (LSTM, (2, 2), {"W": (3, 8), "H": (2, 8), "b": (8,), "P": (2, 2)}),
        (GRU, (2, 2), {"W": (3, 6), "H": (2, 4), "H1": (2, 2), "b": (6,), "P": (2, 2)}),
        (RNNStep, (4, 2), {"W": (3, 2), "H": (4, 2), "b": (2,), "P": (2, 4)}),
    ],
)
def test_parameters_of_a_projection(cell, sizes, weights):
    inputs = {4: wide_h, 2: h}[sizes[0]], *([c] if cell is LSTM else []), x
    function, _ = made(cell, *inputs, shape=sizes[0], cell_shape=sizes[1])
    assert shapes(function.parameters) == weights


def test_a_projected_step():
    function, p = made(RNNStep, wide_h, x, shape=4, cell_shape=2, activation=C.tanh)
    states = np.arange(8.0).reshape(2, 4) / 8
    expected = np.tanh(INPUTS @ p["W"] + states @ p["H"] + p["b"]) @ p["P"]
    np.testing.assert_allclose(function.eval({x: INPUTS, wide_h: states}), expected, 1e-12)


@pytest.mark.parametrize("cell", [LSTM, GRU, RNNStep])
def test_what_is_projected_is_stabilized_as_well(cell):
    inputs = (h, c, x) if cell is LSTM else (h, x)
    function, _ = made(cell, *inputs, cell_shape=2, enable_self_stabilization=True)
    body = function.root_function.block_root
    assert body.find_by_name("P_stabilizer").op_name == "Stabilizer"
    assert [p.name for p in function.parameters].count("alpha") == 2


def test_initial_values():
    with C.default_options(dtype=np.float64):
        function = GRU(2, init=0.5, init_bias=2)(h, x)
    values = {p.name: set(p.value.ravel().tolist()) for p in function.parameters}
    assert values == {"b": {2}, "W": {0.5}, "H": {0.5}, "H1": {0.5}}


@pytest.mark.parametrize(
    "cell, options",
    [
        (LSTM, {}),
        (LSTM, {"use_peepholes": True, "enable_self_stabilization": True}),
        (GRU, {"enable_self_stabilization": True}),
        (RNNStep, {}),
    ],
)
def test_gradients(cell, options):
    inputs = (h, c, x) if cell is LSTM else (h, x)
    function, _ = made(cell, *inputs, **options)
    outputs = C.combine([C.splice(*function.outputs)])
    data = {variable: DATA[variable] for variable in inputs}
    assert_right_gradients(outputs, data, [*inputs, *function.parameters], tolerance=1e-6)


def test_names():
    assert LSTM(2, name="l").name == "l"
    assert [a.name for a in LSTM(2).arguments] == ["dh", "dc", "x"]
    assert [a.name for a in GRU(2).arguments] == ["dh", "x"]


@pytest.mark.parametrize("cell", [LSTM, GRU, RNNStep])
@pytest.mark.parametrize("sizes", [((2, 3),), (2, (3, 4))])
def test_only_vectors_are_states(cell, sizes):
    message = f"{cell.__name__}: shape and cell_shape must be vectors"
    with pytest.raises(ValueError, match=message):
        cell(*sizes)


def test_a_gru_whose_state_has_another_size_is_refused():
    with pytest.raises(ValueError, match=r"cell_shape \(3\) must equal shape \(2\)"):
        GRU(2, cell_shape=3)


def test_the_older_name_of_a_plain_step():
    with pytest.warns(DeprecationWarning, match=r"use RNNStep\(\) instead") as told:
        older, _ = made(RNNUnit, h, x, activation=C.tanh)
    assert len(told) == 1
    newer, _ = made(RNNStep, h, x, activation=C.tanh)
    np.testing.assert_array_equal(*(step.eval({h: STATES, x: INPUTS}) for step in (older, newer)))


def test_a_cell_takes_all_its_states():
    with pytest.raises(TypeError, match="expected 3 arguments, got 2"):
        LSTM(2)(h, x)
