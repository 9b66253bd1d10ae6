"""Convolution and its gradients: numbers of CNTK 2.7, a naive loop, and each other."""

from __future__ import annotations

import itertools
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cntk.backends.numpy import patches
from cntk.backends.numpy.convolution import (
    convolution,
    convolution_data_gradient,
    convolution_map_gradient,
)
from cntk.errors import ShapeError
from cntk.ops._convolution.arguments import flags, numbers
from cntk.ops._convolution.geometry import convolution_geometry
from cntk.ops._convolution.transposed import transposed_geometry

from .golden import Golden, cases

SAME = {"auto_padding": (False, True, True)}


def as_options(strides=1, auto_padding=True, dilation=1, groups=1):
    return {
        "strides": numbers("strides", strides),
        "auto_padding": flags("auto_padding", auto_padding),
        "dilation": numbers("dilation", dilation),
        "groups": groups,
    }


def gradients(x, w, dy, **options):
    dx = convolution_data_gradient(dy, w, operand_shape=x.shape[1:], **options)
    return dx, convolution_map_gradient(dy, x, map_shape=w.shape, **options)


@pytest.mark.parametrize("case", cases("convolution", without="sequential"))
def test_values_and_gradients_of_cntk(case):
    golden = Golden(case)

    def check(w, x, reduction_rank=1, **options):
        options = as_options(**options)
        if reduction_rank == 0:
            x, w = x[:, None], w.reshape(-1, 1, *w.shape[-(x.ndim - 1) :])
        y = convolution(x, w, **options)
        golden.check(y, "y")
        dx, dw = gradients(x, w, np.ones_like(y), **options)
        golden.check(dx.reshape(golden.x["x0"].shape), "x0")
        golden.check(dw.reshape(golden.x["x1"].shape), "x1")
        return True

    assert golden.run(convolution=check)


@pytest.mark.parametrize("case", cases("convolution_transpose"))
def test_transposed_values_and_gradients_of_cntk(case):
    golden = Golden(case)

    def check(w, x, **options):
        options = as_options(**options)
        del options["groups"]
        geometry = transposed_geometry(x.shape[1:], w.shape, **options)
        options["auto_padding"] = (False, *[True] * (x.ndim - 2))
        y = convolution_data_gradient(x, w, operand_shape=geometry.input_view, **options)
        golden.check(y, "y")
        golden.check(convolution(np.ones_like(y), w, **options), "x0")
        dw = convolution_map_gradient(x, np.ones_like(y), map_shape=w.shape, **options)
        golden.check(dw, "x1")
        return True

    assert golden.run(convolution_transpose=check)


def naive_convolution(x, w, strides, lower, outputs, dilation):
    """One group; all tuples have an entry for the channel axis."""
    y = np.zeros((len(x), len(w), *outputs))
    for o in itertools.product(*map(range, outputs)):
        for k in itertools.product(*map(range, w.shape[1:])):
            cell = [i * s - p + j * d for i, s, p, j, d in zip(o, strides, lower, k, dilation)]
            if all(0 <= i < size for i, size in zip(cell, x.shape[1:])):
                y[(..., *o)] += np.outer(x[(slice(None), *cell)], w[(slice(None), *k)])
    return y.reshape(len(x), len(w) * outputs[0], *outputs[1:])


@st.composite
def convolutions(draw):
    """Shapes and full option lists, the kernel sliding along the channels as often as not."""
    rank = draw(st.integers(1, 4))
    each = lambda least, most: draw(st.tuples(*[st.integers(least, most)] * rank))
    window, dilation = each(1, 3), each(1, 2)
    extent = [(k - 1) * d + 1 for k, d in zip(window, dilation)]
    operand = tuple(e + more for e, more in zip(extent, each(0, 4)))
    if draw(st.booleans()):
        operand, dilation = (window[0], *operand[1:]), (1, *dilation[1:])
    options = {
        "strides": each(1, 3),
        "auto_padding": draw(st.tuples(*[st.booleans()] * rank)),
        "lower_pad": each(0, 2),
        "upper_pad": each(0, 2),
        "dilation": dilation,
    }
    return operand, (draw(st.integers(1, 3)), *window), options


