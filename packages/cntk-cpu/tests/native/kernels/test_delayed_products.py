"""Gradients of recurrent weights: products of rows whose first ones are zeros, or are not."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution import session
from cntk.native.launch import Launch

LENGTHS = [[1], [5], [3, 3, 3], [2, 5, 1, 5, 3], [1] * 17, list(range(1, 18))]


@pytest.fixture
def ran(monkeypatch):
    """Names of the launches that are bound."""
    names, make = [], Launch.__init__

    def listening(self, name, *arguments, **options):
        names.append(name)
        make(self, name, *arguments, **options)

    monkeypatch.setattr(Launch, "__init__", listening)
    session.forget_plans()
    return names


def data(lengths, size=3):
    random = np.random.default_rng(len(lengths))
    return [random.normal(size=(n, size)).astype(np.float32) for n in lengths]


def model(x, initial, delay: int = 1):
    """Return a product of delayed data with a parameter, and the parameter."""
    w = C.parameter((3, 4), init=C.normal(1, seed=1))
    past = C.sequence.past_value(x, initial, delay)
    return C.tanh(C.times(past, w)), w


@pytest.mark.parametrize("lengths", LENGTHS, ids=str)
@pytest.mark.parametrize("delay", [1, 2, 4, 9])
@pytest.mark.parametrize("initial", [0, 0.5])
def test_gradients(compared, ran, lengths, delay, initial):
    x = C.sequence.input_variable(3)
    y, w = model(x, initial, delay)
    compared(lambda: [y.grad({x: data(lengths)}, [w])], "contract", rtol=1e-4, atol=1e-5)
    assert "product_of_delayed_f32" in ran


@pytest.mark.parametrize("initial", [[0, 0, 0], [0, 0, 2]], ids=str)
def test_a_boundary_of_several_numbers(compared, ran, initial):
    x = C.sequence.input_variable(3)
    y, w = model(x, C.constant(np.array(initial, np.float32)))
    compared(lambda: [y.grad({x: data(LENGTHS[3])}, [w])], "contract", rtol=1e-4, atol=1e-5)
    assert "product_of_delayed_f32" in ran


def test_a_constant_that_becomes_another(compared):
    x, start = C.sequence.input_variable(3), C.constant(0, shape=1)
    y, w = model(x, start)
    compared(lambda: [y.grad({x: data(LENGTHS[3])}, [w])], "contract", rtol=1e-4, atol=1e-5)
    start.value = np.ones(1, np.float32)
    compared(lambda: [y.grad({x: data(LENGTHS[3])}, [w])], "contract", rtol=1e-4, atol=1e-5)


def test_sequences_that_go_on(compared):
    x = C.sequence.input_variable(3)
    y, w = model(x, 0, delay=2)
    first, second = data([4, 6]), data([3, 2])

    def run():
        y.eval({x: first})
        return [y.grad(({x: second}, [False, True]), [w])]

    compared(run, "contract", rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("wrong", [np.inf, np.nan])
def test_zeros_by_what_is_infinite_are_no_zeros(compared, wrong):
    x, scale = C.sequence.input_variable(3), C.sequence.input_variable(4)
    w = C.parameter((3, 4), init=1)
    y = C.times(C.sequence.past_value(x), w) * scale
    given = {x: data(LENGTHS[3]), scale: data(LENGTHS[3], 4)}
    given[scale][1][0, 2] = wrong  # what arrives at the first frame of a sequence
    (found,) = compared(lambda: [y.grad(given, [w])], "contract", rtol=1e-4, atol=1e-5)
    assert np.isnan(found[:, 2]).all() and np.isfinite(found[:, [0, 1, 3]]).all()
