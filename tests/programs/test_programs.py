"""Whole scripts as users of CNTK 2.7 wrote them: each reaches the figure that it states.

The same files run on CNTK 2.7: ``python tests/programs/tagger.py``.
"""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

PROGRAMS = sorted(
    path.stem
    for path in Path(__file__).parent.glob("*.py")
    if "\nGOAL = " in path.read_text(encoding="utf-8")
)


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_reaches_its_figure(name):
    program = importlib.import_module(f".{name}", __package__)
    assert program.main() <= program.GOAL
