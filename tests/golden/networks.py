"""Cases that are networks: layers, learners and training runs, built from their expressions."""

from __future__ import annotations

import json
from functools import cache

import numpy as np

import cntk as C

from .golden_data import FOLDER


@cache
def described(folder: str) -> dict:
    """Return what ``<folder>/<folder>.json`` says."""
    return json.loads((FOLDER / folder / f"{folder}.json").read_text(encoding="utf-8"))


@cache
def numbers(path: str) -> dict[str, np.ndarray]:
    """Return the arrays of an npz file."""
    with np.load(FOLDER / path, allow_pickle=False) as file:
        return dict(file)


def names_of_layers() -> dict:
    """Return what expressions may use: ``C``, ``np`` and all of ``cntk.layers``."""
    import cntk.layers

    found = {name: getattr(cntk.layers, name) for name in dir(cntk.layers) if name[0] != "_"}
    return {**found, "C": C, "np": np}


def by_creation(variables) -> list:
    """Return variables in the order in which they were made."""
    return sorted(variables, key=lambda v: int("".join(filter(str.isdigit, v.uid))))


def assign(variables, entries: list[dict], arrays: dict, prefix: str = "") -> None:
    """Set variables, in order of creation, to recorded values; names and shapes must agree."""
    made = by_creation(variables)
    assert [(v.name, v.shape) for v in made] == [(e["name"], tuple(e["shape"])) for e in entries]
    for variable, entry in zip(made, entries):
        variable.value = arrays[prefix + entry["key"]]
