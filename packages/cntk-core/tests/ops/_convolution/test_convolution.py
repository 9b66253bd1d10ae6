"""C.convolution beyond the numbers of CNTK 2.7, which the golden cases check."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.ops import convolution, convolution_transpose, input_variable, parameter, placeholder

IMAGE, KERNEL = (3, 5, 6), (2, 3, 3, 3)
SAME = [False, True, True]


def kernel(*shape, value=1.0):
    return parameter(shape, init=value)


def attributes(function):
    shown = function.root_function.attributes
    return {key: shown[key] for key in ("strides", "autoPadding", "kernelShape")}


def naive(x, w):
    """Return the unpadded convolution of one image."""
    rows, columns = x.shape[1] - w.shape[2] + 1, x.shape[2] - w.shape[3] + 1
    y = np.empty((len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            patch = x[:, i : i + w.shape[2], j : j + w.shape[3]]
            y[:, i, j] = np.tensordot(w, patch, 3)
    return y


def test_lists_are_completed_as_soon_as_the_rank_is_known():
    x = placeholder()
    function = convolution(kernel(*KERNEL), x, strides=(2, 2), auto_padding=[False, True])
    assert attributes(function) == {
        "strides": (2, 2),
        "autoPadding": [False, True],
        "kernelShape": (0,),
    }
    applied = function.replace_placeholders({x: input_variable(IMAGE)})
    assert applied.shape == (2, 2, 3)
    assert attributes(applied) == {
        "strides": (2, 2, 2),
        "autoPadding": [False, False, True],
        "kernelShape": (3, 3, 3),
    }


def test_channels_to_be_deduced_are_not_padded():
    w = kernel(2, -1, 3, 3)
    function = convolution(w, input_variable(IMAGE))
    assert w.shape == KERNEL
    assert function.shape == function.clone("share").shape == (2, 5, 6)
    assert attributes(function)["strides"] == (3, 1, 1)
    assert attributes(function)["autoPadding"] == [False, True, True]


def test_sizes_may_be_free_until_data_arrive():
    x, w = input_variable((3, -3, -3)), kernel(*KERNEL)
    function = convolution(w, x, auto_padding=[False])
    assert function.shape == (2, -3, -3)
    rng = np.random.default_rng(0)
    w.value = rng.normal(size=KERNEL).astype(np.float32)
    for sizes in ((5, 6), (3, 9)):
        data = rng.normal(size=(2, 3, *sizes)).astype(np.float32)
        expected = [naive(image, w.value) for image in data]
        np.testing.assert_allclose(function.eval({x: data}), expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(ValueError, match="kernel dim 3 <= input dim 2"):
        function.eval({x: np.ones((1, 3, 2, 6), np.float32)})


def test_free_sizes_have_gradients():
    x, w = input_variable((3, -3, 6), needs_gradient=True), kernel(*KERNEL)
    function = convolution(w, x, strides=2, auto_padding=SAME)
    data = np.ones((2, 3, 6, 6), np.float32)
    gradients = function.grad({x: data}, [x, w])
    assert gradients[x].shape == data.shape
    # 3 x 3 windows of stride 2 on 6 x 6: the middle of a window is inside the data 9 times
    assert gradients[w][0, 0, 1, 1] == 2 * 9


def test_an_operand_needs_no_batch():
    x, w = np.ones(IMAGE, np.float32), kernel(*KERNEL)
    function = convolution(w, x, auto_padding=[False])
    np.testing.assert_array_equal(function.eval(), np.full((2, 3, 4), 27))
    np.testing.assert_array_equal(function.grad({}, [w]), np.full(KERNEL, 12))


def test_a_kernel_may_be_computed():
    w, x = kernel(*KERNEL), input_variable(IMAGE)
    function = convolution(w * 2, x, auto_padding=[False])
    data = np.ones((1, *IMAGE), np.float32)
    np.testing.assert_array_equal(function.eval({x: data}), np.full((1, 2, 3, 4), 54))
    np.testing.assert_array_equal(function.grad({x: data}, [w]), np.full(KERNEL, 24))


@pytest.mark.parametrize(
    "arguments, error, message",
    [
        ({"strides": 0}, ValueError, "strides=0 has an entry below 1"),
        ({"strides": 1.5}, TypeError, "strides=1.5 must be a whole number"),
        ({"auto_padding": "same"}, ValueError, "auto_padding='same' must be True or False"),
        ({"dilation": 3, "auto_padding": [False]}, ValueError, "dilated to 7 <= input dim 5"),
        ({"sharing": [False]}, RuntimeError, "sharing=.False.*not supported"),
        ({"reduction_rank": 2}, ValueError, "reduction_rank=2 must be 1 or 0"),
        ({"reduction_rank": 0}, RuntimeError, "rank as the input or greater by 1"),
        ({"groups": 2}, RuntimeError, "kernel channels .3. . groups .2."),
        ({"groups": 0}, RuntimeError, "groups > 0"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments, error, message):
    given = {"reduction_rank": 1, **arguments}
    shape = (3, 3) if given["reduction_rank"] == 0 else KERNEL
    with pytest.raises(error, match=message):
        convolution(kernel(*shape), input_variable(IMAGE), **given)


def test_each_sample_with_a_kernel_of_its_own_is_refused():
    with pytest.raises(ValueError, match="must not have dynamic axes"):
        convolution(input_variable(KERNEL), input_variable(IMAGE))


def test_an_error_says_where_the_convolution_was_written():
    with pytest.raises(C.errors.ShapeError) as error:
        convolution(kernel(2, 3, 7, 3), input_variable(IMAGE, name="picture"))
    text = str(error.value)
    assert "kernel dim 7 <= input dim 5" in text
    assert "'picture'" in text
    assert "test_convolution.py:" in text


def test_transposed_convolution_is_the_gradient_of_convolution():
    rng = np.random.default_rng(1)
    w = parameter(init=rng.normal(size=(2, 3, 3, 2)))
    x, y = (input_variable(s, dtype=np.float64, needs_gradient=True) for s in (IMAGE, (2, 2, 3)))
    forward = convolution(w, x, strides=2, auto_padding=[False])
    back = convolution_transpose(w, y, strides=2, auto_padding=[False], output_shape=IMAGE)
    dy = rng.normal(size=(1, 2, 2, 3))
    state, _ = forward.forward({x: np.zeros((1, *IMAGE))}, [forward.output], {forward.output})
    dx = forward.backward(state, {forward.output: dy}, {x})[x]
    np.testing.assert_allclose(back.eval({y: dy}), dx, atol=1e-12)


def test_a_block_stands_for_a_convolution_without_channels():
    function = convolution(kernel(2, 3, 3), input_variable((5, 6)), reduction_rank=0, name="c")
    assert (function.shape, function.name) == ((2, 5, 6), "c")
    assert function.root_function.is_block
    assert function.root_function.op_name == "Convolution"
    assert [str(v.shape) for v in function.inputs] == ["(2, 3, 3)", "(5, 6)"]
    ones = np.ones((1, 5, 6), np.float32)
    assert function.eval({function.arguments[0]: ones})[0, 0, 1, 1] == 9


def test_a_transposed_kernel_without_channels_has_filters_first():
    """The numbers are those of CNTK 2.7."""
    w = parameter(init=np.arange(18, dtype=np.float32).reshape(2, 3, 3))
    x = input_variable((1, 2))
    function = convolution_transpose(w, x, auto_padding=[False], reduction_rank=0)
    found = function.eval({x: np.array([[[1, 100]]], np.float32)})[0]
    np.testing.assert_array_equal(found[0, :2], [[0, 1, 102, 200], [3, 304, 405, 500]])
    np.testing.assert_array_equal(found[1, 2], [15, 1516, 1617, 1700])


@pytest.mark.parametrize(
    "lengths, arguments, expected",
    [
        ((4, 2, 1), {}, [[3, 6, 9, 7], [3, 3], [1]]),
        ((4, 2, 1), {"strides": 2}, [[3, 9], [3], [1]]),
        ((5, 4, 3), {"auto_padding": [False]}, [[6, 9, 12], [6, 9], [6]]),
        ((5, 4, 3), {"auto_padding": [False], "strides": 2}, [[6, 12], [6], [6]]),
    ],
)
def test_sequences_are_convolved_along_time(lengths, arguments, expected):
    """The numbers are those of CNTK 2.7."""
    x = C.sequence.input_variable(1)
    function = convolution(kernel(1, 1, 3), x, sequential=True, **arguments)
    found = function.eval({x: [np.arange(1, n + 1, dtype="f")[:, None] for n in lengths]})
    assert [sequence.ravel().tolist() for sequence in found] == expected


def test_a_sequence_shorter_than_the_window_is_refused():
    x = C.sequence.input_variable(1)
    function = convolution(kernel(1, 1, 3), x, sequential=True, auto_padding=[False])
    with pytest.raises(ValueError, match="a sequence of 2 frames is shorter than the window, 3"):
        function.eval({x: [np.ones((5, 1), "f"), np.ones((2, 1), "f")]})


def test_time_needs_a_sequence_axis():
    with pytest.raises(ValueError, match="which .* lacks"):
        convolution(kernel(1, 1, 3), input_variable(1), sequential=True)


def test_frames_without_channels_are_convolved_along_time():
    x = C.sequence.input_variable(())
    function = convolution(kernel(2), x, sequential=True, reduction_rank=0)
    assert function.shape == (1,)
    found = function.eval({x: [np.array([1, 2, 4], "f"), np.array([8], "f")]})
    assert [sequence.ravel().tolist() for sequence in found] == [[3, 6, 4], [8]]
