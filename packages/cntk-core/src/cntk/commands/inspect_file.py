"""``python -m cntk inspect FILE``: what is in a file of ours, without loading it."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from cntk.commands.inspect_model import describe_model, model_lines
from cntk.commands.inspect_trainer import describe_trainer, trainer_lines
from cntk.commands.plain_text import columns, counted, plain
from cntk.storage import ModelFileError, describe_dictionary, read_dictionary
from cntk.storage.weights.npz import read_npz
from cntk.storage.weights.safetensors import read_safetensors


def description(path: str, check: bool = False) -> dict[str, Any]:
    """Return what is in a file, in a form that is JSON too.

    Nothing is built, and of arrays only types and shapes are read.

    Args:
        path: a model, the second file of a checkpoint, or weights in safetensors or npz.
        check: read all of it, and compare with its checksum.

    Raises:
        ValueError: the file is damaged, or of another kind.
    """
    suffix = os.path.splitext(path)[1].lower()
    found: dict[str, Any]
    if suffix == ".safetensors":
        arrays, metadata = read_safetensors(path, values=check)
        found = {"kind": "safetensors", "checksum": False, "metadata": metadata}
        found["arrays"] = _described(arrays)
    elif suffix == ".npz":
        arrays = read_npz(path, values=check)
        found = {"kind": "npz", "checksum": True, "arrays": _described(arrays)}
    else:
        dictionary, stamp = describe_dictionary(path)
        if check:
            read_dictionary(path)
        describe = describe_trainer if "Learners" in dictionary else describe_model
        try:
            found = describe(dictionary)
        except ModelFileError as error:
            raise error.located(file=path, offset=0) from error.__cause__
        found["checksum"] = stamp is not None
        found["producer"] = "cntk-core" if stamp else "CNTK 2.7, or another program"
    return {"file": path, "bytes": os.path.getsize(path), "checked": check, **found}


def report(path: str, check: bool = False, as_json: bool = False) -> str:
    """Return the description as text; see :func:`description`."""
    found = description(path, check)
    if as_json:
        return json.dumps(found, indent=2)
    first = f"{found['kind']}, {found['bytes']:,} bytes"
    if "producer" in found:
        first += f", written by {found['producer']}"
    if check:
        first += ", whole and unchanged" if found["checksum"] else ", whole, without a checksum"
    if found["kind"] == "model":
        lines = model_lines(found)
    elif found["kind"] == "state of a trainer":
        lines = trainer_lines(found)
    else:
        lines = _array_lines(found)
    return "\n".join([first, *lines])


def _described(arrays: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    return [
        {"name": name, "type": str(a.dtype), "shape": list(a.shape), "bytes": a.nbytes}
        for name, a in arrays.items()
    ]


def _array_lines(found: dict[str, Any]) -> list[str]:
    arrays = found["arrays"]
    rows = [(plain(a["name"]), a["type"], str(a["shape"]), f"{a['bytes']:,}") for a in arrays]
    metadata = [f"  {plain(k)}: {plain(v)}" for k, v in found.get("metadata", {}).items()]
    return [
        *(["metadata", *metadata] if metadata else []),
        f"{counted(len(arrays), 'array')}, {sum(a['bytes'] for a in arrays):,} bytes",
        *columns(rows),
    ]
