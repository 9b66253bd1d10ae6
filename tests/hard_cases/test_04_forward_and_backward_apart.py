"""``forward`` and ``backward`` are two calls, whatever happens between them.

What backward reads of the forward run lies in memory that the returned state owns, until the state
is gone. Parameters are not part of it: backward reads them as they are then. A Function has one
state at a time: a run of it makes older states of the same thread refuse.
"""

from __future__ import annotations

import gc

import numpy as np
import pytest

import cntk as C

DATA = np.array([[1, 2], [3, 4]], "f")
ONES = np.ones_like(DATA)
pytestmark = pytest.mark.usefixtures("kernels")


@pytest.fixture
def x():
    return C.input_variable(2, needs_gradient=True, name="x")


def kept(f, data):
    """Return the state of a forward run of a Function of one argument."""
    return f.forward({f.arguments[0]: data}, [f.output], {f.output})[0]


def gradient(f, state, root=ONES):
    return f.backward(state, {f.output: root}, [f.arguments[0]])[f.arguments[0]]


@pytest.mark.parametrize(
    "run",
    [
        lambda f, x: f.eval({x: DATA}),
        lambda f, x: f(DATA),
        lambda f, x: f.forward({x: DATA}),
        lambda f, x: f.forward({x: DATA}, [f.output], {f.output}),
        lambda f, x: f.grad({x: DATA}, [x]),
    ],
    ids=["eval", "call", "forward", "forward that keeps", "grad"],
)
def test_any_run_of_the_function_makes_its_states_stale(x, run):
    f = x * x
    state = kept(f, DATA)
    run(f, x)
    with pytest.raises(RuntimeError, match="state was modified by subsequent Forward calls"):
        gradient(f, state)


def test_a_run_of_another_function_does_not(x):
    f = x * x
    g = f + 1  # that computes the same product
    state = kept(f, DATA)
    g.eval({x: 10 * DATA})
    g.grad({x: 10 * DATA}, [x])
    np.testing.assert_array_equal(gradient(f, state), 2 * DATA)


def test_the_state_of_another_function_is_refused(x):
    f, g = x * x, x * 3
    with pytest.raises(RuntimeError, match="state of another Function"):
        gradient(g, kept(f, DATA))


def test_backward_may_run_twice(x):
    f = x * x
    state = kept(f, DATA)
    np.testing.assert_array_equal(gradient(f, state), 2 * DATA)
    np.testing.assert_array_equal(gradient(f, state, 2 * ONES), 4 * DATA)
    np.testing.assert_array_equal(gradient(f, state), 2 * DATA)


def test_parameters_changed_in_between_are_read_anew(x):
    w = C.parameter(2, init=1)
    f = x * w
    state = kept(f, DATA)
    w.value = np.array([5, 7], "f")
    found = f.backward(state, {f.output: ONES}, {x, w})
    assert found[x].tolist() == [[5, 7], [5, 7]]
    assert found[w].tolist() == [4, 6]


def test_data_changed_in_between_are_not(x):
    f = x * x
    mine = DATA.copy()
    state = kept(f, mine)
    mine[:] = 100
    np.testing.assert_array_equal(gradient(f, state), 2 * DATA)


def test_two_roots_are_refused(x):
    f = C.combine([x * 2, x * 3])
    state, _ = f.forward({x: DATA}, f.outputs, set(f.outputs))
    with pytest.raises(RuntimeError, match="2 backprop roots specified; currently at most one"):
        f.backward(state, dict.fromkeys(f.outputs, DATA), {x})


def test_either_of_two_roots_may_be_the_one(x):
    f = C.combine([x * 2, x * x])
    state, _ = f.forward({x: DATA}, f.outputs, set(f.outputs))
    assert f.backward(state, {f.outputs[0]: ONES}, {x})[x].tolist() == [[2, 2], [2, 2]]
    np.testing.assert_array_equal(f.backward(state, {f.outputs[1]: ONES}, {x})[x], 2 * DATA)


def deep_network(x):
    """Return a network whose gradient reads a value of each of its layers."""
    y = x
    for i in range(4):
        y = C.tanh(C.times(y, C.parameter((2, 2), init=C.glorot_uniform(seed=i + 1))))
    return y


def test_other_runs_do_not_overwrite_what_a_state_keeps(x):
    """Equal graphs share a plan, and plans keep memory for the next run: not that of a state."""
    first, second = deep_network(x), deep_network(x)
    expected = first.grad({x: DATA}, [x])
    state = kept(first, DATA)
    for i in range(5):
        kept(second, i * DATA)
        second.eval({x: i * DATA})
        second.grad({x: i * DATA}, [x])
    np.testing.assert_allclose(gradient(first, state), expected, rtol=1e-6)


def test_states_of_several_functions_live_together(x):
    functions = [deep_network(x) for _ in range(3)]
    states = [kept(f, (i + 1) * DATA) for i, f in enumerate(functions)]
    for i, (f, state) in reversed(list(enumerate(zip(functions, states)))):
        found = gradient(f, state)
        np.testing.assert_allclose(found, f.grad({x: (i + 1) * DATA}, [x]), rtol=1e-6)


def test_memory_of_dropped_states_is_used_again(x, plans):
    f = deep_network(x)
    for _ in range(3):
        state = kept(f, DATA)
        del state
        gc.collect()
    for made in plans:
        assert len(made._pool._idle) <= 1


def test_sequences_keep_their_layout_for_backward():
    s = C.sequence.input_variable(1, needs_gradient=True)
    f = C.layers.Recurrence(C.plus)(s) * s
    data = [np.array([[1], [2], [3]], "f"), np.array([[4]], "f")]
    state, _ = f.forward({s: data}, [f.output], {f.output})
    (f + 1).eval({s: [np.ones((7, 1), "f")]})
    found = f.backward(state, {f.output: [np.ones_like(part) for part in data]}, {s})[s]
    for one, other in zip(found, f.grad({s: data}, [s])):
        np.testing.assert_allclose(one, other, rtol=1e-6)


def test_dropout_keeps_its_mask_for_backward(x):
    f = C.dropout(C.splice(*[x] * 50), 0.5, seed=3)
    state, values = f.forward({x: ONES}, [f.output], {f.output})
    value = values[f.output]
    found = f.backward(state, {f.output: np.ones_like(value)}, {x})[x]
    expected = value.reshape(2, 50, 2).sum(1)  # of ones: the mask itself
    np.testing.assert_allclose(found, expected, rtol=1e-6)
