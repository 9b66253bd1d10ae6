"""The long training of the examples, a short one here: stopped, gone on with, read back."""

from __future__ import annotations

import json
import os
import runpy
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import cntk as C

pytestmark = pytest.mark.timeout(300)  # three processes, on a machine that may be busy
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "long_run"
SWEEPS = 10


def start(folder: Path) -> subprocess.Popen:
    options = [f"--sweeps={SWEEPS}", f"--out={folder}"]
    command = [sys.executable, str(EXAMPLE / "train.py"), *options]
    output = subprocess.PIPE
    return subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, text=True)


def rows(folder: Path) -> list[dict]:
    """Return the log, without what differs from run to run."""
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    for row in found:
        del row["seconds"]
    return found


def events(folder: Path) -> list:
    """Return the events of all logs of TensorBoard's in a folder, the oldest first."""
    from tensorboardX.proto.event_pb2 import Event

    found = []
    for path in sorted(folder.iterdir(), key=os.path.getmtime):
        data = path.read_bytes()
        while data:
            (size,) = struct.unpack("<Q", data[:8])
            found.append(Event.FromString(data[12 : 12 + size]))
            data = data[16 + size :]
    return found


def points(folder: Path, name: str) -> list[tuple[int, float]]:
    values = [(e.step, v) for e in events(folder / "tensorboard") for v in e.summary.value]
    return [(step, value.simple_value) for step, value in values if value.tag == name]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Return the folders of a run that was stopped, and of one that was not."""
    stopped, whole = (tmp_path_factory.mktemp(name) for name in ("stopped", "whole"))
    other = start(whole)
    process, log = start(stopped), stopped / "log.jsonl"
    while process.poll() is None and '"minibatches": 110,' not in (
        log.read_text(encoding="utf-8") if log.exists() else ""
    ):
        time.sleep(0.02)
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 128 + signal.SIGTERM, output
    assert time.monotonic() - begin < 30  # seconds; 5 on a machine that has nothing else to do
    again = start(stopped)
    output = again.communicate(timeout=90)[0]
    assert again.returncode == 0, output
    assert "Restoring training session from the checkpoint" in output
    output = other.communicate(timeout=90)[0]
    assert other.returncode == 0, output
    return stopped, whole


@pytest.mark.slow
def test_the_networks_are_equal_bit_by_bit(runs):
    stopped, whole = (C.weights.read(folder / "digits.safetensors") for folder in runs)
    assert stopped.keys() == whole.keys()
    for name, value in whole.items():
        np.testing.assert_array_equal(stopped[name], value, err_msg=name)


@pytest.mark.slow
def test_the_logs_are_equal(runs):
    stopped, whole = map(rows, runs)
    rates = [row for row in stopped if row["event"] == "value"]
    assert len(rates) == 2  # each process tells the rate
    stopped.remove(rates[1])
    assert stopped == whole
    assert [row["epoch"] for row in whole if row["event"] == "epoch"] == list(range(1, SWEEPS + 1))
    assert sum(row["event"] == "test" for row in whole) == SWEEPS + 1


@pytest.mark.slow
def test_tensorboard_has_one_curve(runs):
    stopped, whole = (points(folder, "minibatch/avg_loss") for folder in runs)
    assert stopped == whole
    told = [row for row in rows(runs[1]) if row["event"] == "minibatch"]
    np.testing.assert_allclose(whole, [(r["minibatches"], r["loss"]) for r in told], rtol=1e-5)


@pytest.mark.slow
def test_tensorboard_has_a_graph(runs):
    assert any(event.graph_def for event in events(runs[0] / "tensorboard"))


@pytest.mark.slow
def test_curves_are_drawn(runs, monkeypatch, capsys):
    pictures = runs[0] / "pictures"
    monkeypatch.setattr(sys, "argv", ["plot.py", str(runs[0] / "log.jsonl"), str(pictures)])
    runpy.run_path(str(EXAMPLE / "plot.py"), run_name="__main__")
    assert "loss.svg" in capsys.readouterr().out
    loss, error = ((pictures / f"{name}.svg").read_text() for name in ("loss", "error"))
    assert all(ElementTree.fromstring(text).tag.endswith("svg") for text in (loss, error))
    assert loss.count('fill="none"') == 2
    assert error.count('fill="none"') == 3
    assert "validation" in error
