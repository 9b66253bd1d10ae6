"""Winograd's convolution gives what plain NumPy gives, to a stated bound."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest

import cntk as C
from cntk.debugging import explain
from cntk.errors import ExecutionError
from cntk.native.kernels import winograd
from cntk.native.kernels.winograd import WinogradLaunch, computes, pays
from cntk.native.library import ffi, kernel, lib
from cntk.operators.declare import registry
from cntk.ops._convolution.convolve import convolve
from cntk.ops._convolution.geometry import convolution_geometry

SAME, NONE = (False, True, True), (False, False, False)
CASES = {
    "one channel": (1, 8, 8, 1, {}),
    "3 channels": (3, 9, 7, 5, {}),
    "17 channels": (17, 5, 4, 33, {}),
    "80 channels": (80, 6, 6, 32, {}),  # more than are transformed at once
    "no padding": (5, 10, 9, 4, {"auto_padding": NONE}),
    "one window": (5, 3, 3, 4, {"auto_padding": NONE}),
    "padding as said": (3, 6, 6, 4, {
        "auto_padding": NONE, "lower_pad": (0, 2, 1), "upper_pad": (0, 0, 1)}),
    "more padding than window": (2, 4, 5, 3, {
        "auto_padding": NONE, "lower_pad": (0, 4, 0), "upper_pad": (0, 5, 6)}),
}  # fmt: skip


@pytest.fixture
def forced(monkeypatch):
    """Let the kernel serve however small the work."""
    monkeypatch.setattr(winograd, "pays", lambda geometry, rows: True)


def convolved(net, x, filters: int, auto_padding=SAME, **options):
    w = net.leaf(filters, x.shape[0], 3, 3)
    strides = (x.shape[0], 1, 1)
    return w, convolve(w, x, strides=strides, auto_padding=auto_padding, **options)


def count(launches) -> int:
    return [type(launch) for launch in launches].count(WinogradLaunch)


@pytest.mark.parametrize("rows", [0, 1, 3, 17])
@pytest.mark.parametrize("case", CASES)
def test_a_convolution_and_its_gradients_are_those_of_numpy(network, forced, case, rows):
    channels, height, width, filters, options = CASES[case]
    net = network(rows)
    x = net.leaf(channels, height, width, has_rows=True)
    w, y = convolved(net, x, filters, **options)
    assert count(net.check([y, *net.gradients(y, [x, w])]).launches) == 2


@pytest.mark.parametrize("rows", [1, 5])
def test_both_orders_of_memory(network, forced, rows):
    net = network(rows)
    x = net.leaf(3, 9, 10, has_rows=True)
    relu = registry["relu"]
    _, first = convolved(net, x, 17)
    _, second = convolved(net, relu(first), 20)
    _, third = convolved(net, relu(second), 4)
    found = net.check([third, *net.gradients(third, [x])])
    assert count(found.launches) == 6
    lie_last = {y.channels_last for step in found.plan.steps for y in step.outputs}
    assert lie_last == {False, True}


def test_a_sample_without_rows_is_convolved(network, forced):
    net = network(1)
    x = net.leaf(3, 6, 6)
    w, y = convolved(net, x, 4)
    assert count(net.check([y, *net.gradients(y, [x, w])]).launches) == 2


LEFT_TO_OTHERS = {
    "strided": ((64, 32, 32), (64, 64, 3, 3), {"strides": (64, 2, 2)}),
    "dilated": ((64, 32, 32), (64, 64, 3, 3), {"dilation": (1, 2, 2)}),
    "groups": ((128, 32, 32), (128, 64, 3, 3), {"groups": 2}),
    "another window": ((64, 32, 32), (64, 64, 5, 5), {}),
    "one axis": ((64, 1024), (64, 64, 3), {}),
    "three axes": ((64, 8, 8, 8), (64, 64, 3, 3, 3), {}),
    "along the channels": ((3, 64, 64), (64, 3, 3, 3), {"strides": (1, 1, 1)}),
}


@pytest.mark.parametrize("case", LEFT_TO_OTHERS)
def test_other_convolutions_are_left_to_other_kernels(network, forced, case):
    shape, weights, options = LEFT_TO_OTHERS[case]
    net = network(1)
    padding = (case == "along the channels", *[True] * (len(shape) - 1))
    strides = options.pop("strides", (shape[0], *[1] * (len(shape) - 1)))
    y = convolve(net.leaf(*weights), net.leaf(*shape, has_rows=True), strides=strides,
                 auto_padding=padding, **options)  # fmt: skip
    assert count(net.check([y]).launches) == 0


def geometry(channels: int, side: int, filters: int):
    strides = (channels, 1, 1)
    return convolution_geometry((channels, side, side), (filters, channels, 3, 3), strides, SAME)


def test_it_serves_where_there_is_enough_work(monkeypatch):
    monkeypatch.setattr(winograd, "lib", lambda: SimpleNamespace(vector_lanes=lambda: 8))
    for layer in ((64, 224, 64), (128, 112, 128), (256, 56, 512), (512, 28, 512), (512, 14, 512)):
        assert computes(geometry(*layer)) and pays(geometry(*layer), rows=1), layer
    assert not pays(geometry(3, 224, 64), rows=16), "few channels"
    assert not pays(geometry(64, 224, 3), rows=16), "few filters"
    assert not pays(geometry(512, 7, 512), rows=1), "few tiles to share the weights"
    assert pays(geometry(512, 7, 512), rows=16)
    assert not pays(geometry(8192, 32, 512), rows=1), "a few tiles of all channels are too much"
    monkeypatch.setattr(winograd, "lib", lambda: SimpleNamespace(vector_lanes=lambda: 4))
    assert not pays(geometry(64, 224, 64), rows=1), "small vectors"


def launched(x, w, lanes: int = 0, gradient: bool = False) -> np.ndarray:
    """Return the convolution with a padding of 1 of rows with their channels last."""
    rows, height, width, channels = x.shape
    filters = w.shape[1] if gradient else w.shape[0]
    y = np.full((rows, height, width, filters), np.nan, np.float32)
    block, at = ffi().new("launch *"), ffi().new("int32_t[]", [0, 1, 2])
    numbers = [channels, filters, height, width, height, width, 1, 1, 1, 1, gradient, lanes]
    ints = ffi().new("int64_t[]", numbers)
    block.run, block.at, block.ints = kernel("winograd_f32"), at, ints
    operands = (x, w, y) if gradient else (w, x, y)
    pointers = [ffi().cast("char *", np.ascontiguousarray(a).ctypes.data) for a in operands]
    lib().run_segment(block, 1, ffi().new("char *[]", pointers), ffi().new("int64_t[]", [rows]))
    return y


def exact(x, w) -> np.ndarray:
    padded = np.pad(x.astype(np.float64), ((0, 0), (1, 1), (1, 1), (0, 0)))
    height, width = x.shape[1:3]
    return sum(
        padded[:, i : i + height, j : j + width] @ w[:, :, i, j].T.astype(np.float64)
        for i in range(3)
        for j in range(3)
    )


def layer(channels: int, filters: int, side: int, rows: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return unit data and weights that He's initialisation would draw."""
    random = np.random.default_rng(channels)
    x = random.normal(size=(rows, side, side, channels)).astype(np.float32)
    w = random.normal(size=(filters, channels, 3, 3)) * np.sqrt(2 / (9 * channels))
    return x, w.astype(np.float32)


