"""What a Function says of its leaves."""

from __future__ import annotations

import cntk as C


def test_variables_in_a_combine_come_before_what_functions_depend_on():
    a, b, c = (C.input_variable(2, name=name) for name in "abc")
    names = [v.name for v in C.combine([C.relu(a), b, C.relu(c)]).arguments]
    assert names == ["b", "a", "c"]  # as CNTK 2.7 lists them
    assert [v.name for v in (C.relu(a) + b).arguments] == ["a", "b"]
