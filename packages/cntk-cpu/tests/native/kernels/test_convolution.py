"""Convolution by oneDNN gives what plain NumPy gives."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import cntk as C
from cntk.execution.threads import one_thread
from cntk.native.exact import ExactLaunch
from cntk.ops._convolution.convolve import convolve
from cntk.ops._convolution.convolve_transposed import convolve_transposed

SAME, SHIFTED = [False, True, True], (False, False, False)
CASES = {
    "3 x 3": ((3, 9, 9), (5, 3, 3, 3), {}),
    "one channel": ((1, 8, 8), (4, 1, 3, 3), {}),
    "17 channels": ((17, 5, 4), (3, 17, 3, 3), {}),
    "strided": ((4, 9, 7), (6, 4, 3, 3), {"strides": (2, 2)}),
    "strided points": ((4, 8, 8), (6, 4, 1, 1), {"strides": (2, 2)}),
    "even window": ((3, 8, 8), (4, 3, 4, 2), {}),
    "even window, strided": ((3, 8, 10), (4, 3, 2, 2), {"strides": (3, 3)}),
    "no padding": ((3, 8, 8), (4, 3, 3, 3), {"auto_padding": SHIFTED}),
    "padding as said": ((3, 6, 6), (4, 3, 3, 3), {
        "auto_padding": SHIFTED, "lower_pad": (0, 2, 1), "upper_pad": (0, 0, 1)}),
    "dilated": ((3, 9, 9), (4, 3, 3, 3), {"dilation": (2, 2)}),
    "groups": ((6, 7, 7), (4, 3, 3, 3), {"groups": 2}),
    "one axis": ((3, 11), (4, 3, 3), {}),
    "three axes": ((2, 5, 6, 4), (3, 2, 3, 3, 3), {}),
}  # fmt: skip


def options_for(shape, options: dict) -> dict:
    """Return options with the stride over all channels that CNTK writes."""
    strides = (shape[0], *options.get("strides", (1,) * (len(shape) - 1)))
    padding = options.get("auto_padding", (False, *[True] * (len(shape) - 1)))
    return {**options, "strides": strides, "auto_padding": padding}


@pytest.mark.parametrize("rows", [1, 3, 17])
@pytest.mark.parametrize("case", CASES)
def test_a_convolution_and_its_gradients_are_those_of_numpy(network, case, rows):
    shape, kernel, options = CASES[case]
    net = network(rows)
    x, w = net.leaf(*shape, has_rows=True), net.leaf(*kernel)
    y = convolve(w, x, **options_for(shape, options))
    found = net.check([y, *net.gradients(y, [x, w])])
    assert [type(launch) for launch in found.launches].count(ExactLaunch) == 3


@pytest.mark.parametrize("rows", [1, 5])
def test_a_convolution_transpose_is_that_of_numpy(network, rows):
    net = network(rows)
    x, w = net.leaf(3, 5, 5, has_rows=True), net.leaf(3, 2, 3, 3)
    y = convolve_transposed(w, x, **options_for((3, 5, 5), {"strides": (2, 2)}))
    found = net.check([y, *net.gradients(y, [x, w])])
    assert any(isinstance(launch, ExactLaunch) for launch in found.launches)


def test_a_sample_without_rows_is_convolved(network):
    net = network(1)
    x, w = net.leaf(3, 6, 6), net.leaf(4, 3, 3, 3)
    y = convolve(w, x, **options_for((3, 6, 6), {}))
    found = net.check([y, *net.gradients(y, [x, w])])
    assert any(isinstance(launch, ExactLaunch) for launch in found.launches)


def test_without_rows_the_gradient_to_the_kernel_is_zero(network):
    net = network(0)
    x, w = net.leaf(3, 6, 6, has_rows=True), net.leaf(4, 3, 3, 3)
    y = convolve(w, x, **options_for((3, 6, 6), {}))
    net.check([y, *net.gradients(y, [x, w])])


def convolution(seed: int):
    x = C.input_variable((3, 12, 12))
    w = C.parameter((8, 3, 3, 3), init=C.glorot_uniform(seed=seed))
    return x, C.relu(C.convolution(w, x, auto_padding=SAME))


def samples(rows: int) -> np.ndarray:
    return np.random.default_rng(rows).uniform(-1, 1, (rows, 3, 12, 12)).astype(np.float32)


def test_minibatches_of_many_sizes_follow_each_other():
    x, y = convolution(seed=1)
    alone = {rows: np.concatenate([y.eval({x: one[None]}) for one in samples(rows)])
             for rows in (2, 5)}  # fmt: skip
    for rows in (5, 1, 2, 7, 8, 9, 10, 11, 12, 13, 14, 2, 5):
        found = y.eval({x: samples(rows)})
        if rows in alone:
            np.testing.assert_allclose(found, alone[rows], rtol=1e-4, atol=1e-5)


def test_the_number_of_threads_may_change_between_runs(threads):
    x, w = C.input_variable((3, 32, 32), needs_gradient=True), C.parameter((16, 3, 3, 3), init=1)
    w.value = np.random.default_rng(0).uniform(-1, 1, w.shape).astype(np.float32)
    y = C.square(C.convolution(w, x, auto_padding=SAME))
    data = np.random.default_rng(1).uniform(-1, 1, (4, 3, 32, 32)).astype(np.float32)

    def run() -> list[np.ndarray]:
        gradients, value = y.grad({x: data}, [x, w], outputs=[y.output])
        return [value, gradients[x], gradients[w]]

    one, two, again = threads(1, run), threads(2, run), threads(1, run)
    for first, last in zip(one, again):
        np.testing.assert_array_equal(first, last)
    for first, other in zip(one[:2], two):
        np.testing.assert_array_equal(first, other)
    np.testing.assert_allclose(one[2], two[2], rtol=1e-5)  # threads sum their parts of it
    always, one_thread.always = one_thread.always, True
    try:
        for first, other in zip(one, threads(2, run)):
            np.testing.assert_array_equal(first, other)
    finally:
        one_thread.always = always


def test_threads_run_one_function_at_once():
    x, y = convolution(seed=2)
    expected = {rows: y.eval({x: samples(rows)}) for rows in (2, 3)}
    wrong: list[int] = []

    def run(rows: int) -> None:
        for _ in range(20):
            if not np.allclose(y.eval({x: samples(rows)}), expected[rows], 1e-5, 1e-6):
                wrong.append(rows)

    threads = [threading.Thread(target=run, args=(rows,)) for rows in (2, 3, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_convolution_inside_a_recurrence_runs_for_each_frame():
    x, w = C.sequence.input_variable((1, 3, 3)), C.parameter((1, 1, 1, 1), init=2)
    state = C.placeholder()
    y = C.convolution(w, C.sequence.past_value(state), auto_padding=SAME) + x
    y.replace_placeholders({state: y.output})
    (found,) = y.eval({x: [np.ones((3, 1, 3, 3), np.float32)]})
    np.testing.assert_array_equal(found[:, 0, 0, 0], [1, 3, 7])


def test_element_types_that_onednn_lacks_are_left_to_numpy():
    x = C.input_variable((2, 4, 4), dtype=np.float64)
    w = C.parameter((2, 2, 3, 3), init=1, dtype=np.float64)
    found = C.convolution(w, x, auto_padding=SAME).eval({x: np.ones((1, 2, 4, 4))})
    assert found.dtype == np.float64 and found.max() == 18