@pytest.mark.parametrize("lanes", [4, 8, 16])
@pytest.mark.parametrize("channels", [16, 100, 512])
def test_errors_are_within_the_bound(channels, lanes):
    x, w = layer(channels, filters=64, side=24)
    expected = exact(x, w)
    error = np.abs(launched(x, w, lanes) - expected).max()
    assert error < 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("lanes", [4, 8, 16])
def test_the_gradient_to_the_source_within_the_bound(lanes):
    dy, w = layer(64, filters=40, side=19, rows=3)
    of_gradient = np.ascontiguousarray(w.swapaxes(0, 1)[:, :, ::-1, ::-1])
    found, expected = launched(dy, of_gradient, lanes, gradient=True), exact(dy, w)
    assert np.abs(found - expected).max() < 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize("shape", [(8, 40, 64), (1, 7, 512), (3, 20, 17)], ids=str)
def test_the_number_of_threads_does_not_matter(threads, shape):
    rows, side, channels = shape
    x, w = layer(channels, 40, side, rows)
    one = threads(1, lambda: launched(x, w))
    for number in (2, 3, 5):
        np.testing.assert_array_equal(threads(number, lambda: launched(x, w)), one)


def test_the_other_samples_do_not_matter():
    x, w = layer(64, 64, side=30, rows=5)
    together = launched(x, w)
    for i, row in enumerate(x):
        np.testing.assert_array_equal(launched(row[None], w)[0], together[i])
    x[2, 10, 10, 3] = np.nan
    spoilt = launched(x, w)
    np.testing.assert_array_equal(np.delete(spoilt, 2, 0), np.delete(together, 2, 0))
    assert np.isnan(spoilt[2]).any()


