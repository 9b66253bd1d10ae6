"""What the first and the last step of a loop leave out, and when they may not."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.native.kernels import loops
from cntk.testing.backends import without

LENGTHS = [5, 1, *[3] * 20, 2, 4]  # enough sequences for what is left out to count
WIDTH = 17


@pytest.fixture
def told(monkeypatch):
    """What C was told of each loop: (steps that may be shortened, launches left out at the end)."""
    found, run = [], loops._Loop.run

    def listening(self, *arguments):
        run(self, *arguments)
        block, launches = self.block, range(len(self.segment.launches))
        first = block.first_steps if block.first else 0
        out = [i for i in launches if not block.last[i].run] if block.last else []
        found.append((first, out))

    monkeypatch.setattr(loops._Loop, "run", listening)
    return found


def model(x, initial=0, delay: int = 1, backwards: bool = False):
    """Return ``h = tanh(x W + h' U)``."""
    state = C.placeholder(shape=(WIDTH,), dynamic_axes=x.dynamic_axes)
    delayed = C.sequence.future_value if backwards else C.sequence.past_value
    w, u = (C.parameter((n, WIDTH), init=C.normal(0.3, seed=n)) for n in (3, WIDTH))
    h = C.tanh(C.times(x, w) + C.times(delayed(state, initial, delay), u))
    return h.replace_placeholders({state: h.output})


def data(lengths=LENGTHS):
    random = np.random.default_rng(3)
    return [random.normal(size=(n, 3)).astype(np.float32) for n in lengths]


def everything(h, x, given):
    """Return a function that computes values, and gradients of all parameters and of the data."""

    def run():
        found = h.grad({x: given}, [x, *h.parameters])
        return [*h.eval({x: given}), *found[x], *(found[p] for p in h.parameters)]

    return run


@pytest.mark.parametrize("lengths", [LENGTHS, [1] * 20, [2] * 16, [4] * 30], ids=["mixed", *"124"])
@pytest.mark.parametrize("delay", [1, 3])
@pytest.mark.parametrize("backwards", [False, True])
def test_values_and_gradients(compared, told, lengths, delay, backwards):
    x = C.sequence.input_variable(3, needs_gradient=True)
    h = model(x, delay=delay, backwards=backwards)
    compared(everything(h, x, data(lengths)), "scan", rtol=1e-4, atol=1e-4)
    assert (delay, []) in told
    assert any(out for _, out in told)  # in the gradient's loop


def test_states_that_are_no_zeros_are_multiplied(compared, told):
    x = C.sequence.input_variable(3, needs_gradient=True)
    for initial in (0.5, C.parameter(WIDTH, init=1), C.constant(np.eye(1, WIDTH, dtype="f")[0])):
        h = model(x, initial)
        compared(everything(h, x, data()), "scan", rtol=1e-4, atol=1e-4)
    assert all(first == 0 for first, _ in told)


def test_a_constant_that_becomes_another(told):
    x, start = C.sequence.input_variable(3), C.constant(0, shape=1)
    h = model(x, start)
    zeros = h.eval({x: data()})
    start.value = np.ones(1, np.float32)
    ones = h.eval({x: data()})
    assert [first for first, _ in told] == [1, 0]
    assert not np.allclose(zeros[0][0], ones[0][0])


@pytest.mark.parametrize("wrong", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("place", [(0, 0), (9, 16), (16, 16)])
def test_a_zero_by_a_weight_that_is_infinite_is_no_zero(compared, wrong, place):
    x = C.sequence.input_variable(3)
    h = model(x)
    (u,) = (p for p in h.parameters if p.shape == (WIDTH, WIDTH))
    weights = u.value
    weights[place] = wrong
    u.value = weights
    found = compared(lambda: h.eval({x: data()}), "scan", rtol=1e-4, atol=1e-4)
    assert np.isnan(found[0][0]).any()


def test_few_sequences_are_not_worth_a_look_at_the_weights(told):
    x = C.sequence.input_variable(3)
    model(x).eval({x: data([3] * 15)})
    assert told == [(0, [])]


def test_a_sequence_that_goes_on_has_states(compared, told):
    x = C.sequence.input_variable(3)
    h, given = model(x), data([2] * 20)
    parts = [C.Value.create(x, [part[:1] for part in given]),
             C.Value.create(x, [part[1:] for part in given], [False] * 20)]  # fmt: skip
    found = [h.eval({x: part}) for part in parts]
    assert [first for first, _ in told] == [1, 0]
    for whole, first, second in zip(h.eval({x: given}), *found):
        np.testing.assert_allclose(whole, np.concatenate([first, second]), rtol=1e-5, atol=1e-6)


def test_states_that_are_asked_for_are_computed_to_the_end():
    x = C.sequence.input_variable(3)
    h = model(x)
    (state,) = (f for f in C.logging.graph.depth_first_search(h, lambda f: True)
                if getattr(f, "op_name", "") == "PastValue")  # fmt: skip
    both = C.combine([h, state])
    found = both.eval({x: data()})
    with without("scan"):
        expected = both.eval({x: data()})
    for key in expected:
        for one, other in zip(found[key], expected[key], strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_the_gradient_of_an_initial_state_reads_the_last_step(compared, told):
    x, start = C.sequence.input_variable(3), C.parameter(WIDTH, init=0)
    h = model(x, start)
    compared(lambda: [h.grad({x: data()}, [start])], "scan", rtol=1e-4, atol=1e-4)
    assert all(out == [] for _, out in told)
