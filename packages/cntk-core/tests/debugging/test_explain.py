from __future__ import annotations

import re

import pytest

import cntk as C
from cntk.debugging import explain


def test_a_line_per_step_with_kernel_and_users_line():
    x = C.input_variable((2, 3))
    function = C.transpose(C.softmax(x), (1, 0))
    lines = [line.strip() for line in explain(function).splitlines()]
    (last,) = [line for line in lines if " = permute(" in line]
    assert re.match(r"%\d+ \[#\] \[3 x 2\] = permute\(%\d+ \[#\] \[2 x 3\]\)  by \w+", last)
    assert "test_explain.py:" in last
    assert f"for {function.root_function.uid}" in last


def test_training_takes_the_training_form():
    function = C.dropout(C.input_variable(2), 0.5)
    assert len(explain(function, training=True)) > len(explain(function))


def test_a_recurrence_shows_its_body():
    x = C.sequence.input_variable(1)
    later = C.placeholder()
    total = C.tanh(C.plus(x, C.sequence.past_value(later)))
    total.replace_placeholders({later: total.output})
    lines = explain(total).splitlines()
    assert any(" = scan(" in line for line in lines)
    assert any(line.startswith("  ") and "tanh(" in line for line in lines)


@pytest.mark.parametrize("kind", [C.input_variable, C.sequence.input_variable])
def test_an_input_alone_takes_no_step(kind):
    assert explain(C.combine([kind(1)])) == ""


def test_what_is_not_dense_says_so():
    x = C.input_variable(3, is_sparse=True)
    table = C.parameter((3, 2))
    assert "[#] [3] csr, " in explain(C.times(x, table))
    assert "densify" in explain(C.reduce_sum(x))
