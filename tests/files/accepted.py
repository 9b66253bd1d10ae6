"""The forms of files that CNTK 2.7 has loaded, by digest: they show a change of the writer."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path

import numpy as np

from cntk.graph.files import model_dictionary
from cntk.storage import StoredAxis

FILE = Path(__file__).resolve().parents[1] / "data" / "files" / "accepted.json"
_OF_EACH_RUN = {"rngSeed", "rngOffset"}


@cache
def accepted() -> dict[str, str]:
    """Return {network: digest of its file}, as recorded."""
    return json.loads(FILE.read_text("utf-8"))


def write_accepted(digests: dict[str, str]) -> None:
    """Record digests."""
    FILE.write_text(json.dumps(dict(sorted(digests.items())), indent=0) + "\n", "utf-8")


def digest(function) -> str:
    """Return a digest of all that a network's file holds but for uids, seeds and large values."""
    model = model_dictionary(function)
    uids = [entry["uid"] for entry in (*model["inputs"], *model["primitive_functions"])]
    uids.append(model["uid"])
    blocks = [f for f in model["primitive_functions"] if "block_function_composite" in f]
    uids += [block["block_function_composite"]["uid"] for block in blocks]
    numbers = {uid: f"#{i}" for i, uid in enumerate(dict.fromkeys(uids))}
    return hashlib.sha256(repr(_canonical(model, numbers)).encode()).hexdigest()[:16]


def _canonical(value, numbers: dict[str, str]):
    """Return a value with its types, in a form that does not depend on the order of keys."""
    if isinstance(value, dict):
        keys = sorted(value.keys() - _OF_EACH_RUN)
        return [(key, _canonical(value[key], numbers)) for key in keys]
    if isinstance(value, list):
        return [_canonical(item, numbers) for item in value]
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tolist() if value.size == 1 else None
    if isinstance(value, StoredAxis):  # names of new axes end in uids
        return value.static_index, re.sub(r"\d+", "#", value.name), value.is_ordered
    if isinstance(value, str):
        owner, _, output = value.partition("_Output_")
        return (numbers.get(value) or numbers.get(owner, owner)) + output
    return type(value).__name__, value
