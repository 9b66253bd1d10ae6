"""Models of CNTK 2.7 are saved and restored unchanged; tests/golden tells what they compute."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.files import model_dictionary
from cntk.storage import read_dictionary

from .golden import FOLDER, MODELS, evaluate, path_of

# elementwise 1e-5; convolutions and recurrences add up in another order
TOLERANCE = {"rtol": 1e-4, "atol": 1e-6}


@pytest.mark.parametrize("name", [*(f"{name}.model" for name in MODELS), "checkpoint.ckpt"])
def test_a_model_is_saved_as_the_original_saved_it(name):
    """Key for key, type for type, but for the placeholders of edges that are no cycles."""
    original = read_dictionary(FOLDER / name)
    ours = model_dictionary(C.Function.load(FOLDER / name))
    for part in ("inputs", "primitive_functions"):
        theirs = by_uid(original.pop(part))
        mine = by_uid(ours.pop(part))
        for uid in theirs.keys() - mine.keys():
            assert "_Output_" in uid
            del theirs[uid]
        assert mine == theirs
    assert sorted_typed(ours) == sorted_typed(original)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_restores_itself(name):
    function = C.Function.load(path_of(name))
    for parameter in function.parameters:
        parameter.value = np.zeros(parameter.shape, parameter.dtype)
    function.restore(path_of(name))
    for found, expected in evaluate(name, function):
        np.testing.assert_allclose(found, expected, **TOLERANCE)


def by_uid(entries):
    return {entry["uid"]: sorted_typed(entry) for entry in entries}


def sorted_typed(value):
    """Return a value in a form that is equal only if all types and bytes are."""
    if isinstance(value, dict):
        return [(key, sorted_typed(value[key])) for key in sorted(value)]
    if isinstance(value, list):
        return ["list", *map(sorted_typed, value)]
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    return type(value), value
