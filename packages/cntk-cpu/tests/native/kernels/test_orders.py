"""Results lie in memory as convolutions like it; what is computed stays the same."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.native.library import ffi, kernel, lib
from cntk.operators.declare import registry
from cntk.ops._convolution.convolve import convolve


@pytest.mark.parametrize("shape", [(3, 5), (17, 6), (16, 32), (1, 7), (33, 47)], ids=str)
@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.float64])
def test_a_reorder_turns_each_row(shape, dtype):
    rows, (lines, width) = 3, shape
    x = (np.arange(rows * lines * width) % 251).astype(dtype).reshape(rows, lines, width)
    y = np.empty((rows, width, lines), dtype)
    block = ffi().new("launch *")
    at, ints = ffi().new("int32_t[]", [0, 1]), ffi().new("int64_t[]", [lines, width])
    block.run, block.at, block.ints = kernel(f"reorder_{8 * x.itemsize}"), at, ints
    pointers = [ffi().cast("char *", array.ctypes.data) for array in (x, y)]
    lib().run_segment(block, 1, ffi().new("char *[]", pointers), ffi().new("int64_t[]", [rows]))
    np.testing.assert_array_equal(y, x.swapaxes(1, 2))


def convolved(net, x, filters: int = 4):
    w = net.leaf(filters, x.shape[0], 3, 3)
    options = {"strides": (x.shape[0], 1, 1), "auto_padding": (False, True, True)}
    return convolve(w, x, **options)


def op(name: str, *operands, **attributes):
    return registry[name](*operands, **attributes)


def last(plan) -> list[bool]:
    return [y.channels_last for step in plan.steps for y in step.outputs if len(y.shape) == 3]


def test_what_lies_between_convolutions_has_its_channels_last(network):
    net = network(2)
    y = op("relu", convolved(net, net.leaf(3, 8, 8, has_rows=True)))
    plan = net.check([convolved(net, y)]).plan
    assert last(plan) == [True, False]


def test_results_that_are_asked_for_are_plain(network):
    net = network(2)
    x = net.leaf(3, 8, 8, has_rows=True)
    inner = op("relu", convolved(net, x))
    plan = net.check([inner, convolved(net, inner)]).plan
    assert not any(y.channels_last for y in plan.outputs)


def test_two_plans_of_one_graph_choose_for_themselves(network):
    net = network(2)
    inner = op("relu", convolved(net, net.leaf(3, 8, 8, has_rows=True)))
    outer = convolved(net, inner)
    for wanted in ([outer], [inner, outer], [outer], [inner]):
        net.check(wanted)


def networks(net, x):
    """Yield (name, symbol): networks in which both orders meet."""
    first = op("relu", convolved(net, x))
    second = op("relu", op("plus", convolved(net, first), first))
    yield "a sum", lambda: op("plus", second, first)
    for shape in ((4, 1, 1), (1, 8, 8), (4, 8, 8), (8, 8), (8,), (4, 1, 8), ()):
        bias = net.leaf(*shape)
        yield f"a bias {shape}", lambda bias=bias: convolved(net, op("plus", second, bias))
    for shape in ((4, 1, 1), (1, 8, 8), (4, 8, 8)):
        rows = net.leaf(*shape, has_rows=True)
        yield (
            f"factors of rows {shape}",
            lambda rows=rows: convolved(net, op("element_times", second, rows)),
        )
    yield "a reshaped one", lambda: op("tanh", op("set_shape", second, shape=(16, 16)))
    yield (
        "a part",
        lambda: convolved(net, op("cut", second, ranges=((0, 1, 3, 1),))),
    )
    yield "a turned one", lambda: convolved(net, op("transpose", second, perm=(1, 0, 2)))


@pytest.mark.parametrize("number", range(14))
@pytest.mark.parametrize("rows", [1, 3])
def test_values_and_gradients_are_those_of_references(network, number, rows):
    net = network(rows)
    x = net.leaf(3, 8, 8, has_rows=True)
    name, build = list(networks(net, x))[number]
    y = build()
    found = net.check([y, *net.gradients(y, [x])])
    assert any(last(found.plan)), name


@pytest.mark.parametrize("order", [(1, 0), (1, 2, 0), (2, 0, 1)], ids=str)
def test_weights_are_turned_by_a_copy(network, order):
    net = network(rows=2)
    w = net.leaf(*(3, 17, 5)[: len(order)])
    launches = net.check([op("permute", w, order=order) * 1.5]).launches
    assert [launch.name for launch in launches] == ["reorder_32", "chain_f32"]


@pytest.mark.parametrize("order", [(0, 2, 1), (2, 1, 0)], ids=str)
def test_orders_that_turn_no_matrix_are_left_to_numpy(network, order):
    net = network(rows=2)
    launches = net.check([op("permute", net.leaf(3, 4, 5), order=order) * 1.5]).launches
    assert "reorder_32" not in [launch.name for launch in launches]
