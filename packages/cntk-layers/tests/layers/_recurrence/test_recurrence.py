from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.function import Function
from cntk.layers import GRU, LSTM, Dense, Fold, Recurrence, RecurrenceFrom, RNNStep

from ..gradients import assert_right_gradients
from ..sequences import run_step, some_sequences

x = C.sequence.input_variable(2, name="x", dtype=np.float64, needs_gradient=True)
start = C.input_variable(2, name="start", dtype=np.float64, needs_gradient=True)
batch = C.input_variable(2, name="batch", dtype=np.float64)
DATA = some_sequences(2)
STARTS = np.array([[1, -1], [2, 0.5], [0, 3]], float)


def decay(h, x):
    return h * 0.5 + x


def two(h, c, x):
    return h * c, c - x


def outputs_of(layer, data=DATA):
    """Return the values of all outputs, in order."""
    values = layer.eval({x: data})
    return [values[output] for output in layer.outputs] if isinstance(values, dict) else [values]


def op_names(function):
    return function.root_function.op_name


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("step, count", [(decay, 1), (two, 2), (C.plus, 1)])
def test_the_numbers(step, count, go_backwards):
    layer = Recurrence(step, go_backwards, initial_state=2, return_full_state=True)(x)
    numpy_step = np.add if step is C.plus else step
    for number, frames in enumerate(DATA):
        expected = run_step(numpy_step, (2,) * count, frames, go_backwards)
        for output, values in zip(outputs_of(layer), expected, strict=True):
            np.testing.assert_allclose(output[number], values, 1e-12)


def test_the_first_state_is_the_result():
    (first,) = outputs_of(Recurrence(two, initial_state=2)(x))
    for found, frames in zip(first, DATA):
        np.testing.assert_allclose(found, run_step(two, (2, 2), frames)[0], 1e-12)


@pytest.mark.parametrize("go_backwards", [False, True])
def test_a_fold_is_the_state_at_the_end(go_backwards):
    layer = Fold(two, go_backwards, initial_state=(2, 3), return_full_state=True)(x)
    assert [output.dynamic_axes for output in layer.outputs] == [batch.dynamic_axes] * 2
    end = 0 if go_backwards else -1
    for number, frames in enumerate(DATA):
        expected = run_step(two, (2, 3), frames, go_backwards)
        for output, values in zip(outputs_of(layer), expected):
            np.testing.assert_allclose(output[number], values[end], 1e-12)


def test_a_sum_of_scalars_is_a_vector_of_one_element():
    """As in CNTK 2.7, where a number as the initial state is one."""
    scalars = C.sequence.input_variable(())
    assert Recurrence(C.plus)(scalars).shape == (1,)
    assert Recurrence(C.plus, initial_state=C.constant(0))(scalars).shape == ()
    assert Fold(C.plus)(scalars).eval([np.array([1, 2, 3], "f")]).tolist() == [[6]]


@pytest.mark.parametrize(
    "initial_state, expected",
    [
        (3, [3, 3]),
        ((3,), [3, 3]),
        (True, [1, 1]),
        (None, [0, 0]),
        (np.float64(3), [3, 3]),
        (np.array([3.0, 4.0]), [3, 4]),
        (C.constant(np.array([3.0, 4.0])), [3, 4]),
        (C.parameter(init=np.array([3.0, 4.0])), [3, 4]),
    ],
    ids=["number", "tuple", "bool", "None", "numpy", "array", "constant", "parameter"],
)
def test_initial_states(initial_state, expected):
    layer = Recurrence(decay, initial_state=initial_state)
    assert isinstance(layer, Function)
    (found,) = outputs_of(layer(x))
    for values, frames in zip(found, DATA):
        np.testing.assert_allclose(values, run_step(decay, (expected,), frames * 1)[0], 1e-12)


def test_one_constant_serves_all_states():
    layer = Recurrence(two)(x)
    assert [(c.shape, c.value.tolist()) for c in layer.constants] == [((1,), [0])]


@pytest.mark.parametrize("make, end", [(Recurrence, None), (Fold, -1)])
@pytest.mark.parametrize("state", [start, start * 2], ids=["variable", "function"])
def test_an_initial_state_per_sequence(make, end, state):
    layer = make(decay, initial_state=state)
    function = layer(x)
    assert function.arguments == (start, x)
    found = function.eval({x: DATA, start: STARTS})
    factor = 1 if state is start else 2
    for values, frames, first in zip(found, DATA, STARTS):
        expected = run_step(decay, (first * factor,), frames)[0]
        np.testing.assert_allclose(values, expected if end is None else expected[end], 1e-12)


