"""How an elementwise step reads its operands, against NumPy's broadcasting."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from cntk.axis import BATCH_AXIS
from cntk.execution.passes.forms import DENSE, SCALAR, Form, composed, cut_form, form_of, has_orders
from cntk.testing.chains import loaded

ROWS = 3


def symbol(*shape, has_rows=True, dtype="f4", channels_last=False, is_sparse=False):
    """Return what forms look at of a symbol."""
    axes = (BATCH_AXIS,) if has_rows else ()
    return SimpleNamespace(shape=shape, has_rows=has_rows, dynamic_axes=axes, is_sparse=is_sparse,
                           _dtype=np.dtype(dtype), channels_last=channels_last)  # fmt: skip


def memory(array, x):
    """Return the elements of an array in the order of a symbol's memory."""
    first = 1 if x.has_rows else 0
    return (np.moveaxis(array, first, -1) if x.channels_last else array).reshape(-1)


def numbers(x):
    shape = (ROWS, *x.shape) if x.has_rows else x.shape
    return np.arange(np.prod(shape, dtype=int)).reshape(shape)


CASES = [
    ((2, 3), True, (2, 3), "dense"),
    ((1, 2, 3), True, (2, 3), "dense"),
    ((), False, (2, 3), "scalar"),
    ((1, 1), False, (2, 3), "scalar"),
    ((3,), False, (2, 3), "periodic"),
    ((2, 3), False, (2, 3), "periodic"),
    ((2, 1), False, (2, 3), "periodic"),
    ((2, 1, 1), False, (2, 3, 4), "periodic"),
    ((1, 3, 1), False, (2, 3, 4), "periodic"),
    ((1,), True, (2, 3), "periodic"),
    ((2, 1), True, (2, 3), "periodic"),
    ((3,), True, (2, 3), None),  # rows, then broadcast, then own
    ((2, 1, 4), False, (2, 3, 4), None),  # two groups
]


@pytest.mark.parametrize(("shape", "has_rows", "result", "kind"), CASES)
def test_elements_are_those_of_broadcasting(shape, has_rows, result, kind):
    x, y = symbol(*shape, has_rows=has_rows), symbol(*result)
    form = form_of(x, y)
    assert (form and form.kind) == kind
    if form is not None:
        rank = (1,) * (len(result) - len(shape))
        lead = (ROWS,) if has_rows else (1,)
        expected = np.broadcast_to(
            numbers(x).reshape(*lead, *rank, *shape) if len(rank + shape) <= len(result)
            else numbers(x).reshape(*lead, *result), (ROWS, *result))  # fmt: skip
        found = loaded(numbers(x).reshape(-1), form, ROWS * int(np.prod(result)))
        np.testing.assert_array_equal(found, expected.reshape(-1))


@pytest.mark.parametrize("shape", [(2, 1, 1), (2, 3, 1), (1, 3, 4), (2, 3, 4), (4,)])
def test_with_channels_last_elements_follow_memory(shape):
    x, y = symbol(*shape, has_rows=False), symbol(2, 3, 4, channels_last=True)
    x.channels_last = len(shape) == 3 and has_orders(shape)
    form = form_of(x, y)
    if form is None:
        assert shape in [(4,), (1, 3, 4), (2, 3, 1)], (
            "channels are between what such an operand has"
        )
        return
    expected = np.broadcast_to(numbers(x), (ROWS, 2, 3, 4))
    found = loaded(memory(numbers(x), x), form, ROWS * 24)
    np.testing.assert_array_equal(found, memory(expected, y))


def test_memory_in_another_order_is_not_read():
    x, y = symbol(2, 3, 4), symbol(2, 3, 4, channels_last=True)
    assert form_of(x, y) is None


@pytest.mark.parametrize(
    "x",
    [symbol(2, dtype="f8"), symbol(2, is_sparse=True), symbol(-3)],
    ids=["another element type", "sparse", "a free dimension"],
)
def test_what_no_chain_reads(x):
    assert form_of(x, symbol(2)) is None


@pytest.mark.parametrize("has_rows", [False, True])
@pytest.mark.parametrize(
    ("shape", "cut"),
    [((6,), (0, 1, 4, 1)), ((6,), (0, -2, 0, 1)), ((4, 3), (0, 1, 3, 1)), ((4, 3), (1, 1, 3, 1))],
)
def test_cuts_are_read_where_they_lie(shape, cut, has_rows):
    x = symbol(*shape, has_rows=has_rows)
    axis, begin, end, _ = cut
    where = (slice(None),) * (axis + has_rows) + (slice(begin, end or None),)
    expected = numbers(x)[where].reshape(-1)
    found = loaded(numbers(x).reshape(-1), cut_form(x, (cut,)), len(expected))
    np.testing.assert_array_equal(found, expected)


def test_steps_and_several_axes_are_not_read_through():
    x = symbol(6, 6)
    assert cut_form(x, ((0, 0, 6, 2),)) is None
    assert cut_form(x, ((0, 0, 3, 1), (1, 0, 3, 1))) is None


def test_a_view_of_a_view():
    begun, strided = Form("dense", begin=4), Form("strided", 2, 6, 1)
    assert composed(SCALAR, begun) == SCALAR._replace(begin=4)
    assert composed(DENSE, strided) == strided
    assert composed(Form("periodic", 1, 2), SCALAR) == SCALAR
    assert composed(Form("periodic", 1, 2), strided) is None