@settings(max_examples=150, deadline=None)
@given(convolutions(), st.integers(0, 3), st.sampled_from([1, 30, 2**18]), st.sampled_from([1, 64]))
def test_any_geometry_against_a_naive_loop(case, num_rows, block_cells, fewest_columns):
    operand, kernel, options = case
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(num_rows, *operand)), rng.normal(size=kernel)
    lower, outputs = [], []
    for i, size in enumerate(operand):
        extent = (kernel[1 + i] - 1) * options["dilation"][i] + 1
        stride = options["strides"][i]
        if options["auto_padding"][i]:
            outputs.append(-(-size // stride))
            not_spanned = size - 1 - (outputs[-1] - 1) * stride  # by the centres
            lower.append((extent - 1) // 2 - not_spanned // 2)
        else:
            lower.append(options["lower_pad"][i])
            room = size + options["lower_pad"][i] + options["upper_pad"][i] - extent
            outputs.append(room // stride + 1)
    expected = naive_convolution(x, w, options["strides"], lower, outputs, options["dilation"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patches, "BLOCK_CELLS", block_cells)
        patch.setattr(patches, "FEWEST_COLUMNS", fewest_columns)
        y = convolution(x, w, **options)
        np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
        # Convolution is linear in each operand: the gradients are its adjoints, for any operand.
        dy, other_x, other_w = (rng.normal(size=a.shape) for a in (y, x, w))
        dx, dw = gradients(x, w, dy, **options)
        by_x = (convolution(other_x, w, **options) * dy).sum()
        by_w = (convolution(x, other_w, **options) * dy).sum()
    np.testing.assert_allclose((dx * other_x).sum(), by_x, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose((dw * other_w).sum(), by_w, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("groups", [2, 4])
def test_groups_are_convolutions_of_their_own(groups):
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(3, 4, 9, 8)), rng.normal(size=(8, 4 // groups, 3, 3))
    dy = rng.normal(size=(3, 8, 9, 8))
    y = convolution(x, w, groups=groups, **SAME)
    dx, dw = gradients(x, w, dy, groups=groups, **SAME)
    parts = zip(np.split(x, groups, 1), np.split(w, groups), np.split(dy, groups, 1), strict=True)
    results = [(convolution(a, b, **SAME), *gradients(a, b, c, **SAME)) for a, b, c in parts]
    for whole, part, axis in zip((y, dx, dw), zip(*results, strict=True), (1, 1, 0), strict=True):
        np.testing.assert_allclose(whole, np.concatenate(part, axis), atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("window", [1, 3])
def test_smaller_types_agree_with_float64(dtype, stride, window):
    rng = np.random.default_rng(2)
    x, w = rng.normal(size=(3, 6, 12, 10)), rng.normal(size=(5, 6, window, window))
    x, w = x.astype(dtype), w.astype(dtype)
    options = {**SAME, "strides": (stride,)}
    wide = convolution(x.astype(float), w.astype(float), **options)
    narrow = convolution(x, w, **options)
    dy = rng.normal(size=wide.shape).astype(dtype)
    pairs = zip(
        (narrow, *gradients(x, w, dy, **options)),
        (wide, *gradients(x.astype(float), w.astype(float), dy.astype(float), **options)),
    )
    for actual, expected in pairs:
        assert actual.dtype == dtype
        error = np.abs(actual - expected).max() / np.abs(expected).max()
        assert error < 4 * np.finfo(dtype).eps


def test_results_go_to_out():
    rng = np.random.default_rng(3)
    x, w = rng.normal(size=(2, 3, 5, 5)), rng.normal(size=(4, 3, 3, 3))
    y = convolution(x, w, **SAME)
    dx, dw = gradients(x, w, y, **SAME)
    for spaced in (False, True):  # what is not contiguous is written too
        outs = [
            np.full((2, *a.shape), np.nan)[0]
            if not spaced
            else np.full((*a.shape, 2), np.nan)[..., 0]
            for a in (y, dx, dw)
        ]
        assert convolution(x, w, out=outs[0], **SAME) is outs[0]
        given_shape = {"operand_shape": x.shape[1:]}
        assert convolution_data_gradient(y, w, out=outs[1], **given_shape, **SAME) is outs[1]
        assert convolution_map_gradient(y, x, map_shape=w.shape, out=outs[2], **SAME) is outs[2]
        for out, expected in zip(outs, (y, dx, dw)):
            np.testing.assert_array_equal(out, expected)
    with pytest.raises(ValueError, match="out has shape"):
        convolution(x, w, out=np.empty((2, 4, 3, 3)), **SAME)


@pytest.mark.parametrize("window", [1, 3])
def test_operands_may_lie_anyhow(window):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(9, 10, 3, 2)).transpose(3, 2, 0, 1)
    w = rng.normal(size=(window, window, 3, 4)).transpose(3, 2, 0, 1)
    dy = np.broadcast_to(2.0, (2, 4, 9, 10))
    copies = [np.ascontiguousarray(a) for a in (x, w, dy)]
    np.testing.assert_array_equal(convolution(x, w, **SAME), convolution(*copies[:2], **SAME))
    for actual, expected in zip(gradients(x, w, dy, **SAME), gradients(*copies, **SAME)):
        np.testing.assert_array_equal(actual, expected)


def test_an_empty_batch_has_an_empty_result_and_no_gradient():
    x, w = np.ones((0, 3, 5, 5)), np.ones((4, 3, 3, 3))
    y = convolution(x, w, **SAME)
    assert y.shape == (0, 4, 5, 5)
    dx, dw = gradients(x, w, y, **SAME)
    assert dx.shape == x.shape
    np.testing.assert_array_equal(dw, np.zeros_like(w))


def test_a_gradient_of_another_shape_is_refused():
    x, w = np.ones((1, 3, 5, 5)), np.ones((4, 3, 3, 3))
    with pytest.raises(ShapeError, match=r"\[4 x 3 x 3\].*\[4 x 5 x 5\]"):
        convolution_map_gradient(np.ones((1, 4, 3, 3)), x, map_shape=w.shape, **SAME)


def test_a_block_of_the_patches_exists_at_a_time():
    """All patches of this image together would be 26 MB."""
    x, w = np.ones((1, 64, 64, 64), np.float32), np.ones((64, 64, 5, 5), np.float32)
    y = convolution(x, w, **SAME)
    arrays = x.nbytes + 3 * w.nbytes
    tracemalloc.start()
    try:
        gradients(x, w, y, **SAME)
        convolution(x, w, **SAME)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < arrays + 2**21


def test_threads_do_not_disturb_each_other():
    rng = np.random.default_rng(5)
    x, w = rng.normal(size=(8, 3, 20, 20)), rng.normal(size=(4, 3, 3, 3))
    expected = convolution(x, w, **SAME)
    with ThreadPoolExecutor(4) as pool:
        for y in pool.map(lambda _: convolution(x, w, **SAME), range(40)):
            np.testing.assert_array_equal(y, expected)


def test_blocks_cover_each_output_once():
    geometry = convolution_geometry((2, 5, 7, 6), (3, 2, 2, 3, 3), auto_padding=(False, True))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patches, "BLOCK_CELLS", 400)
        patch.setattr(patches, "FEWEST_COLUMNS", 4)
        covered = np.zeros((3, geometry.positions), int)
        for rows, block in patches.blocks(geometry, 3, np.dtype(float)):
            covered[rows, block.region.columns] += 1
            assert block.matrix.size <= 400
    np.testing.assert_array_equal(covered, 1)
