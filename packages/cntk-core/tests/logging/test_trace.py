"""The trace level."""

from __future__ import annotations

import pytest

from cntk.logging import TraceLevel, get_trace_level, set_trace_level


@pytest.fixture(autouse=True)
def level_as_it_was():
    before = get_trace_level()
    yield
    set_trace_level(before)


def test_warnings_by_default():
    assert get_trace_level() == TraceLevel.Warning.value == 1


@pytest.mark.parametrize("value, level", [(TraceLevel.Info, 2), (TraceLevel.Error, 0), (3, 3)])
def test_levels_and_their_numbers(value, level):
    set_trace_level(value)
    assert get_trace_level() == level


@pytest.mark.parametrize("value", ["a", None, 1.5])
def test_what_is_no_level(value):
    with pytest.raises(TypeError):
        set_trace_level(value)
    assert get_trace_level() == 1
