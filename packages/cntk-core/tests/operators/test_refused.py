"""What the error of a refused call tells, and operators that are declared anew."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.errors import ShapeError, placed
from cntk.operators import declare
from cntk.operators.declare import Operand, operator


def declared(factor):
    """Return an operator of one name that multiplies."""

    @operator(family="elementwise")
    def multiplied(x: Operand):
        """Return a multiple."""

    multiplied.reference(lambda x: x * x.dtype.type(factor))
    return multiplied


def test_an_operator_that_is_declared_anew_has_no_old_plan():
    x = C.input_variable(2)
    try:
        found = [declared(factor)(x).eval({x: np.ones((1, 2), np.float32)}) for factor in (2, 3)]
    finally:
        del declare.registry["multiplied"]
    np.testing.assert_array_equal(found, [[[2, 2]], [[3, 3]]])


def test_only_the_outermost_composite_is_named():
    x = C.input_variable((2, 3), name="x")
    with pytest.raises(ValueError) as caught:
        C.log_softmax(x, axis=5)
    lines = str(caught.value).splitlines()
    assert [line for line in lines if line.startswith("  in ")] == ["  in log_softmax"]
    assert lines[-1].startswith("  created at test_refused.py:")


def test_what_is_no_variable_is_shown_by_its_beginning():
    with pytest.raises(TypeError) as caught:
        C.plus(C.input_variable(1, name="x"), ["a"] * 100)
    lines = str(caught.value).splitlines()
    assert lines[1:4] == [
        "  in plus",
        "  left   Input('x', [#], [1])",
        f"  right  {repr(['a'] * 100)[:76]} ...",
    ]


def test_the_way_out_stays_the_last_line():
    error = placed(ShapeError("sizes differ. try: C.reshape"), "x  3", made_at="train.py:4")
    assert str(error) == "sizes differ.\n  x  3\n  created at train.py:4\n  try: C.reshape"
    assert placed(error, "more") is error
