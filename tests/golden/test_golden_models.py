"""Models that CNTK 2.7 saved compute here, loaded and saved again, what they computed there."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
from scipy.sparse import csr_matrix

import cntk as C
from cntk.graph.files.operations import ELSEWHERE
from cntk.operators.declare import registry
from cntk.storage import ModelFileError

from .golden_data import FOLDER
from .waiting import wait

MODELS = FOLDER / "models"


@cache
def described() -> list[dict]:
    return json.loads((MODELS / "models.json").read_text("utf-8"))["models"]


def due_models() -> list:
    """Return the models whose operations all exist; the others wait."""
    due = []
    for model in described():
        name = model["model"].removesuffix(".model")
        try:
            C.Function.load(MODELS / model["model"])
        except ModelFileError as error:
            if "cannot be computed here" in str(error):
                wait(f"models/{name}", str(error).rpartition("try: ")[2])
                continue
        due.append(pytest.param(model, id=name))
    return due


def test_operations_that_models_wait_for_are_no_operators_here():
    declared = {getattr(operator.stored, "id", None) for operator in registry.values()}
    assert not declared & ELSEWHERE.keys(), "take it off the list"


@pytest.mark.parametrize("model", due_models())
def test_a_model_computes_what_the_original_computed(model, tmp_path):
    function = C.Function.load(MODELS / model["model"])
    function.save(tmp_path / "again.model")
    for each in (function, C.Function.load(tmp_path / "again.model")):
        compare(each, model)


def compare(function: C.Function, model: dict) -> None:
    arrays = np.load((MODELS / model["model"]).with_suffix(".npz"), allow_pickle=False)
    entries = {entry["name"]: entry for entry in model["arguments"]}
    found = function.eval({v: data_of(arrays, entries[v.name]) for v in function.arguments})
    results = [found] if len(function.outputs) == 1 else [found[o] for o in function.outputs]
    for result, output in zip(results, model["outputs"], strict=True):
        expected = arrays[output["key"]]
        rows = np.concatenate(result) if output["sequence"] else np.asarray(result)
        # convolutions and recurrences add up in another order
        np.testing.assert_allclose(rows.reshape(expected.shape), expected, 1e-4, 1e-6)


def data_of(arrays, entry: dict):
    """Return what is fed for an argument; sequences as a list."""
    data = arrays[entry["name"]]
    if not entry["sequence"]:
        return data
    sequences = np.split(data, np.cumsum(arrays[entry["name"] + "_len"])[:-1])
    return [csr_matrix(frames) for frames in sequences] if entry["sparse"] else sequences
