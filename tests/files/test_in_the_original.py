"""Files that we write load in CNTK 2.7 and compute the same there; and checkpoints go on there.

Collected only where ``CNTK_ORIGINAL_PYTHON`` names a Python that has CNTK 2.7, see CONTRIBUTING.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cntk.graph.files import model_dictionary
from cntk.storage import write_dictionary
from cntk.testing.calls import as_arrays

from . import trainers
from .accepted import accepted, digest, write_accepted
from .networks import all_networks

pytestmark = [pytest.mark.original, pytest.mark.timeout(900)]

HERE = Path(__file__).parent
# what the original cannot compute (on the CPU), though it loads it -> what it says
CANNOT_RUN = {
    "convolution_2": "Dilated convolution on CPU is not yet implemented",
    "convolution_4": "detected padding over channel axis",
    "convolution_transpose_3": "Dilated convolution on CPU is not yet implemented",
    "cosine_distance_2": "MBLayout must be set first",
    "forward_backward_0": "pass LabelsToGraph",
    "forward_backward_1": "pass LabelsToGraph",
    **{f"optimized_rnnstack_{i}": "Feature Not Implemented" for i in range(6)},
}
NETWORKS = all_networks()
# these are written as files of 2 GiB are
WITH_VALUES_APART = {"graph_both_directions", "graph_double_precision", "graph_shared_parameters"}
RECORDED_OF_LARGE = {"values": 3803331947, "outputs": 915154643}  # what CNTK 2.7 printed
DRAWS = ("random_", "bernoulli", "gumbel", "normal", "uniform")


@pytest.fixture(scope="session")
def outcomes(tmp_path_factory) -> dict[str, tuple]:
    """Return {network: (why it fails in the original, its outputs there, those here)}."""
    folder = tmp_path_factory.mktemp("models")
    ours = {network.name: _write(network, folder) for network in NETWORKS}
    log = folder / "log.jsonl"
    for _ in range(10):  # a model may end the process: it goes on behind that
        done = _original("evaluate.py", folder)
        if done.returncode == 0:
            break
    said = dict(map(json.loads, log.read_text("utf-8").splitlines()))
    return {
        name: (said.get(name, done.stderr[-500:]), _outputs(folder / f"{name}.out.npz"), ours[name])
        for name in ours
    }


def _original(program: str, *arguments) -> subprocess.CompletedProcess:
    python = os.environ["CNTK_ORIGINAL_PYTHON"]
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    return subprocess.run(
        [python, str(HERE / program), *map(str, arguments)],
        capture_output=True, text=True, env=environment, timeout=600, check=False,
    )  # fmt: skip


def _write(network, folder: Path) -> list[np.ndarray]:
    """Save a network and its data; return its outputs."""
    function, feed = network.make()
    path = folder / f"{network.name}.model"
    if network.name in WITH_VALUES_APART:
        write_dictionary(path, model_dictionary(function), large=0)
        assert path.read_bytes()[:4] == b"ktnc"
    else:
        function.save(path)
    arguments = set(function.arguments)
    arrays: dict[str, np.ndarray] = {}
    for variable, data in feed.items():
        if variable not in arguments:
            continue
        if variable.is_sparse:
            arrays[f"sparse.{variable.uid}"] = np.ones(())
        if isinstance(data, list):
            arrays[f"lengths.{variable.uid}"] = np.array([part.shape[0] for part in data])
            arrays[f"x.{variable.uid}"] = np.concatenate(list(map(_dense, data)))
        else:
            arrays[f"x.{variable.uid}"] = _dense(data)
    np.savez(folder / f"{network.name}.npz", **arrays)
    return as_arrays(function, function.eval(feed))


def _dense(data) -> np.ndarray:
    for how in ("toarray", "to_dense"):
        if hasattr(data, how):
            return getattr(data, how)()
    return np.asarray(data)


def _outputs(path: Path) -> list[np.ndarray]:
    if not path.exists():
        return []
    with np.load(path, allow_pickle=False) as file:
        return [file[f"y{i}"] for i in range(len(file.files))]


@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_a_file_computes_the_same_in_the_original(network, outcomes):
    reason, theirs, ours = outcomes[network.name]
    if network.name in CANNOT_RUN:
        assert reason.startswith("does not run") and CANNOT_RUN[network.name] in reason
    else:
        assert reason is None
        assert len(theirs) == len(ours)
        for there, here in zip(theirs, ours):
            if network.name.startswith(DRAWS):
                assert there.size == here.size  # its random numbers are others
            else:
                # convolutions and recurrences add up in another order
                np.testing.assert_allclose(there.reshape(here.shape), here, 1e-4, 2e-5)


def test_the_recorded_forms_are_those_that_load(outcomes):
    """``CNTK_ORIGINAL_RECORD=1`` records them anew."""
    loaded = [n for n in NETWORKS if not (outcomes[n.name][0] or "").startswith("does not load")]
    found = {network.name: digest(network.make()[0]) for network in loaded}
    if os.environ.get("CNTK_ORIGINAL_RECORD"):
        write_accepted(found)
    assert accepted() == found


@pytest.mark.parametrize("steps", [0, trainers.BEFORE])
def test_training_goes_on_from_our_checkpoints_in_the_original(steps, tmp_path, monkeypatch):
    monkeypatch.setattr(trainers, "BEFORE", steps)
    ours = {name: trainers.make(tmp_path, name) for name in trainers.CASES}
    done = _original("trainers.py", "resume", tmp_path, steps)
    theirs = dict(map(json.loads, done.stdout.splitlines()[-len(ours) :]))
    assert theirs.keys() == ours.keys(), done.stderr
    for name, found in theirs.items():
        assert "error" not in found, f"{name}: {found['error']}"
        keys = ("start",) if name == "dropped_sgd" else ("start", "losses", "end")
        for key in keys:
            for there, here in zip(found[key], ours[name][key]):
                np.testing.assert_allclose(there, here, 2e-6, 2e-6, err_msg=f"{name} {key}")


@pytest.mark.slow
def test_files_above_two_gigabytes_go_both_ways(tmp_path):
    def said(run, *arguments):
        done = run(*arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def ours(program, *arguments):
        command = [sys.executable, str(HERE / program), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)

    for write, read in ((ours, _original), (_original, ours)):
        path = tmp_path / "large.model"
        written = said(write, "large.py", "write", path)
        assert path.stat().st_size > 2**31
        assert said(read, "large.py", "read", path) == written == RECORDED_OF_LARGE
