"""Forms say which element of an operand belongs to which element of a result."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from cntk.execution.passes.forms import Form, form_in, form_of

WHOLE = (3, 4, 5)
ROWS = 2


def symbol(shape, has_rows: bool, channels_last: bool = False):
    axes = ("rows",) if has_rows else ()
    return SimpleNamespace(
        shape=shape, dynamic_axes=axes, has_rows=has_rows, is_sparse=False,
        _dtype=np.dtype("f"), channels_last=channels_last,
    )  # fmt: skip


def in_memory(array: np.ndarray, has_rows: bool, channels_last: bool) -> np.ndarray:
    """Return the elements as they lie in memory."""
    moves = channels_last and array.ndim - has_rows == len(WHOLE)
    return (np.moveaxis(array, int(has_rows), -1) if moves else array).ravel()


def read(form: Form, memory: np.ndarray, count: int) -> np.ndarray:
    """Return what a form reads, element by element."""
    if form.kind == "scalar":
        return np.full(count, memory[0])
    i = np.arange(count)
    if form.kind == "periodic":
        i = i // form.repeat_or_width
        i = i % form.period_or_stride if form.period_or_stride else i
    return memory[form.begin + i]


@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("has_rows", [False, True])
def test_forms_are_what_broadcasting_is(has_rows, channels_last):
    y, served = symbol(WHOLE, True), 0
    for rank in range(4):
        for sizes in itertools.product(*((1, n) for n in WHOLE[3 - rank :])):
            form = form_in(symbol(sizes, has_rows), y, channels_last)
            if form is None or (has_rows and rank < 3):
                continue
            x = np.random.default_rng(0).random(((ROWS,) if has_rows else ()) + sizes)
            expected = in_memory(np.broadcast_to(x, (ROWS, *WHOLE)), True, channels_last)
            found = read(form, in_memory(x, has_rows, channels_last), expected.size)
            np.testing.assert_array_equal(found, expected)
            served += 1
    assert served >= (4 if has_rows else 8)


def test_an_operand_in_another_order_has_no_form():
    plain, last = symbol(WHOLE, True), symbol(WHOLE, True, channels_last=True)
    assert form_of(plain, last) is form_of(last, plain) is None
    assert form_of(last, last) == form_of(plain, plain) == Form("dense")
    assert form_of(symbol((3, 1, 1), False), last) == Form("periodic", 1, 3)
    assert form_of(symbol((3, 1, 1), False), plain) == Form("periodic", 20, 3)
