"""Both toolkits train the networks, and each loads the files of the other.

Collected only where ``CNTK_ORIGINAL_PYTHON`` names a Python that has CNTK 2.7, see CONTRIBUTING.md.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from . import recording
from .comparison import CLOSE, compare, compare_outputs
from .test_networks import RECORDED, program

pytestmark = [pytest.mark.original, pytest.mark.timeout(900)]

HERE = Path(__file__).parent


def in_the_original(action: str, folder: Path) -> dict:
    """Run ``recording.py`` there; return its results by network."""
    python = os.environ["CNTK_ORIGINAL_PYTHON"]
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        [python, str(HERE / "recording.py"), action, str(folder)],
        capture_output=True, text=True, env=environment, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    lines = (folder / f"{action}.jsonl").read_text("utf-8").splitlines()
    return dict(map(json.loads, lines))


@pytest.fixture(scope="module")
def theirs(tmp_path_factory) -> tuple[Path, dict]:
    """Return a folder with the models of the original, and its results."""
    folder = tmp_path_factory.mktemp("theirs")
    return folder, in_the_original("train", folder)


@pytest.fixture(scope="module")
def ours(tmp_path_factory) -> tuple[dict, dict]:
    """Return our results, and what the original computes with our models."""
    folder = tmp_path_factory.mktemp("ours")
    found = {name: recording.run(program(name), folder) for name in recording.NAMES}
    return found, in_the_original("load", folder)


@pytest.mark.parametrize("name", recording.NAMES)
def test_the_recorded_numbers_are_those_of_the_original(name, theirs):
    compare(theirs[1][name], RECORDED[name])


@pytest.mark.parametrize("name", recording.NAMES)
def test_a_file_of_the_original_computes_the_same_here(name, theirs):
    folder, results = theirs
    models, _, data = program(name).create()
    compare_outputs(recording.load(models, data, folder), results[name]["after"], CLOSE, "loaded")


@pytest.mark.parametrize("name", recording.NAMES)
def test_our_file_computes_the_same_in_the_original(name, ours):
    found, there = ours
    compare_outputs(there[name], found[name]["after"], CLOSE, "loaded")
