"""One axis of a sliding window, against windows written out cell by cell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cntk as C
from cntk.errors import ShapeError
from cntk.ops._convolution.sliding import SlidingAxis


@st.composite
def axes(draw, most_dilation=3):
    dilation = draw(st.integers(1, most_dilation))
    window = draw(st.integers(1, 5))
    size = draw(st.integers((window - 1) * dilation + 1, 16))
    return SlidingAxis.fit(
        size,
        window,
        stride=draw(st.integers(1, 4)),
        dilation=dilation,
        auto_pad=draw(st.booleans()),
        lower=draw(st.integers(0, 3)),
        upper=draw(st.integers(0, 3)),
        ceil=draw(st.booleans()),
    )


def cell(axis, output, position):
    return output * axis.stride - axis.lower + position * axis.dilation


@given(axes(), st.integers(0, 4), st.integers(0, 4))
def test_overlap_is_what_lies_inside_the_data(axis, start, extent):
    stop = min(start + extent, axis.output)
    for position in range(axis.window):
        windows, cells = axis.overlap(position, start, stop)
        met = {
            output - start: cell(axis, output, position)
            for output in range(start, stop)
            if 0 <= cell(axis, output, position) < axis.size
        }
        assert list(range(axis.output)[windows]) == sorted(met)
        assert list(range(axis.size)[cells]) == sorted(met.values())


@given(axes(most_dilation=1))
def test_inside_is_the_part_of_a_window_in_the_data(axis):
    for output in range(axis.output):
        reads = {cell(axis, output, k) for k in range(axis.window)}
        assert set(range(axis.size)[axis.inside(output)]) == reads & set(range(axis.size))


@given(axes())
def test_reversed_reads_the_outputs_that_read_a_cell(axis):
    if axis.stride > 1:
        return
    back = axis.reversed()
    assert back.output == axis.size
    for target in range(axis.size):
        readers = {
            (output, k)
            for output in range(axis.output)
            for k in range(axis.window)
            if cell(axis, output, k) == target
        }
        assert readers == {
            (cell(back, target, k), axis.window - 1 - k)
            for k in range(axis.window)
            if 0 <= cell(back, target, k) < axis.output
        }


@given(st.integers(1, 40), st.integers(1, 7), st.integers(1, 5), st.integers(1, 3))
def test_auto_padding_makes_a_window_for_each_stride(size, window, stride, dilation):
    axis = SlidingAxis.fit(size, window, stride, dilation, auto_pad=True)
    assert axis.output == -(-size // stride)
    before = (axis.extent - 1) // 2 - axis.lower
    after = size - 1 - (before + (axis.output - 1) * stride)
    assert after - before in (0, 1)  # cells before the first centre and behind the last


@pytest.mark.parametrize(
    ("size", "window", "stride", "read"),
    [(12, 1, 2, [1, 3, 5, 7, 9, 11]), (12, 1, 3, [2, 5, 8, 11]), (9, 2, 3, [5, 11, 17]),
     (5, 5, 7, [15]), (8, 3, 4, [6, 18]), (10, 3, 5, [9, 24]), (7, 3, 9, [12]), (4, 2, 4, [5]),
     (12, 5, 3, [10, 25, 40, 42]), (19, 7, 7, [21, 70, 99])],
)  # fmt: skip
def test_auto_padding_centres_windows_as_cntk_27_does(size, window, stride, read):
    x = C.input_variable((1, size))
    ones = C.constant(np.ones((1, 1, window), np.float32))
    sums = C.convolution(ones, x, strides=(1, stride), auto_padding=[False, True])
    assert sums.eval({x: [np.arange(1, size + 1)[None]]}).ravel().tolist() == read


@pytest.mark.parametrize("wrong", [{"window": 0}, {"stride": 0}, {"dilation": 0}, {"lower": -1}])
def test_sizes_that_make_no_window_are_refused(wrong):
    with pytest.raises(ShapeError, match="at least"):
        SlidingAxis.fit(**{"size": 5, "window": 2, **wrong})
