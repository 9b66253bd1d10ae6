"""Recurrent stacks as layers of cntk-layers."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.logging.graph import depth_first_search
from cntk.misc import convert_optimized_rnnstack

pytest.importorskip("cntk.layers")
RANDOM = np.random.default_rng(3)
FRAMES = [RANDOM.standard_normal((length, 3)) for length in (4, 1, 2)]


def stack(recurrent_op, layers, bidirectional, dtype=np.float64, stored=C.parameter):
    x = C.sequence.input_variable(3, dtype=dtype, name="x")
    count = 4 if recurrent_op == "lstm" else 1
    directions = 1 + bidirectional
    rows = sum(
        directions * count * (size + 2 + 2) for size in [3] + [2 * directions] * (layers - 1)
    )
    values = RANDOM.uniform(-1, 1, (rows, 2))
    weights = (
        C.constant(values, dtype=dtype) if stored is C.constant
        else C.parameter(init=values, dtype=dtype)
    )  # fmt: skip
    return C.optimized_rnnstack(x, weights, 2, layers, bidirectional, recurrent_op, name="st")


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("recurrent_op", ["lstm", "rnnReLU", "rnnTanh"])
def test_the_layers_compute_what_the_stack_computes(recurrent_op, layers, bidirectional):
    function = stack(recurrent_op, layers, bidirectional)
    found = convert_optimized_rnnstack(function)
    assert found.arguments == function.arguments and found.shape == function.shape
    (x,) = found.arguments
    for ours, theirs in zip(found.eval({x: FRAMES}), function.eval({x: FRAMES}), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


def test_cells_are_named_for_their_direction_and_layer():
    found = convert_optimized_rnnstack(stack("lstm", 2, True))
    cells = depth_first_search(found, lambda f: getattr(f, "op_name", "") == "LSTM")
    assert {cell.name for cell in cells} == {"st_fw0", "st_bw0", "st_fw1", "st_bw1"}
    assert {p.name: p.shape for p in found.st_fw1.parameters} == {
        "b": (8,), "W": (4, 8), "H": (2, 8),
    }  # fmt: skip


def test_stacks_deep_in_a_model_are_found():
    function = C.sequence.last(C.relu(stack("lstm", 1, True)))
    found = convert_optimized_rnnstack(function)
    (x,) = found.arguments
    np.testing.assert_allclose(found.eval({x: FRAMES}), function.eval({x: FRAMES}), rtol=1e-12)
    assert "OptimizedRNNStack" not in str(depth_first_search(found, lambda f: True, -1))


def test_constants_and_other_element_types_are_taken_over():
    function = stack("lstm", 1, False, np.float32, C.constant)
    found = convert_optimized_rnnstack(function)
    assert {p.dtype for p in found.parameters} == {np.float32}


def test_a_model_without_stacks_is_returned_itself():
    function = C.relu(C.input_variable(2))
    assert convert_optimized_rnnstack(function) is function


def test_what_layers_cannot_express_is_refused():
    x = C.sequence.input_variable(3)
    gru = C.optimized_rnnstack(x, C.parameter((C.InferredDimension, 2)), 2, 1, False, "gru")
    with pytest.raises(ValueError, match='unsupported recurrent_op value "gru"'):
        convert_optimized_rnnstack(gru)
    doubled = C.optimized_rnnstack(x, 2 * C.parameter((28, 2)), 2, 1)
    with pytest.raises(ValueError, match="weights .* are computed"):
        convert_optimized_rnnstack(doubled)
