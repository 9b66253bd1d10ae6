"""The graph of a model file as entries and lines, from the file alone."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from cntk.commands.plain_text import columns, counted, plain
from cntk.graph.files.model import StoredFunction, read_model
from cntk.storage import Dictionary, Shape, StoredAxis
from cntk.storage.plain import to_python

_INPUT, _PARAMETER, _CONSTANT = 0, 2, 3
_TYPES = {0: "unknown", 1: "float32", 2: "float64", 4: "float16", 5: "int8", 6: "int16"}
_NUMBER = re.compile(r"\d+\Z")


def describe_model(dictionary: Dictionary) -> dict[str, Any]:
    """Return the parts of a model.

    Raises:
        ModelFileError: it is no model, or a part is missing or of the wrong type.
    """
    model = read_model(dictionary)
    leaves = {uid: _leaf(uid, entry) for uid, entry in model.leaves.items()}
    parameters = [leaf for leaf in leaves.values() if leaf["kind"] == _PARAMETER]
    return {
        "kind": "model",
        "root": model.root,
        "name": model.name,
        "uid": model.uid,
        "inputs": [leaf for leaf in leaves.values() if leaf["kind"] == _INPUT],
        "parameters": parameters,
        "constants": [leaf for leaf in leaves.values() if leaf["kind"] == _CONSTANT],
        "functions": [_function(function) for function in model.functions.values()],
        "parameter_count": sum(leaf["size"] for leaf in parameters),
        "parameter_bytes": sum(leaf["bytes"] for leaf in parameters),
    }


def model_lines(found: dict[str, Any]) -> list[str]:
    """Return a description as lines."""
    lines = [f"root {plain(found['root'])}" + _named(found["name"])]
    for kind in ("inputs", "parameters", "constants"):
        leaves = found[kind]
        total = ""
        if kind == "parameters":
            total = f": {found['parameter_count']:,} numbers, {found['parameter_bytes']:,} bytes"
        lines.append(f"{counted(len(leaves), kind[:-1])}{total}")
        lines += columns(
            (plain(x["uid"]), plain(x["name"]), x["type"], plain(x["shape"]), _axes(x))
            for x in leaves
        )
    lines.append(counted(len(found["functions"]), "function"))
    lines += columns(
        (
            plain(f["uid"]),
            plain(f["operation"]),
            plain(f["name"]),
            plain(", ".join(f["inputs"])),
            plain(f["attributes"] or ""),
        )
        for f in found["functions"]
    )
    return lines


def _leaf(uid: str, entry: Dictionary) -> dict[str, Any]:
    found = entry.get("value")
    value = found if isinstance(found, np.ndarray) else np.empty(0)
    shape = entry.get("shape")
    axes = entry.get("dynamic_axis")
    kind, code = entry.get("kind"), entry.get("data_type")
    return {
        "uid": uid,
        "name": str(entry.get("name", "")),
        "kind": kind if isinstance(kind, int) else None,
        "type": _TYPES.get(code, "unknown") if isinstance(code, int) else "unknown",
        "shape": list(shape.to_python()) if isinstance(shape, Shape) else None,
        "axes": [
            axis.name
            for axis in reversed(axes if isinstance(axes, list) else [])
            if isinstance(axis, StoredAxis)
        ],
        "is_sparse": entry.get("is_sparse") is True,
        "size": value.size,
        "bytes": value.nbytes,
    }


def _function(function: StoredFunction) -> dict[str, Any]:
    entry = function.entry
    described = entry.get("user_defined_state")
    operation = entry.get("block_function_op_name")
    if type(operation) is not str:
        operation = _NUMBER.sub("", function.uid)
    if isinstance(described, Dictionary):
        operation = f"user function {described.get('op_name')}"
    attributes = entry.get("attributes")
    return {
        "uid": function.uid,
        "name": function.name,
        "operation": operation,
        "is_block": "block_function_composite" in entry,
        "inputs": function.inputs,
        "attributes": _readable(attributes) if isinstance(attributes, Dictionary) else {},
    }


def _readable(value: Any) -> Any:
    """Return attributes as JSON knows them; axes as texts, and arrays as their types."""
    if isinstance(value, StoredAxis):
        return value.name
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {list(value.shape)}"
    if isinstance(value, Shape):
        return list(value.to_python())
    if isinstance(value, list):
        return [_readable(item) for item in value]
    if isinstance(value, dict):
        return {key: _readable(item) for key, item in value.items()}
    return to_python(value)


def _axes(leaf: dict[str, Any]) -> str:
    words = [plain(axis) for axis in leaf["axes"]] + ["sparse"] * leaf["is_sparse"]
    return ", ".join(words)


def _named(name: str) -> str:
    return f" '{plain(name)}'" if name else ""
