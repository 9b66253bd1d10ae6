"""Inputs that are sequences."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C


def test_inputs_have_a_batch_and_a_sequence_axis():
    s = C.sequence.input_variable(3, name="s")
    assert s.dynamic_axes == C.Axis.default_input_variable_dynamic_axes()
    assert (s.shape, s.dtype, s.needs_gradient, s.is_sparse) == ((3,), np.float32, False, False)


def test_the_sequence_axis_may_be_another():
    words = C.sequence.input_variable((2, 3), sequence_axis=C.Axis("words"))
    assert words.dynamic_axes[1] == C.Axis("words")


def test_options_are_passed_on():
    s = C.sequence.input_variable(3, np.float64, True, True)
    assert (s.dtype, s.needs_gradient, s.is_sparse) == (np.float64, True, True)


def test_the_default_element_type_can_be_set():
    with C.default_options(dtype=np.float64):
        assert C.sequence.input_variable(3).dtype == np.float64


def test_the_older_name_warns():
    with pytest.warns(DeprecationWarning, match="input_variable"):
        assert C.sequence.input(3).is_input
