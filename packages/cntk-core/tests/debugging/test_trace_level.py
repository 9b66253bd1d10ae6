from __future__ import annotations

import pytest

import cntk as C
from cntk.debugging import set_computation_network_trace_level


@pytest.fixture(autouse=True)
def silent_again():
    yield
    set_computation_network_trace_level(0)


def traced(level, capsys, runs=1):
    set_computation_network_trace_level(level)
    function = C.exp(C.input_variable(2), name="e")
    for _ in range(runs):
        function.eval([[0, 1]])
    return capsys.readouterr().err, function.root_function.uid


def test_level_0_prints_nothing(capsys):
    assert traced(0, capsys)[0] == ""


def test_level_1_prints_a_plan_once(capsys):
    text, uid = traced(1, capsys, runs=2)
    assert text.count("Validating --> ") == 1
    assert f"exp(%1 [#] [2])  by numpy  for {uid}" in text
    assert "absSum" not in text


def test_level_1000_prints_sums_of_each_run(capsys):
    text, _ = traced(1000, capsys, runs=2)
    assert text.count("  absSum: 3.718282") == 2


def test_the_last_level_holds(capsys):
    set_computation_network_trace_level(1000)
    assert "absSum" not in traced(1, capsys)[0]


def test_a_level_is_an_integer():
    with pytest.raises(TypeError):
        set_computation_network_trace_level("1")
