"""float16: sums are added up in float32, so that neither their size nor their length spoils them.

Expected are the exact results, rounded. CNTK 2.7 gives infinity for sums beyond 65504 even where
the mean, the logarithm or the gradient fits, and has no kernels for some of these on the CPU.
"""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

ROWS = 5000  # float16 counts by ones up to 2048 only


def close(found, expected):
    assert found.dtype == np.float16
    np.testing.assert_allclose(found.astype("f8"), expected, rtol=2e-3)


@pytest.mark.parametrize(
    ("reduce", "expected"),
    [
        (C.reduce_mean, 2),
        (C.reduce_log_sum_exp, 2 + np.log(70000)),
        (C.reduce_max, 2),
        (lambda x, axis: C.reduce_sum(x * 1e-3, axis), 140),
        (lambda x, axis: C.softmax(x, axis) * 1e4, 1e4 / 70000),
        (lambda x, axis: C.log_softmax(x, axis), -np.log(70000)),
    ],
)
def test_long_axes(reduce, expected):
    x = C.input_variable(70000, dtype=np.float16)
    close(reduce(x, 0).eval({x: np.full((1, 70000), 2, "f2")}), expected)


@pytest.mark.parametrize("axis", [C.Axis.default_batch_axis(), C.Axis.all_axes()])
def test_means_over_a_minibatch(axis):
    x = C.input_variable(20, dtype=np.float16, needs_gradient=True)
    mean, data = C.reduce_mean(x, axis), np.full((ROWS, 20), 3, "f2")
    close(np.asarray(mean.eval({x: data})), 3)
    count = ROWS * (20 if axis == C.Axis.all_axes() else 1)
    found = mean.grad({x: data})
    np.testing.assert_allclose(found.astype("f8"), 1 / count, rtol=0, atol=2**-24)


def gradient(build):
    """Return the gradient at a parameter of ones, with ones as data, over many rows."""
    x = C.input_variable(3, dtype=np.float16)
    function, parameter = build(x)
    return function.grad({x: np.ones((ROWS, 3), "f2")}, wrt=[parameter])


def weights(*shape):
    return C.parameter(shape, init=1, dtype=np.float16)


@pytest.mark.parametrize(
    ("shape", "build", "expected"),
    [
        ((3,), lambda x, w: x + w, ROWS),
        ((), lambda x, w: x + w, 3 * ROWS),
        ((3,), lambda x, w: x * w, ROWS),
        ((3, 4), lambda x, w: C.reshape(x, (3, 1)) + w, ROWS),
        ((3, 4), lambda x, w: C.times(x, w), ROWS),
        ((4, 3), lambda x, w: C.times_transpose(x, w), ROWS),
        ((1, 2), lambda x, w: C.convolution(C.reshape(w, (1, 1, 2)), C.reshape(x, (1, 3)),
                                            auto_padding=[False]), 2 * ROWS),
    ],
)  # fmt: skip
def test_gradients_sum_over_rows(shape, build, expected):
    w = weights(*shape)
    close(gradient(lambda x: (build(x, w), w)), expected)


def test_gradients_sum_over_frames():
    x = C.sequence.input_variable(2, dtype=np.float16)
    once = C.input_variable(2, dtype=np.float16, needs_gradient=True)
    spread = C.sequence.broadcast_as(once, x)
    data = {x: [np.ones((ROWS, 2), "f2")], once: np.ones((1, 2), "f2")}
    close(spread.grad(data, wrt=[once]), ROWS)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_batch_normalization(dtype):
    x = C.input_variable((2, 40, 40), dtype=np.float16, needs_gradient=True)
    parts = [C.parameter(2, init=value, dtype=dtype) for value in (1, 0)]
    running = [C.constant(0, 2, dtype=dtype) for _ in range(2)]
    count = C.constant(0, dtype=dtype)
    normal = C.batch_normalization(x, *parts, *running, True, running_count=count)
    data = np.random.default_rng(1).uniform(0, 10, (64, 2, 40, 40)).astype("f2")
    _, results = normal.forward({x: data}, normal.outputs, set(normal.outputs))
    found = results[normal.output]
    assert found.dtype == np.float16
    np.testing.assert_allclose(found.mean((0, 2, 3), "f8"), 0, atol=1e-3)
    np.testing.assert_allclose(found.std((0, 2, 3), "f8"), 1, atol=1e-3)
    exact = data.astype("f8")
    np.testing.assert_allclose(running[0].value, exact.mean((0, 2, 3)), rtol=1e-3)
    np.testing.assert_allclose(running[1].value, exact.var((0, 2, 3)), rtol=1e-3)
    assert [v.value.dtype for v in (*parts, *running, count)] == [dtype] * 5
    assert normal.eval({x: data}).dtype == np.float16
    gradients = normal.grad({x: data}, wrt=[x, *parts])
    assert [gradients[v].dtype for v in (x, *parts)] == [np.float16, dtype, dtype]


def test_a_float32_operand_needs_float32_statistics():
    x = C.input_variable(2, dtype=np.float32)
    parts = [C.parameter(2, dtype=np.float16) for _ in range(4)]
    with pytest.raises(ValueError, match="different DataTypes 'Float' and 'Float16'"):
        C.batch_normalization(x, *parts, False, running_count=C.constant(0, dtype=np.float16))


def test_a_float16_network_survives_a_file(tmp_path):
    x = C.input_variable(4, dtype=np.float16)
    with C.default_options(dtype=np.float16):
        z = C.layers.Sequential([C.layers.Dense(3), C.layers.BatchNormalization()])(x)
    z.save(tmp_path / "half.model")
    loaded, data = C.load_model(tmp_path / "half.model"), np.ones((2, 4), "f2")
    np.testing.assert_array_equal(loaded.eval(data), z.eval(data))
    assert [p.dtype for p in loaded.parameters] == [p.dtype for p in z.parameters]
    assert {p.dtype for p in z.parameters} == {np.float16, np.float32}
