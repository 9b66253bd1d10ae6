from __future__ import annotations

import re

import cntk as C
from cntk.debugging import explain


def test_steps_that_one_call_runs_stand_together():
    z = C.layers.Dense(3)(C.layers.Dense(4, activation=C.sigmoid)(C.input_variable(2)))
    head, *steps = explain(z).splitlines()
    assert head == "segment of 2 steps" and len(steps) == 2
    assert all(line.startswith("  %") and "  by native" in line for line in steps)


def test_what_a_product_goes_on_with():
    text = explain(C.layers.Dense(3, activation=C.sigmoid)(C.input_variable(2)))
    assert re.search(
        r"contract then chain\(%\d+ \[#\] \[2\], %\d+ \[\] \[2 x 3\], (%\d+) \[\] \[3\]\): "
        r"%\d+ = sigmoid\(it \+ \1\)  by native  for Times",
        text,
    )


def test_the_formula_of_a_chain():
    a, b, c = (C.input_variable(4, name=name) for name in "abc")
    lines = explain(C.sigmoid(a + b) * c - 0.5)
    assert re.search(r": (%\d+) = \(sigmoid\(%\d+ \+ %\d+\) \* %\d+\) - %\d+  by native", lines)


def test_what_a_chain_computes_once_and_reads_twice_has_a_name():
    a, b = C.input_variable(4), C.input_variable(4)
    shared = C.exp(a + b)
    text = explain(shared * C.tanh(a - shared))
    assert re.search(r": t0 = exp\((%\d+) \+ %\d+\); %\d+ = t0 \* tanh\(\1 - t0\)  by", text)


def test_parts_of_rows_are_shown_by_their_ranges():
    x = C.input_variable(6)
    assert re.search(
        r"%\d+\[0:3\] \* %\d+\[3:6\]", explain(C.slice(x, 0, 0, 3) * C.slice(x, 0, 3, 6))
    )


def test_the_order_of_memory():
    x = C.input_variable((3, 16, 16))
    h = C.layers.Convolution2D((3, 3), 16, activation=C.relu, pad=True)(x)
    h = C.layers.Convolution2D((3, 3), 16, activation=C.relu, pad=True)(h)
    assert "[16 x 16 x 16] channels last = convolve then chain(" in explain(h)
