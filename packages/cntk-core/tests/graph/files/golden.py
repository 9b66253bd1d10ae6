"""The models that CNTK 2.7 saved, with what it computed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

# Operators of another package, and of graphics cards only.
ELSEWHERE = {"roi_pooling"}
FOLDER = Path(__file__).parents[5] / "tests" / "data" / "golden" / "models"
DESCRIPTIONS = {
    Path(model["model"]).stem: model
    for model in json.loads((FOLDER / "models.json").read_text())["models"]
}
MODELS = sorted(set(DESCRIPTIONS) - ELSEWHERE)


def path_of(name):
    """Return the path of a golden model."""
    return FOLDER / f"{name}.model"


def evaluate(name, function):
    """Return (computed, expected) of each output of a model for the golden arguments."""
    numbers = np.load(FOLDER / f"{name}.npz")
    described = {a["name"]: a for a in DESCRIPTIONS[name]["arguments"]}
    arguments = {v: _argument(numbers, described[v.name]) for v in function.arguments}
    found = function.eval(arguments)
    results = [found] if len(function.outputs) == 1 else [found[o] for o in function.outputs]
    for i, (result, output) in enumerate(zip(results, DESCRIPTIONS[name]["outputs"])):
        expected = numbers[f"y{i}"]
        if output["sequence"]:
            result = np.concatenate([np.asarray(sequence) for sequence in result])
        yield np.asarray(result).reshape(expected.shape), expected


def _argument(numbers, described):
    data = numbers[described["name"]]
    if not described["sequence"]:
        return data
    ends = np.cumsum(numbers[described["name"] + "_len"])
    sequences = np.split(data, ends[:-1])
    if described["sparse"]:
        from scipy.sparse import csr_matrix

        return [csr_matrix(sequence) for sequence in sequences]
    return sequences
