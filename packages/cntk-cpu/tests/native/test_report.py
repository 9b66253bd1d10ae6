"""The report says what works, or why it does not."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cntk.native import discovery, library, report

WITHOUT_C = """
import sys
sys.modules["cntk.native._kernels"] = None  # as if it had not been built
import numpy as np, cntk as C
from cntk.commands import info
x = C.input_variable(2)
print(C.exp(x + 1).eval({x: np.zeros((1, 2), "f")})[0, 0])
print(info.report())
"""


def test_it_names_instructions_threads_and_onednn():
    found = discovery.found()
    c_part, onednn = report.lines()
    assert c_part.startswith(f"kernels in C: {library.instructions()}, ")
    assert onednn == f"oneDNN {found.version}: {found.path}"


def test_it_says_why_there_is_no_onednn(monkeypatch):
    nothing = discovery.Found(None, "", "", ["a.so: no such file", "b.so: too old"])
    monkeypatch.setattr(discovery, "found", lambda: nothing)
    assert report.lines()[1].endswith("convolutions; a.so: no such file; b.so: too old")


def test_without_the_c_part_numpy_computes_and_the_report_says_why():
    found = subprocess.run(
        [sys.executable, "-c", WITHOUT_C],
        env={**os.environ},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert found.returncode == 0, found.stderr
    assert float(found.stdout.splitlines()[0]) == pytest.approx(2.7182817)
    assert "cntk-cpu: kernels in C: none, NumPy computes; they did not load: " in found.stdout
    assert "native:" not in found.stdout
