from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import Delay, PastValueWindow

from ..gradients import assert_right_gradients
from ..sequences import some_sequences
from ..shapes import body

x = C.sequence.input_variable(2, name="x", dtype=np.float64, needs_gradient=True)
batch = C.input_variable(2, name="batch", dtype=np.float64)
DATA = some_sequences(2)


def shifted(frames, T, fill):
    """Return the frames of T steps before; of others, the fill."""
    padding = np.full((abs(T), frames.shape[1]), fill, float)
    padded = np.concatenate([padding, frames, padding])
    return padded[abs(T) - T : abs(T) - T + len(frames)]


@pytest.mark.parametrize("T", [2, 1, 0, -1, -2, -9])
@pytest.mark.parametrize("initial_state", [0, 0.5])
def test_a_delay(T, initial_state):
    found = Delay(T, initial_state)(x).eval(DATA)
    for values, frames in zip(found, DATA, strict=True):
        np.testing.assert_allclose(values, shifted(frames, T, initial_state))


@pytest.mark.parametrize("T, inside", [(1, "PastValue"), (-1, "FutureValue"), (0, "Combine")])
def test_the_graph_of_a_delay(T, inside):
    layer = Delay(T, name="d")(x)
    assert (layer.root_function.op_name, layer.output.name) == ("Delay", "d")
    assert body(layer).root_function.op_name == inside


def test_a_delay_of_scalars_gives_vectors_of_one_element():
    """As in CNTK 2.7, where a number as the initial state is one."""
    scalars = C.sequence.input_variable(())
    assert Delay()(scalars).shape == (1,)
    assert Delay(0)(scalars).shape == ()


def test_a_delay_takes_the_options_of_a_scope():
    with C.default_options(initial_state=7):
        layer = Delay()(x)
    np.testing.assert_allclose(layer.eval(DATA)[0], shifted(DATA[0], 1, 7))


def test_the_state_of_a_delay_may_be_learned():
    with C.default_options(dtype=np.float64):
        learned = C.parameter(init=np.array([0.25, -1]))
    layer = Delay(2, learned)(x)
    assert layer.parameters == (learned,)
    np.testing.assert_allclose(layer.eval(DATA)[2][:2], [[0.25, -1]] * 2)
    assert_right_gradients(layer, {x: DATA}, [x, learned])


def test_the_state_of_a_delay_may_not_depend_on_inputs():
    with pytest.raises(ValueError, match=r"missing arguments \(batch\)"):
        Delay(1, initial_state=batch)


def test_a_delay_is_for_sequences():
    with pytest.raises(RuntimeError, match="#dynamic axes != 2"):
        Delay()(batch)


def window_of(frames, size, go_backwards):
    """Return the frames and flags of a window."""
    order = frames if go_backwards else frames[::-1]
    missing = max(size - len(frames), 0)
    padded = np.concatenate([order[:size], np.zeros((missing, frames.shape[1]))])
    return padded, [[1.0]] * (size - missing) + [[0.0]] * missing


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("size", [1, 3])
def test_a_window(size, go_backwards):
    layer = PastValueWindow(size, axis=-2, go_backwards=go_backwards)(x)
    assert [output.dynamic_axes for output in layer.outputs] == [batch.dynamic_axes] * 2
    found = layer.eval({x: DATA})
    frames, flags = (found[output] for output in layer.outputs)
    for number, sequence in enumerate(DATA):
        expected = window_of(sequence, size, go_backwards)
        np.testing.assert_allclose(frames[number].reshape(size, 2), expected[0])
        np.testing.assert_allclose(flags[number].reshape(size, 1), expected[1])


def test_the_axis_of_a_window():
    layer = PastValueWindow(3, axis=-1)(x)
    assert [output.shape for output in layer.outputs] == [(6,), (3,)]
    layer = PastValueWindow(3, axis=-3)(x)
    assert [output.shape for output in layer.outputs] == [(3, 1, 2), (3, 1, 1)]


def test_the_names_of_a_window():
    layer = PastValueWindow(2, axis=-2, name="w")(x)
    assert [output.name for output in layer.outputs] == ["w", "w"]
    assert [output.name for output in body(layer).outputs] == ["value", "valid"]


def test_options_of_a_scope_that_concern_a_window():
    with C.default_options(go_backwards=True, initial_state=7):
        layer = PastValueWindow(2, axis=-2)(x)
    found = layer.eval({x: DATA})
    frames, flags = (found[output] for output in layer.outputs)
    np.testing.assert_allclose(frames[2], DATA[2][:2])
    np.testing.assert_allclose(flags[1], [[1], [0]])


def test_gradients_of_a_window():
    frames = C.combine([PastValueWindow(3, axis=-2)(x).outputs[0]])
    assert_right_gradients(frames, {x: DATA}, [x])


@pytest.mark.parametrize("size", [0, -1])
def test_an_empty_window_is_refused(size):
    with pytest.raises(ValueError, match=f"window_size must be at least 1, not {size}"):
        PastValueWindow(size, axis=-1)


@pytest.mark.parametrize("frames", [0.5, "two", None])
def test_frames_are_whole_numbers(frames):
    with pytest.raises(TypeError, match="Delay: T is a number of frames, not"):
        Delay(frames)
    with pytest.raises(TypeError, match="PastValueWindow: window_size is a number of frames, not"):
        PastValueWindow(frames, axis=-1)