def test_the_initial_states_are_arguments_of_recurrence_from():
    layer = RecurrenceFrom(two, return_full_state=True)
    assert [a.name for a in layer.arguments] == ["h", "c", "x"]
    function = layer(start, start + 1, x)
    found = function.eval({x: DATA, start: STARTS})
    for number, (frames, first) in enumerate(zip(DATA, STARTS)):
        expected = run_step(two, (first, first + 1), frames)
        for output, values in zip(function.outputs, expected):
            np.testing.assert_allclose(found[output][number], values, 1e-12)


def test_options_of_a_scope():
    with C.default_options(go_backwards=True, initial_state=5):
        layer = Recurrence(decay)(x)
        forward = Recurrence(decay, go_backwards=False)(x)
        last = Fold(decay)(x)
    np.testing.assert_allclose(outputs_of(layer)[0][0], run_step(decay, (5,), DATA[0], True)[0])
    np.testing.assert_allclose(outputs_of(forward)[0][0], run_step(decay, (5,), DATA[0])[0])
    np.testing.assert_allclose(outputs_of(last)[0][0], run_step(decay, (5,), DATA[0], True)[0][0])


@pytest.mark.parametrize("make", [Recurrence, Fold])
def test_names(make):
    assert op_names(make(C.plus)(x)) == "Combine"
    assert make(C.plus)(x).output.name == ""
    named = make(C.plus, name="sum")
    assert (named.name, named(x).output.name, op_names(named(x))) == ("sum", "sum", "NoOp")
    full = make(two, return_full_state=True, name="both")(x)
    assert (full.name, op_names(full)) == ("both", "Combine")
    assert [output.name for output in full.outputs] == ["", ""]


def test_the_graph():
    layer = Recurrence(C.plus)(x)
    plus = layer.output.owner
    past = plus.inputs[0].owner
    assert (plus.op_name, past.op_name, past.inputs[0]) == ("Plus", "PastValue", plus.outputs[0])
    assert str(Recurrence(C.plus)) == "Composite(x: Sequence[tensor]) -> Sequence[tensor]"
    backwards = Recurrence(C.plus, go_backwards=True)(x)
    assert backwards.output.owner.inputs[0].owner.op_name == "FutureValue"


def test_uses_share_the_parameters():
    with C.default_options(dtype=np.float64):
        layer = Recurrence(RNNStep(3))
    assert layer(x).parameters == layer(x).parameters != ()


@pytest.mark.parametrize(
    "mix, first",
    [
        (lambda h, seen, x: h + x + seen, lambda x: x + 1),
        (lambda h, seen, x: seen + x + h, lambda x: x + 1),
        (lambda h, seen, x: C.reduce_sum(C.splice(seen, x)) + h, lambda x: [2 + x.sum()]),
    ],
    ids=["state first", "state last", "state after a splice"],
)
def test_a_step_may_look_at_another_sequence(mix, first):
    other = C.sequence.input_variable(2, sequence_axis=C.Axis("other"), dtype=np.float64)

    @C.Function
    def outer(other, x):
        @C.Function
        def step(h, x):
            return mix(h, C.sequence.broadcast_as(C.sequence.last(other), h), x)

        return Recurrence(step)(x)

    applied = outer(other, x)
    assert applied.dynamic_axes == x.dynamic_axes
    values = applied.eval({other: [np.ones((4, 2))] * len(DATA), x: DATA})
    for found, data in zip(values, DATA):
        assert np.allclose(found[0], first(data[0]))


def test_a_step_may_use_layers_made_before():
    with C.default_options(dtype=np.float64):
        dense = Dense(2, init=1, bias=False)
    layer = Recurrence(lambda h, x: h + dense(x))(x)
    assert [p.name for p in layer.parameters] == ["W"]
    expected = run_step(lambda h, f: h + f.sum(), (np.zeros(2),), DATA[0])[0]
    np.testing.assert_allclose(outputs_of(layer)[0][0], expected, 1e-12)


@pytest.mark.parametrize("cell", [LSTM, GRU, RNNStep])
@pytest.mark.parametrize("make", [Recurrence, Fold])
@pytest.mark.parametrize("go_backwards", [False, True])
def test_gradients(cell, make, go_backwards):
    with C.default_options(dtype=np.float64):
        layer = make(cell(2), go_backwards=go_backwards)(x)
    assert_right_gradients(layer, {x: DATA}, [x, *layer.parameters])


@pytest.mark.parametrize("go_backwards", [False, True])
def test_gradients_of_initial_states(go_backwards):
    learned = C.parameter(init=np.array([0.3, -0.2]))
    layer = RecurrenceFrom(lambda h, c, x: (C.tanh(h * c + x), h - x), go_backwards)
    function = layer(start, learned, x)
    assert_right_gradients(function, {x: DATA, start: STARTS}, [x, start, learned])


