"""No kill at any moment loses a checkpoint. (Each call of a save: storage/test_pair.py of core.)"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")


@pytest.mark.timeout(600)  # a busy disk takes its time
@pytest.mark.parametrize("count", [30, pytest.param(500, marks=pytest.mark.slow)])
def test_a_kill_at_any_moment_leaves_a_whole_checkpoint(count, tmp_path):
    program = Path(__file__).with_name("killed.py")
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path), str(count), "1"],
        capture_output=True, text=True, timeout=580, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    changed, _, left = done.stdout.strip().partition(" ")
    assert left == "['m', 'm.ckp']"
    assert int(changed) >= count // 2
