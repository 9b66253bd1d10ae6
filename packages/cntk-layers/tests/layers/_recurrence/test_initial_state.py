from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers._recurrence.initial_state import initial_state_operand, initial_state_operands


@pytest.mark.parametrize("state", [C.constant(1), C.input_variable(2), C.input_variable(2) + 1])
def test_what_is_an_operand_already(state):
    assert initial_state_operand(state) is state


def test_none_is_the_scalar_zero():
    constant = initial_state_operand(None)
    assert (constant.shape, constant.value.tolist()) == ((), 0)


@pytest.mark.parametrize("state", [2, 2.0, True, np.float32(2), np.array(2.0)])
def test_a_number_is_a_vector_of_one_element(state):
    constant = initial_state_operand(state)
    assert (constant.is_constant, constant.value.tolist()) == (True, [float(state)])


def test_a_number_takes_the_element_type_of_what_it_meets():
    x = C.sequence.input_variable(1, dtype=np.float64)
    delayed = C.sequence.past_value(x, initial_state_operand(2))
    assert delayed.dtype == np.float64


def test_an_array_keeps_its_shape_and_type():
    constant = initial_state_operand(np.ones((2, 3)))
    assert (constant.shape, constant.dtype) == ((2, 3), np.float64)


def test_one_serves_all():
    first, second = initial_state_operands(1, 2, "Layer")
    assert first is second
    first, second = initial_state_operands((1, 2), 2, "Layer")
    assert (first.value.item(), second.value.item()) == (1, 2)


@pytest.mark.parametrize("states", [(), (1, 2), [1, 2, 3, 4]])
def test_another_number_of_states(states):
    message = f"Layer: initial_state has {len(states)} elements, but .* 3 state"
    with pytest.raises(TypeError, match=message):
        initial_state_operands(states, 3, "Layer")


def test_what_is_no_state():
    with pytest.raises(ValueError, match="an operand must be a variable"):
        initial_state_operand("zero")
