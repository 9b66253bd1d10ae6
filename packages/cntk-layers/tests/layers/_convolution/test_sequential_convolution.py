from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.function import Function
from cntk.layers import Convolution, SequentialConvolution

from ..gradients import assert_right_gradients
from ..sequences import some_sequences
from ..shapes import shapes

x = C.sequence.input_variable(2, name="x", dtype=np.float64, needs_gradient=True)
image = C.sequence.input_variable((2, 5), name="image", dtype=np.float64)
scalar = C.sequence.input_variable((), name="scalar", dtype=np.float64)
batch = C.input_variable(2, name="batch", dtype=np.float64)
DATA = some_sequences(2, (5, 4))


def layer(*args, on=x, **options):
    with C.default_options(dtype=np.float64):
        return SequentialConvolution(*args, **options)(on)


@pytest.mark.parametrize("pad", [True, False])
@pytest.mark.parametrize("size, dilation", [(1, 1), (3, 1), (2, 2)])
def test_it_computes_what_delays_compute(size, dilation, pad):
    options = {"pad": pad, "dilation": dilation, "init": C.glorot_uniform(seed=5)}
    found = layer(size, 3, **options).eval(DATA)
    with C.default_options(dtype=np.float64):
        other = Convolution(size, 3, sequential=True, **options)(x).eval(DATA)
    for ours, theirs in zip(found, other, strict=True):
        np.testing.assert_allclose(ours, theirs, 1e-12)


def test_strides_over_time():
    """Lengths 5 and 4 give 2 and 1 frames, as in CNTK 2.7."""
    found = layer(3, 1, strides=2, init=1).eval(DATA)
    expected = [[DATA[0][:3].sum()], [DATA[0][2:].sum()]], [[DATA[1][:3].sum()]]
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, 1e-12)


@pytest.mark.parametrize(
    "on, args, options, parameters, shape",
    [
        (x, (3, 4), {}, {"W": (4, 2, 3), "b": (4,)}, (4,)),
        (x, (3,), {}, {"W": (1, 2, 3), "b": (1,)}, ()),
        (x, (3, 4), {"bias": False}, {"W": (4, 2, 3)}, (4,)),
        (image, ((3, 2), 4), {}, {"W": (4, 2, 3, 2), "b": (4, 1)}, (4, 4)),
        (image, ((3, 2), 4), {"pad": True}, {"W": (4, 2, 3, 2), "b": (4, 1)}, (4, 5)),
        (scalar, (3, 2), {"reduction_rank": 0}, {"W": (2, 1, 3), "b": (2,)}, (2,)),
    ],
)
def test_shapes(on, args, options, parameters, shape):
    function = layer(*args, on=on, **options)
    assert (shapes(function.parameters), function.shape) == (parameters, shape)


def test_the_result_has_a_sequence_axis_of_its_own():
    first, second = layer(3, 4, pad=True).dynamic_axes
    assert first.is_batch_axis
    assert second.name.startswith("ConvOverSequenceAxisPrefix")


def test_names():
    function = layer(3, 4, name="c")
    assert (function.root_function.op_name, function.name) == ("Convolution", "c")


def test_gradients():
    function = layer(3, 2, pad=True, activation=C.tanh)
    assert_right_gradients(function, {x: DATA}, [x, *function.parameters])


def test_a_file_keeps_it(tmp_path):
    function = layer(3, 2, strides=2)
    function.save(tmp_path / "model")
    for ours, theirs in zip(Function.load(tmp_path / "model").eval(DATA), function.eval(DATA)):
        np.testing.assert_allclose(ours, theirs, 1e-12)


def test_a_sequence_that_is_shorter_than_the_filter():
    with pytest.raises(ValueError, match="a sequence of 2 frames is shorter than the window, 3"):
        layer(3, 1).eval([np.ones((4, 2)), np.ones((2, 2))])


def test_only_sequences_are_taken():
    with pytest.raises(ValueError, match="sequence axis"):
        layer(3, 4, on=batch)


@pytest.mark.parametrize(
    "options, error, message",
    [
        ({"filter_shape": ()}, ValueError, r"filter_shape \(\) has no axis for the sequence"),
        ({"groups": 2}, ValueError, "groups > 1, is not currently supported"),
        ({"strides": (1, 2)}, ValueError, "strides parameter .* same number of elements"),
        ({"sharing": False}, NotImplementedError, "sharing option currently must be True"),
        ({"transpose_weight": True}, NotImplementedError, "transpose_weight option"),
        ({"reduction_rank": 2}, NotImplementedError, "reduction_rank must be 0 or 1"),
        ({"num_filters": (2, 3)}, ValueError, "num_filters must be a number"),
    ],
)
def test_refused_options(options, error, message):
    with pytest.raises(error, match=message):
        SequentialConvolution(**{"filter_shape": 3, "num_filters": 4, **options})
