"""Functions and variables answer small questions as CNTK 2.7 did; errors may say more."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

from . import calls, clones, networks, parts, placeholders, running, stored_operands, variables
from .recording import CASES, answer

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))
FILES = (calls, clones, networks, parts, placeholders, running, stored_operands, variables)


def test_each_question_has_an_answer():
    assert set(CASES) == set(RECORDED)
    assert all(module.__doc__ for module in FILES)


@pytest.mark.parametrize("name", RECORDED)
def test_the_answer_is_the_same(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = answer(name)
    if RECORDED[name].startswith("E "):
        assert found.startswith(RECORDED[name])
    else:
        assert found == RECORDED[name]