def network_of_two(seed: int = 1):
    x = C.input_variable((3, 16, 16))
    h = C.layers.Convolution2D((3, 3), 64, activation=C.relu, pad=True)(x)
    return x, C.layers.Convolution2D((3, 3), 64, pad=True)(h)


def test_plans_and_profiles_name_it(forced, tmp_path):
    x, y = network_of_two()
    assert "by native, winograd  for" in explain(y)
    C.debugging.start_profiler(tmp_path)
    C.debugging.enable_profiler()
    y.eval({x: np.ones((1, 3, 16, 16), np.float32)})
    C.debugging.stop_profiler()
    (summary,) = tmp_path.glob("*summary*")
    assert "convolve (native, winograd)" in summary.read_text()


def test_threads_of_python_run_it_at_once(forced):
    x, y = network_of_two()
    data = np.random.default_rng(0).normal(size=(4, 3, 16, 16)).astype(np.float32)
    expected = y.eval({x: data})
    wrong: list[float] = []

    def run() -> None:
        for _ in range(20):
            found = y.eval({x: data})
            if not np.array_equal(found, expected):
                wrong.append(float(np.abs(found - expected).max()))

    running = [threading.Thread(target=run) for _ in range(4)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert not wrong


def test_weights_may_change_between_runs(forced):
    x, w = C.input_variable((2, 5, 5)), C.parameter((3, 2, 3, 3), init=1)
    y = C.convolution(w, x, auto_padding=list(SAME))
    data = {x: np.ones((1, 2, 5, 5), np.float32)}
    before = y.eval(data)
    w.value = 2 * w.value
    np.testing.assert_allclose(y.eval(data), 2 * before, rtol=1e-6)


def test_in_a_recurrence_it_runs_for_each_frame(forced):
    x, w = C.sequence.input_variable((1, 3, 3)), C.parameter((1, 1, 3, 3), init=0)
    w.value = 2 * np.pad(np.ones((1, 1, 1, 1), np.float32), ((0, 0), (0, 0), (1, 1), (1, 1)))
    state = C.placeholder()
    y = C.convolution(w, C.sequence.past_value(state), auto_padding=list(SAME)) + x
    y.replace_placeholders({state: y.output})
    (found,) = y.eval({x: [np.ones((3, 1, 3, 3), np.float32)]})
    np.testing.assert_allclose(found[:, 0, 1, 1], [1, 3, 7], rtol=1e-6)


def test_too_little_memory_is_an_error():
    block, at = ffi().new("launch *"), ffi().new("int32_t[]", [0, 1, 2])
    ints = ffi().new("int64_t[]", [1 << 45, 8, 8, 8, 8, 8, 1, 1, 1, 1, 0, 0])
    block.run, block.at, block.ints, block.rows = kernel("winograd_f32"), at, ints, -1
    lib().run_segment(block, 1, ffi().new("char *[]", 3), ffi().new("int64_t[]", 1))
    with pytest.raises(ExecutionError, match="too little memory"):
        WinogradLaunch.check()
    WinogradLaunch.check()  # told once
