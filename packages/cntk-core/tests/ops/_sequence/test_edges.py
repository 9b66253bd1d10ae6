"""First and last frames, and slices: which frames, which axis."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

S = [np.arange(n * 2, dtype=np.float32).reshape(n, 2) + 100 * i for i, n in enumerate((3, 5, 2))]
BATCH = (C.Axis.default_batch_axis(),)


def frames():
    return C.sequence.input_variable(2, needs_gradient=True)


def test_first_and_last_drop_the_sequence_axis():
    s = frames()
    for apply, at in ((C.sequence.first, 0), (C.sequence.last, -1)):
        y = apply(s)
        assert y.dynamic_axes == BATCH
        np.testing.assert_array_equal(y.eval({s: S}), [part[at] for part in S])
        for part, slope in zip(S, y.grad({s: S}, [s])):
            expected = np.zeros_like(part)
            expected[at] = 1
            np.testing.assert_array_equal(slope, expected)


def test_marks_of_first_and_last_frames():
    s = frames()
    assert [x.tolist() for x in C.sequence.is_first(s).eval({s: S[:1]})] == [[1, 0, 0]]
    assert [x.tolist() for x in C.sequence.is_last(s).eval({s: S[2:]})] == [[0, 1]]
    assert C.sequence.is_first(s).shape == ()


@pytest.mark.parametrize(
    ("begin", "end"), [(1, 0), (0, -1), (1, -1), (-2, 0), (0, 2), (1, 3), (-3, -1), (0, 9), (-9, 0)]
)
def test_slices_are_those_of_python(begin, end):
    s = frames()
    data = S[:2]
    y = C.sequence.slice(s, begin, end)
    for found, part in zip(y.eval({s: data}), data):
        np.testing.assert_array_equal(found, part[begin : end or None])


@pytest.mark.parametrize(
    ("begin", "end", "name"),
    [
        (1, 0, "defaultDynamicAxis_times_1_minus_1"),
        (0, -1, "defaultDynamicAxis_times_1_minus_1"),
        (2, -1, "defaultDynamicAxis_times_1_minus_3"),
        (2, 1, "defaultDynamicAxis_times_1_minus_1"),
        (-3, -1, "defaultDynamicAxis_fixedSliceOf_2"),
        (1, 3, "defaultDynamicAxis_fixedSliceOf_2"),
        (-3, 2, "defaultDynamicAxis_fixedSliceOf_5"),
        (1, 1, "defaultDynamicAxis"),
    ],
)
def test_the_axis_is_named_by_the_length(begin, end, name):
    assert C.sequence.slice(frames(), begin, end).dynamic_axes[1].name == name


@pytest.mark.parametrize(("begin", "end"), [(0, 1), (1, 2), (-1, 0), (-2, -1)])
def test_a_slice_of_one_frame_has_no_sequence_axis(begin, end):
    s = frames()
    y = C.sequence.slice(s, begin, end)
    assert y.dynamic_axes == BATCH
    np.testing.assert_array_equal(y.eval({s: S}), [p[begin : end or None][0] for p in S])


@pytest.mark.parametrize(("begin", "end"), [(2, 0), (0, -2), (1, -1), (2, 1), (1, 1), (-1, -1)])
def test_nothing_remains_of_a_sequence(begin, end):
    s = frames()
    with pytest.raises(RuntimeError, match="a least one frame long"):
        C.sequence.slice(s, begin, end).eval({s: S})


def test_the_whole_sequence_is_the_operand_itself():
    s = frames()
    assert C.sequence.slice(s, 0, 0).output == s


def test_slices_of_equal_length_meet():
    s = frames()
    step = C.sequence.slice(s, 1, 0) - C.sequence.slice(s, 0, -1)
    for found in step.eval({s: S}):
        assert (found == 2).all()
    slopes = (step * step).grad({s: S}, [s])
    np.testing.assert_array_equal(slopes[2], [[-4, -4], [4, 4]])


def test_slices_of_slices_are_named_one_after_the_other():
    s = frames()
    y = C.sequence.slice(C.sequence.slice(s, 1, 0), 0, -1)
    assert y.dynamic_axes[1].name == "defaultDynamicAxis_times_1_minus_1_times_1_minus_1"
    np.testing.assert_array_equal(y.eval({s: S[:2]})[1], S[1][1:-1])


def test_names_come_when_a_placeholder_is_replaced():
    p = C.placeholder()
    y = C.sequence.slice(p, 1, 0)
    assert y.dynamic_axes == C.Axis.unknown_dynamic_axes()
    s = C.sequence.input_variable(2, sequence_axis=C.Axis("words"))
    y.replace_placeholders({p: s})
    assert y.dynamic_axes[1].name == "words_times_1_minus_1"
    np.testing.assert_array_equal(y.eval({s: S})[0], S[0][1:])


@pytest.mark.parametrize(
    "apply",
    [C.sequence.first, C.sequence.last, C.sequence.is_first, C.sequence.is_last,
     lambda x: C.sequence.slice(x, 1, 0)],
)  # fmt: skip
def test_there_must_be_a_sequence_axis(apply):
    with pytest.raises(RuntimeError, match="1 sequence axis and 1 batch axis"):
        apply(C.input_variable(2))


@pytest.mark.parametrize("bounds", [(0.5, 0), ("a", 0), (None, 1)])
def test_positions_are_ints(bounds):
    with pytest.raises((TypeError, ValueError), match="must be ints"):
        C.sequence.slice(frames(), *bounds)


def test_the_edge_of_free_sizes():
    s = C.sequence.input_variable((C.FreeDimension, 2))
    data = [np.ones((3, 4, 2), np.float32), np.ones((1, 4, 2), np.float32)]
    assert C.sequence.last(s).eval({s: data}).shape == (2, 4, 2)
    assert [p.shape for p in C.sequence.slice(s, -2, 0).eval({s: data})] == [(2, 4, 2), (1, 4, 2)]
