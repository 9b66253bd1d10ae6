"""Too little memory: an error that names sizes, whole parameters, and smaller minibatches go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(*arguments: str, **environment: str) -> str:
    program = Path(__file__).with_name("limited_memory.py")
    done = subprocess.run(
        [sys.executable, str(program), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", **environment},
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("plugins", ["all", "core"])
@pytest.mark.parametrize("learner", ["adam", "two", "noise", "universal"])
def test_all_parameters_step_or_none(learner, plugins):
    """With more and more memory, minibatches are refused or trained on, and nothing in between."""
    off = {} if plugins == "all" else {"CNTK_DISABLE_PLUGINS": "cpu"}
    went_well, refused = map(int, run(learner, "8", **off).split())
    assert went_well >= 2
    assert refused >= 1


@pytest.mark.slow
def test_a_file_that_is_too_large_is_named(tmp_path):
    message = run("load", str(tmp_path))
    assert f"{tmp_path / 'large.model'}: there is no memory for the arrays of this file" in message
    assert "wanted    100 MB" in message
    assert "file      100 MB" in message
