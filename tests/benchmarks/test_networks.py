"""The comparison of networks: what its tables say, and that both sides know its workloads."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def table(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    from networks import table

    return table


@pytest.fixture
def compare(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    from networks import compare

    return compare


def row(table, times, **known):
    usual = dict(memory=(1.0, 2.0), products=[100.0], peak=[1e11, 1e10], work=[[1e9, 1e6]])
    return table.Row("tiny", times, **{**usual, **known})


def test_the_ratio_is_the_median_of_the_ratios_pair_by_pair(table):
    found = row(table, [(1.0, 2.0), (10.0, 10.0), (3.0, 4.0)])
    assert (found.ours, found.theirs, found.ratio) == (3.0, 4.0, 0.75)


def test_a_floor_adds_the_longer_of_arithmetic_and_memory(table):
    found = row(table, [(1.0, 1.0)], work=[[2e9, 1e6], [1e6, 3e8]])
    assert found.floor((1e9, 1e8)) == pytest.approx(1e3 * (2 + 3))


@pytest.mark.parametrize("ours, word", [(0.55, "met"), (0.56, "**missed**")])
def test_targets_are_met_or_missed(table, ours, word):
    (line,) = [x for x in table.tables([row(table, [(ours, 1.0)])]).splitlines() if "0.55" in x]
    assert f"| 0.55 | {word} |" in line


def test_a_busy_machine_is_told(table):
    quiet, busy = (row(table, [(1.0, 2.0)], products=[x]) for x in (90.0, 40.0))
    assert "busy" not in table.tables([quiet])
    assert "The machine was busy: PyTorch's product reached 40 of 100" in table.tables([busy])


def test_a_cell_stands_beside_the_layer(table):
    found = row(table, [(1.0, 1.0)], products=[])
    found.name = "cell"
    text = table.tables([found])
    assert "Recurrence(LSTM), ms" in text and "PyTorch, ms" not in text


def test_every_workload_has_a_target(table, compare):
    assert {*compare.TRAINING, *compare.INFERENCE, *compare.CELLS} == set(table.TARGETS)


@pytest.mark.parametrize("side", ["cntk", "torch"])
def test_both_sides_know_every_workload(compare, side):
    for part, names in (("training", compare.TRAINING), ("inference", compare.INFERENCE)):
        path = FOLDER / "networks" / f"{side}_{part}.py"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        known = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        known |= {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        assert set(names) <= known
