"""The cases of ``structure.json``: which graph CNTK 2.7 built, and the same expression here."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path

import numpy as np

import cntk as C
import cntk.layers

FILE = Path(__file__).resolve().parents[1] / "data" / "structure" / "structure.json"
BATCH = C.Axis.default_batch_axis()


@cache
def all_cases() -> list[dict]:
    """Return the cases, each with an ``id``: ``op/number``."""
    cases = json.loads(FILE.read_text(encoding="utf-8"))
    numbers: dict[str, int] = {}
    for case in cases:
        number = numbers[case["op"]] = numbers.get(case["op"], -1) + 1
        case["id"] = f"{case['op']}/{number}"
    return cases


def built(case: dict) -> C.Function:
    """Return the Function of a case's expression; automatic random seeds start from 0."""
    C.cntk_py.reset_random_seed(0)
    with C.default_options(dtype=np.dtype(case["dtype"]).type):
        names = {entry["name"]: _declared(entry, case["dtype"]) for entry in case["inputs"]}
        result = eval(case["expr"], {**names_in_expressions(), **names})
    return result if isinstance(result, C.Function) else C.combine([result])


@cache
def names_in_expressions() -> dict:
    """Return what expressions may use: ``C``, ``np`` and all of ``cntk.layers``."""
    found = {name: getattr(cntk.layers, name) for name in dir(cntk.layers) if name[0] != "_"}
    return {**found, "C": C, "np": np}


def missing_name(expr: str) -> str | None:
    """Return why a name that an expression uses does not exist; None if all do."""
    for node in ast.walk(ast.parse(expr, mode="eval")):
        try:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                _check_called(node.func.id)
            elif isinstance(node, ast.Attribute):
                _resolved(node)
        except (AttributeError, ModuleNotFoundError) as error:
            return str(error)
    return None


def _check_called(name: str) -> None:
    import builtins

    if name not in names_in_expressions() and not hasattr(builtins, name):
        getattr(cntk.layers, name)


def _resolved(node: ast.Attribute):
    """Return what ``C.sequence.first`` is; None for attributes of other things."""
    if isinstance(node.value, ast.Name):
        return getattr(C, node.attr) if node.value.id == "C" else None
    if isinstance(node.value, ast.Attribute):
        base = _resolved(node.value)
        return None if base is None else getattr(base, node.attr)
    return None


def _declared(entry: dict, dtype: str):
    shape, axes, name = tuple(entry["shape"]), entry["dynamic_axes"], entry["name"]
    if axes in ("parameter", "constant"):
        values = np.linspace(-0.4, 0.6, int(np.prod(shape))).reshape(shape).astype(dtype)
        return C.parameter(init=values) if axes == "parameter" else C.constant(value=values)
    dynamic_axes = [] if axes == "none" else [BATCH]
    if axes.startswith("batch+sequence"):
        other = axes.partition("'")[2].rstrip("')")
        dynamic_axes.append(C.Axis(other) if other else C.Axis.default_dynamic_axis())
    return C.input_variable(
        shape,
        dtype=np.dtype(dtype).type,
        needs_gradient=axes != "none",
        is_sparse=entry["sparse"],
        dynamic_axes=dynamic_axes,
        name=name,
    )
