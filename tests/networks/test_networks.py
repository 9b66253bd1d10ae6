"""Ten kinds of networks do what they do in CNTK 2.7: from the same start, on the same data."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

import cntk as C
from cntk.testing.backends import only

from . import recording
from .comparison import CLOSE, compare, compare_outputs

DATA = Path(__file__).resolve().parents[1] / "data" / "networks"
RECORDED = dict(map(json.loads, (DATA / "train.jsonl").read_text("utf-8").splitlines()))


def program(name: str):
    return importlib.import_module(f".{name}", __package__)


@pytest.mark.parametrize("name", recording.NAMES)
def test_it_trains_as_in_the_original(name, tmp_path):
    compare(recording.run(program(name), tmp_path), RECORDED[name])


@pytest.mark.parametrize("name", recording.NAMES)
def test_it_trains_as_in_the_original_without_native_kernels(name, tmp_path):
    with only("numpy"):
        found = recording.run(program(name), tmp_path)
    compare(found, RECORDED[name])


@pytest.mark.parametrize("path", sorted(DATA.glob("*.model")), ids=lambda path: path.stem)
def test_files_of_the_original(path):
    name = next(n for n, result in RECORDED.items() if path.stem in result["models"])
    _, _, data = program(name).create()
    found = recording.load([path.stem], data, DATA)
    compare_outputs(found, {path.stem: RECORDED[name]["after"][path.stem]}, CLOSE, "loaded")


@pytest.mark.parametrize("name", recording.NAMES)
def test_it_is_summed_up_and_drawn(name, tmp_path):
    models, _, _ = program(name).create()
    for model_name, model in models.items():
        summary = model.summary()
        assert summary.parameters == RECORDED[name]["models"][model_name]["numbers"]
        assert len(summary.layers) > len(model.arguments)
        C.logging.graph.plot(model, str(tmp_path / "model.svg"))
        picture = ElementTree.parse(tmp_path / "model.svg").getroot()
        assert picture.tag.endswith("svg") and len(list(picture.iter())) > len(summary.layers)
