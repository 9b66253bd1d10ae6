"""Recurrences in C against those in Python: ragged, both ways, longer delays, continued."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.testing.backends import only

LENGTHS = [[1], [3, 1, 4], [5, 5, 5], [1, 1], [2, 7, 1, 3]]


def sequences(lengths, size=3) -> list[np.ndarray]:
    random = np.random.default_rng(sum(lengths))
    return [random.normal(size=(n, size)).astype(np.float32) for n in lengths]


def weight(*shape):
    return C.parameter(shape, init=C.normal(0.5, seed=7))


def recurrence(x, delay: int = 1, backwards: bool = False, initial=0.25):
    """Return ``h = tanh(x W + h' U)``, by way of past or future values."""
    state = C.placeholder(shape=(4,), dynamic_axes=x.dynamic_axes)
    delayed = C.sequence.future_value if backwards else C.sequence.past_value
    h = C.tanh(C.times(x, weight(3, 4)) + C.times(delayed(state, initial, delay), weight(4, 4)))
    return h.replace_placeholders({state: h.output})


def gated(x):
    """Return a cell with gates that are cut from one projection, and two states."""
    hidden, cell = (C.placeholder(shape=(4,), dynamic_axes=x.dynamic_axes) for _ in range(2))
    past_h, past_c = C.sequence.past_value(hidden), C.sequence.past_value(cell)
    gates = C.times(x, weight(3, 16)) + C.times(past_h, weight(4, 16))
    i, f, o, g = (C.slice(gates, 0, 4 * k, 4 * k + 4) for k in range(4))
    c = C.sigmoid(f) * past_c + C.sigmoid(i) * C.tanh(g)
    h = C.sigmoid(o) * C.tanh(c)
    return h.replace_placeholders({hidden: h.output, cell: c.output})


CASES = {
    "past": lambda x: recurrence(x),
    "future": lambda x: recurrence(x, backwards=True),
    "past, delay 3": lambda x: recurrence(x, delay=3),
    "future, delay 2": lambda x: recurrence(x, delay=2, backwards=True),
    "two states": gated,
    "both ways": lambda x: C.splice(recurrence(x), recurrence(x, backwards=True)),
    "one on another": lambda x: recurrence(C.times(recurrence(x), weight(4, 3))),
    "initial vector": lambda x: recurrence(x, initial=C.parameter(4, init=0.5)),
}


def results(model, x, data) -> list[np.ndarray]:
    values = model.eval({x: data})
    variables = [x, *model.parameters]
    found = model.grad({x: data}, variables)
    return [*values, *found[x], *(found[p] for p in model.parameters)]


@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients(name, lengths):
    x = C.sequence.input_variable(3, needs_gradient=True)
    model, data = CASES[name](x), sequences(lengths)
    found = results(model, x, data)
    with only("numpy"):
        expected = results(model, x, data)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_the_loop_is_one_call(launched):
    x = C.sequence.input_variable(3)
    gated(x).eval({x: sequences([2, 3])})
    assert "run_scan" in launched


@pytest.fixture
def launched(monkeypatch):
    """Names of what was called in C."""
    from cntk.native.kernels import loops

    names: list[str] = []

    class Library:
        def __getattr__(self, name):
            names.append(name)
            return getattr(real, name)

    real = loops.lib()
    monkeypatch.setattr(loops, "lib", Library)
    return names


def test_minibatches_of_many_shapes_follow_each_other():
    x = C.sequence.input_variable(3)
    model = gated(x)
    minibatches = [sequences(lengths) for lengths in [*LENGTHS, *reversed(LENGTHS)]]
    found = [model.eval({x: data}) for data in minibatches]
    with only("numpy"):
        for one, data in zip(found, minibatches):
            for a, b in zip(one, model.eval({x: data}), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_a_sequence_goes_on_in_the_next_minibatch():
    x = C.sequence.input_variable(3)
    model = gated(x)
    (whole,) = sequences([9])
    (expected,) = model.eval({x: [whole]})
    parts, begins = [whole[:4], whole[4:5], whole[5:]], [True, False, False]
    found = [
        model.eval({x: C.Value.create(x, [part], [begin])}) for part, begin in zip(parts, begins)
    ]
    np.testing.assert_allclose(np.concatenate([f[0] for f in found]), expected, 1e-4, 1e-5)


def test_one_thread_and_three_give_the_same_bits(threads):
    x = C.sequence.input_variable(3, needs_gradient=True)
    model, data = gated(x), sequences([2, 7, 1, 3])
    one, three = (threads(count, lambda: results(model, x, data)) for count in (1, 3))
    for a, b in zip(one, three, strict=True):
        np.testing.assert_array_equal(a, b)


def cell(width: int):
    """Return a cell of some width, whose loops multiply by a matrix and by it turned."""

    def build(x):
        state = C.placeholder(shape=(width,), dynamic_axes=x.dynamic_axes)
        past = C.sequence.past_value(state)
        gate = C.sigmoid(C.times(past, weight(width, width)) + C.times(x, weight(3, width)))
        h = gate * past + (1 - gate) * C.tanh(C.times(x, weight(3, width)))
        return h.replace_placeholders({state: h.output})

    return build


@pytest.mark.parametrize("width", [1, 3, 17, 31, 33, 130])
@pytest.mark.parametrize("lengths", [[2, 2], [9, 4, 6], [5, *[3] * 60]], ids=["short", "3", "61"])
def test_cells_of_odd_widths_on_any_number_of_threads(width, lengths, compared):
    x = C.sequence.input_variable(3, needs_gradient=True)
    model, data = cell(width)(x), sequences(lengths)
    weights = [p for p in model.parameters if p.shape == (width, width)]

    def run():
        found = model.grad({x: data}, [x, *weights])
        return [*model.eval({x: data}), *found[x], *(found[p] for p in weights)]

    compared(run, "scan", rtol=1e-4, atol=2e-4)


def test_states_deeper_than_a_panel_is_multiplied_at_once(compared):
    x = C.sequence.input_variable(3)
    model, data = cell(1030)(x), sequences([6, 5])
    compared(lambda: model.eval({x: data}), "scan", rtol=1e-4, atol=2e-4)


def test_a_short_loop_after_a_long_one_reads_the_weights_of_its_own_time():
    x = C.sequence.input_variable(3)
    model = cell(17)(x)
    (matrix,) = (p for p in model.parameters if p.shape == (17, 17))
    model.eval({x: sequences([9, 4])})  # puts the matrix into panels
    matrix.value = matrix.value * -2
    data = sequences([2, 1])  # too short for panels
    found = model.eval({x: data})
    with only("numpy"):
        expected = model.eval({x: data})
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_the_profiler_does_not_change_the_bits_of_a_loop(tmp_path):
    x = C.sequence.input_variable(3)
    model, data = cell(17)(x), sequences([9, 4])
    expected = model.eval({x: data})
    C.debugging.start_profiler(str(tmp_path))
    try:
        C.debugging.enable_profiler()
        found = model.eval({x: data})
    finally:
        C.debugging.stop_profiler()
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
