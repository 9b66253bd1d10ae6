from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.debugging.measuring import Measuring
from cntk.execution import watch
from cntk.testing.backends import without


@pytest.fixture
def measuring():
    measuring = Measuring()
    watch.start(measuring)
    yield measuring
    watch.stop(measuring)


def operations(measuring, word):
    """Return the operations of the steps whose names begin with a word."""
    return sum(x.work.operations for x in measuring.steps if x.name.startswith(word))


def test_a_product_is_two_operations_per_pair_of_numbers(measuring):
    x = C.input_variable(5)
    C.times(x, C.parameter((5, 7))).eval(np.ones((3, 5), "f"))
    assert operations(measuring, "contract") == 2 * 3 * 5 * 7
    moved = sum(step.work.bytes for step in measuring.steps if step.name.startswith("contract"))
    assert moved == 4 * (3 * 5 + 5 * 7 + 3 * 7)


def test_the_gradients_of_a_product_are_as_much_work_as_itself(measuring):
    x, w = C.input_variable(5, needs_gradient=True), C.parameter((5, 7))
    with without("chain"):
        C.reduce_sum(C.square(C.times(x, w))).grad(np.ones((3, 5), "f"), wrt=[x, w])
    assert operations(measuring, "contract") == 3 * 2 * 3 * 5 * 7


def test_a_convolution_and_its_gradients(measuring):
    x, w = C.input_variable((3, 8, 8), needs_gradient=True), C.parameter((4, 3, 3, 3))
    z = C.convolution(w, x, auto_padding=[False, True, True])
    with without("chain"):
        C.reduce_sum(C.square(z)).grad(np.ones((2, 3, 8, 8), "f"), wrt=[x, w])
    once = 2 * 2 * (4 * 8 * 8) * (3 * 3 * 3)
    assert operations(measuring, "convolve") == 3 * once


def test_sparse_operands_and_views_count_as_nothing(measuring):
    x = C.input_variable(1000, is_sparse=True)
    C.reshape(C.times(x, C.parameter((1000, 2))), (2, 1)).eval(C.Value.one_hot([3, 4], 1000))
    assert operations(measuring, "contract") == 0
    assert operations(measuring, "set_shape") == 0


def test_the_steps_of_a_loop_count_all_its_rows(measuring):
    x = C.sequence.input_variable(3)
    z = C.layers.Recurrence(C.layers.RNNStep(5))(x)
    with without("chain"):
        z.eval([np.ones((4, 3), "f"), np.ones((2, 3), "f")])
    inside = [step for step in measuring.steps if step.in_loop]
    product = [step for step in inside if step.name.startswith("contract in a loop")]
    assert sum(step.work.operations for step in product) == 2 * 6 * 5 * 5
    assert sum(step.count for step in product) == 4
    assert operations(measuring, "scan") == 0
