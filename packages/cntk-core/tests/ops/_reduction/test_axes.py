import numpy as np
import pytest

import cntk as C

BATCH, ALL, STATIC = C.Axis.default_batch_axis(), C.Axis.all_axes(), C.Axis.all_static_axes()
SEQUENCE = (BATCH, C.Axis.default_dynamic_axis())


@pytest.mark.parametrize(
    "axis, shape",
    [
        (0, (1, 3, 4)),
        (-1, (2, 3, 1)),
        ((0, 2), (1, 3, 1)),
        ([0, 0], (1, 3, 4)),
        (C.Axis(1), (2, 1, 4)),
        (np.int64(1), (2, 1, 4)),
        (None, ()),
        (STATIC, ()),
        ([STATIC, 0], ()),
    ],
)
def test_static_axes_stay_with_size_one_unless_all_go(axis, shape):
    reduced = C.reduce_sum(C.input_variable((2, 3, 4)), axis=axis)
    assert reduced.shape == shape
    assert reduced.dynamic_axes == (BATCH,)


def test_keepdims_false_leaves_axes_out():
    assert C.reduce_max(C.input_variable((2, 3, 4)), axis=(0, 2), keepdims=False).shape == (3,)


@pytest.mark.parametrize("axis, shape", [(BATCH, (2, 3)), ([BATCH, 0], (1, 3)), (ALL, ())])
def test_reducing_the_batch_leaves_no_dynamic_axes(axis, shape):
    x = C.input_variable((2, 3))
    mean = C.reduce_mean(x, axis=axis)
    assert (mean.shape, mean.dynamic_axes) == (shape, ())
    data = np.arange(24, dtype=np.float32).reshape(4, 2, 3)
    over = {BATCH: 0, ALL: (0, 1, 2)}.get(axis if axis in (BATCH, ALL) else None, (0, 1))
    expected = data.mean(over).reshape(shape)
    np.testing.assert_allclose(mean.eval({x: data}), expected)


def test_all_axes_of_sequences_count_every_frame_once():
    s = C.input_variable(2, dynamic_axes=SEQUENCE, needs_gradient=True)
    mean = C.reduce_mean(s, axis=ALL)
    data = [np.array([[1, 2], [3, 4]], "f"), np.array([[8, 9]], "f")]
    slope, value = mean.grad({s: data}, [s], outputs=[mean.output])
    assert value == pytest.approx(4.5)
    for part, frames in zip(slope, data):
        np.testing.assert_allclose(part, np.full_like(frames, 1 / 6))


@pytest.mark.parametrize(
    "axis, keepdims",
    [
        (3, True),
        (-4, True),
        ([], True),
        (C.Axis.default_dynamic_axis(), True),
        (C.Axis.unknown_dynamic_axes()[0], True),
        (None, False),
        (ALL, False),
        ([0, BATCH], False),
        ("first", True),
        (0.0, True),
        ((0, None), True),
    ],
)
def test_axes_that_do_not_fit_are_refused(axis, keepdims):
    with pytest.raises(ValueError):
        C.reduce_sum(C.input_variable((2, 3, 4)), axis=axis, keepdims=keepdims)


def test_there_must_be_a_batch_axis_and_no_sequence_to_reduce_the_batch():
    with pytest.raises(RuntimeError, match="No batch axis"):
        C.reduce_sum(C.parameter((2, 3)), axis=BATCH)
    with pytest.raises(RuntimeError, match="sequence"):
        C.reduce_sum(C.input_variable(3, dynamic_axes=SEQUENCE), axis=BATCH)


@pytest.mark.parametrize("keepdims, shape", [(True, (2, 1)), (False, (2,))])
def test_axes_of_a_placeholder_are_settled_when_it_is_replaced(keepdims, shape):
    p = C.placeholder()
    reduced = C.reduce_sum(p, axis=1, keepdims=keepdims)
    assert reduced.shape == (-2,)
    x = C.input_variable((2, 3))
    reduced = reduced.replace_placeholders({p: x})
    assert reduced.shape == shape
    inner = reduced.root_function.block_root.root_function
    inner = inner if keepdims else inner.inputs[0].owner
    primitive = inner.block_root.root_function
    assert primitive.attributes["axisVec"] == [("ordered", "static", 0)]


def test_free_sizes_are_reduced_and_passed_on():
    x = C.input_variable((C.FreeDimension, 3), needs_gradient=True)
    assert C.reduce_sum(x, axis=0).shape == (1, 3)
    assert C.reduce_sum(x, axis=1).shape == (-3, 1)
    mean = C.reduce_mean(x, axis=0)
    for frames in (2, 5):
        data = np.ones((1, frames, 3), np.float32)
        slope, value = mean.grad({x: data}, [x], outputs=[mean.output])
        np.testing.assert_allclose(value, np.ones((1, 1, 3)))
        np.testing.assert_allclose(slope, np.full((1, frames, 3), 1 / frames))
