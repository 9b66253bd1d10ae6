"""A training that goes on from a checkpoint is the one that did not end, bit for bit."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .resuming import LEARNERS, NETWORKS, difference, write_data


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("learner", LEARNERS)
def test_training_goes_on_exactly(network, learner, tmp_path):
    write_data(tmp_path)
    assert difference(tmp_path, network, learner) == ""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_it_does_so_without_native_kernels(tmp_path):
    program = Path(__file__).with_name("resuming.py")
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path)],
        capture_output=True, text=True, timeout=580, check=False,
        env={**os.environ, "CNTK_DISABLE_PLUGINS": "cpu"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(NETWORKS) * len(LEARNERS)
    assert not [line for line in lines if not line.endswith("goes on exactly")]
