"""Building and running the expression of a case."""

from __future__ import annotations

import ast

import numpy as np

import cntk as C
from cntk.sparse import SparseRows
from cntk.variables import Constant, Parameter, Variable

from .golden_data import Case

BATCH = C.Axis.default_batch_axis()


class Built:
    """The Function of a case, its variables and the data to feed.

    Args:
        case: the case; its expression is evaluated here.
    """

    def __init__(self, case: Case) -> None:
        values = case.arrays("x")
        self.variables = {entry["name"]: _declare(case, entry, values) for entry in case.inputs}
        self.data = {
            self.variables[entry["name"]]: fed(values[entry["name"]], entry["sparse"])
            for entry in case.inputs
            if entry["dynamic_axes"] not in ("parameter", "constant")
        }
        self.function = _evaluate(case.expr, self.variables)

    def arguments(self) -> dict:
        """Return the data of the variables that the Function has."""
        return {v: data for v, data in self.data.items() if v in self.function.arguments}

    def results(self) -> list:
        """Return the value of each output."""
        outputs = list(self.function.outputs)
        found = self.function.eval(self.arguments())
        return [found] if len(outputs) == 1 else [found[output] for output in outputs]

    def gradients(self, names) -> list:
        """Return the gradient of the sum of the output with respect to each named input."""
        wanted = [self.variables[name] for name in names]
        found = self.function.grad(self.arguments(), wanted)
        return [found] if len(wanted) == 1 else [found[variable] for variable in wanted]


def missing_name(expr: str) -> str | None:
    """Return why a name that an expression uses does not exist; None if all do."""
    for node in ast.walk(ast.parse(expr, mode="eval")):
        path = _path_from_c(node)
        found = C
        for name in path:
            try:
                found = getattr(found, name)
            except (AttributeError, ModuleNotFoundError) as error:
                return str(error)
    return None


def _path_from_c(node: ast.AST) -> list[str]:
    """Return ``["sequence", "first"]`` for ``C.sequence.first``; nothing for other nodes."""
    path = []
    while isinstance(node, ast.Attribute):
        path.insert(0, node.attr)
        node = node.value
    return path if isinstance(node, ast.Name) and node.id == "C" else []


def _evaluate(expr: str, variables: dict):
    result = eval(expr, {"C": C, "np": np, **variables})
    return C.combine([result]) if isinstance(result, Variable) else result


def _declare(case: Case, entry: dict, values: dict) -> Variable:
    name, axes = entry["name"], entry["dynamic_axes"]
    if axes == "parameter":
        return Parameter(init=values[name], dtype=case.dtype, name=name)
    if axes == "constant":
        return Constant(values[name], dtype=case.dtype, name=name)
    return declare(entry, case.dtype, name in case.gradients)


def declare(entry: dict, dtype: str, needs_gradient: bool) -> Variable:
    """Return the input variable that an entry of a case describes."""
    axes = _dynamic_axes(entry["dynamic_axes"])
    shape = tuple(entry["shape"])
    return Variable(shape, dtype, needs_gradient, entry["sparse"], axes, entry["name"])


def _dynamic_axes(text: str) -> tuple:
    if text == "none":
        return ()
    if text == "batch":
        return (BATCH,)
    if text == "batch+sequence":
        return (BATCH, C.Axis.default_dynamic_axis())
    return (BATCH, C.Axis(text.split("'")[1]))


def fed(value, is_sparse: bool):
    """Return data as they are fed: sparse ones as compressed rows."""
    if not is_sparse:
        return value
    if isinstance(value, list):
        return [SparseRows.from_dense(part.reshape(len(part), -1)) for part in value]
    return SparseRows.from_dense(value.reshape(len(value), -1))
