"""Orders of memory: chosen for kernels that like the channels last, copied for all others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import cntk as C
from cntk.execution.kernels import Kernel, reference_kernel
from cntk.execution.session import program_for
from cntk.testing.backends import only
from cntk.testing.chains import chain_kernel

IMAGES = np.random.default_rng(0).normal(size=(2, 3, 5, 4)).astype(np.float32)


def bind_copy(step, inputs, outputs, context):
    def launch(slots):
        slots[outputs[0]][...] = slots[inputs[0]]

    return launch


REORDER = Kernel("reorder", bind_copy, backend="copies", writes=True)
# reads and makes images by their shape, whatever their memory; says that it likes one order
CONVOLVE = replace(
    reference_kernel,
    operator="convolve",
    priority=0,
    channels_last=lambda step: [[step.operands[1], *step.outputs]],
)


@pytest.fixture
def kernels():
    with only("numpy", also=[chain_kernel, REORDER, CONVOLVE]):
        yield


def weight(*shape):
    return C.parameter(shape, init=C.normal(0.3, seed=5))


def convolved(x, filters):
    w = weight(filters, x.shape[0], 3, 3)
    return C.convolution(w, x, auto_padding=[False, True, True])


def steps(function):
    return program_for(function, list(function.outputs), False).plan.steps


def names(function) -> list[str]:
    return [step.operator.name for step in steps(function)]


def same_as_in_plain_memory(function, data) -> None:
    found = function.eval(data)
    with only("numpy"):
        expected = function.eval(data)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_images_are_turned_once_and_back_once(kernels):
    x = C.input_variable((3, 5, 4))
    h = C.relu(convolved(x, 6) + weight(6, 1, 1))
    y = convolved(h, 2) * 2
    assert names(y).count("reorder") == 2
    middle = [s for s in steps(y) if s.operator.name == "chain"][0]
    assert middle.outputs[0].channels_last
    same_as_in_plain_memory(y, {x: IMAGES})


def test_results_that_users_see_are_plain(kernels):
    x = C.input_variable((3, 5, 4))
    y = convolved(x, 6)
    (last,) = [s for s in steps(y) if y.output.shape == s.outputs[0].shape][-1].outputs
    assert not last.channels_last
    found = y.eval({x: IMAGES})
    assert found.flags.c_contiguous
    same_as_in_plain_memory(y, {x: IMAGES})


def test_kernels_that_do_not_know_the_order_get_a_copy(kernels):
    x = C.input_variable((3, 5, 4))
    h = C.relu(convolved(x, 6))
    y = C.reduce_sum(convolved(h, 2)) + C.reduce_max(h)
    (largest,) = [s for s in steps(y) if s.operator.name == "max_over"]
    turned = [s.outputs[0].channels_last for s in steps(y) if s.operator.name == "convolve"]
    assert any(turned) and not largest.operands[0].channels_last
    same_as_in_plain_memory(y, {x: IMAGES})


def test_without_convolutions_nothing_is_turned(kernels):
    x = C.input_variable((3, 5, 4))
    y = C.relu(x * 2) + 1
    assert names(y) == ["chain"]


def test_without_a_kernel_for_copies_memory_is_plain():
    with only("numpy", also=[chain_kernel, CONVOLVE]):
        x = C.input_variable((3, 5, 4))
        y = convolved(C.relu(convolved(x, 6)), 2)
        assert not any(y.channels_last for step in steps(y) for y in step.outputs)
        same_as_in_plain_memory(y, {x: IMAGES})