def test_a_file_keeps_a_recurrence(tmp_path):
    layer = Recurrence(LSTM(3), go_backwards=True, name="h")(C.sequence.input_variable(2))
    layer.save(tmp_path / "model")
    loaded = Function.load(tmp_path / "model")
    data = some_sequences(2, dtype=np.float32)
    for ours, theirs in zip(loaded.eval(data), layer.eval(data), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("method", ["share", "clone", "freeze"])
def test_a_clone_computes_the_same(method):
    layer = Recurrence(GRU(3))(C.sequence.input_variable(2))
    copy = layer.clone(method)
    data = some_sequences(2, dtype=np.float32)
    for ours, theirs in zip(copy.eval(data), layer.eval(data), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    shared = set(copy.parameters) == set(layer.parameters)
    assert shared == (method == "share")


REFUSED = {
    "no function": (5, "Recurrence: the step must be a Function or a Python function: 5"),
    "no state": (lambda x: x, "number of state variables inconsistent: .* takes 0 and returns 1"),
    "too few": (lambda h, c, x: h + c + x, "takes 2 and returns 1"),
    "too many": (lambda h, x: (h + x, x), "takes 1 and returns 2"),
    "a unary layer": (Dense(3), "takes 0 and returns 1"),
    "an outer variable": (
        lambda h, x: h + x + start,
        r"Recurrence Python step function makes use of additional .*\['h', 'x'\].*start",
    ),
    "an outer placeholder": (
        lambda h, x: h + x + C.placeholder(name="q"),
        "Recurrence Python step function makes use of additional CNTK variables",
    ),
    "parameters": (
        lambda h, x: C.times(h, C.parameter((2, 2))) + x,
        "^Parameter cannot be created inside Recurrence Python step function.",
    ),
    "an unused state": (lambda h, x: x + 1, r"1 unused arguments \(h\)"),
    "no result": (lambda h, x: None, "must return a value"),
}


@pytest.mark.parametrize("step, message", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("make", [Recurrence, Fold])
def test_what_is_no_step_is_refused(make, step, message):
    with pytest.raises(TypeError, match=message):
        make(step)


def test_recurrence_from_names_itself_in_errors():
    with pytest.raises(TypeError, match="^RecurrenceFrom: number of state variables"):
        RecurrenceFrom(lambda h, x: (h + x, x))


def test_an_error_of_the_step_itself_is_seen():
    with pytest.raises(ZeroDivisionError):
        Recurrence(lambda h, x: 1 / 0)


def eleven_states(a, b, c, d, e, f, g, h, i, j, k, x):
    return tuple(state + x for state in (a, b, c, d, e, f, g, h, i, j, k))


def ten_states(a, b, c, d, e, f, g, h, i, j, x):
    return tuple(state + x for state in (a, b, c, d, e, f, g, h, i, j))


def test_at_most_ten_states():
    names = [a.name for a in RecurrenceFrom(ten_states).arguments]
    assert names == ["h", "c", "a", "b", "d", "e", "f", "g", "i", "j", "x"]
    with pytest.raises(ValueError, match="up to 10 state variables, not 11"):
        Recurrence(eleven_states)


@pytest.mark.parametrize("states", [(1, 2, 3), [1, 2, 3]])
def test_a_wrong_number_of_initial_states(states):
    with pytest.raises(TypeError, match="initial_state has 3 elements, but .* 2 state"):
        Recurrence(LSTM(3), initial_state=states)


def test_only_sequences_are_taken():
    with pytest.raises(RuntimeError, match="#dynamic axes != 2"):
        Recurrence(C.plus)(batch)


def test_two_states_that_read_each_other_tell_their_shapes():
    w, u = C.parameter((2, 6), init=0.5), C.parameter((3, 6), init=0.5)

    @C.Function
    def step(h, c, x):
        z = C.times(x, w) + C.times(h, u)
        f, o = C.slice(z, 0, 0, 3), C.slice(z, 0, 3, 6)
        c = C.sigmoid(f) * c + C.tanh(f)
        return (C.sigmoid(o) * C.tanh(c), c)

    x = C.sequence.input_variable(2)
    y = C.layers.Recurrence(step)(x)
    assert y.shape == (3,)
    first = 1 / (1 + np.exp(-1)) * np.tanh(np.tanh(1))
    np.testing.assert_allclose(y.eval([np.ones((1, 2), "f")])[0], [[first] * 3], rtol=1e-6)
