"""Random graphs have the leaves, values, copies and visits that they have in CNTK 2.7."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .random_graphs import told

RECORDED = json.loads(Path(__file__).with_name("recorded_random.json").read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore:clone")  # of parts that the root does not depend on
@pytest.mark.parametrize("seed", RECORDED)
def test_all_is_as_recorded(seed):
    found = told(int(seed))
    for question, expected in RECORDED[seed].items():
        if question.startswith("values"):
            assert found[question] == pytest.approx(expected, abs=2e-4)
        else:
            assert found[question] == expected
