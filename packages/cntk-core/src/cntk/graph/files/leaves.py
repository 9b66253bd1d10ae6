"""Leaves of the graph - inputs, parameters, constants, placeholders - as entries of a model."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from cntk.axis import UNKNOWN_AXES, Axis
from cntk.cell import Cell
from cntk.dtypes import dtype_code, dtype_of_code, held_dtype_of_code
from cntk.errors import DTypeError
from cntk.graph.files.attributes import axis_of, stored_axis
from cntk.graph.files.model import check_kind
from cntk.storage import Deferred, Dictionary, ModelFileError, Shape, SizeT, StoredAxis
from cntk.variables import Constant, Parameter, Variable, VariableKind

VERSION = 1
WITH_VALUE = {VariableKind.Parameter: Parameter, VariableKind.Constant: Constant}


def leaf_entry(variable: Variable, uid: str, kind: VariableKind) -> Dictionary:
    """Return the entry of a variable.

    Args:
        variable: a leaf, or the output that a placeholder stands for.
        uid: its label in the file.
        kind: what it is in the file.

    Raises:
        ValueError: the shape of a parameter is not known yet.
    """
    entry = Dictionary(
        version=SizeT(VERSION),
        type="Variable",
        uid=uid,
        kind=SizeT(kind),
        data_type=SizeT(dtype_code(variable._dtype)),
        dynamic_axis=[stored_axis(axis) for axis in reversed(variable.dynamic_axes)],
        # of placeholders both follow from what they stand for
        is_sparse=kind != VariableKind.Placeholder and variable.is_sparse,
        needs_gradient=kind != VariableKind.Placeholder and variable.needs_gradient,
    )
    if variable.name:
        entry["name"] = variable.name
    if kind in WITH_VALUE:
        cell = variable.cell  # type: ignore[attr-defined]
        assert variable._dtype is not None, "a parameter has an element type"
        entry["value"] = _value_of(cell, variable.shape, variable._dtype)
    entry["shape"] = Shape.from_python(variable.shape)
    return entry


def _value_of(cell: Cell, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray | Deferred:
    """Return the value of a parameter or constant: itself, or what makes it for the moment."""
    make = partial(cell.as_plain, shape, dtype)
    return make() if cell.is_plain else Deferred(make, shape, dtype)


def leaf_of(entry: Dictionary, uid: str) -> Variable:
    """Return the variable that an entry describes.

    Raises:
        ModelFileError: a key is missing or does not fit the others.
    """
    where = f"variable '{uid}'"
    check_kind(entry, {"Variable": VERSION}, where)
    kind = entry.require("kind", SizeT, where)
    if kind not in (VariableKind.Input, VariableKind.Placeholder, *WITH_VALUE):
        raise ModelFileError(f"{where} has an unknown kind", expected="0, 2, 3 or 4", actual=kind)
    dtype = _dtype(entry, where, held_dtype_of_code if kind in WITH_VALUE else dtype_of_code)
    axes = _axes(entry, where)
    shape = entry.require("shape", Shape, where).to_python()
    name = entry.optional("name", str, "", where)
    is_sparse = entry.require("is_sparse", bool, where)
    if kind in WITH_VALUE:
        variable = _with_value(VariableKind(kind), entry, shape, dtype, name, where)
    else:
        if dtype is None and kind == VariableKind.Input:
            raise ModelFileError(f"{where} has no element type")
        variable = Variable(None, dtype, False, is_sparse, axes, name, VariableKind(kind))
        variable._shape = shape
    variable._needs_gradient = entry.require("needs_gradient", bool, where)
    variable._uid = uid
    return variable


def _with_value(
    kind: VariableKind, entry: Dictionary, shape: tuple, dtype: Any, name: str, where: str
) -> Variable:
    value = entry.require("value", np.ndarray, where)
    if value.shape != shape or value.dtype != dtype:
        raise ModelFileError(
            f"the value of {where} does not fit it",
            expected=f"{dtype} of shape {list(shape)}",
            actual=f"{value.dtype} of shape {list(value.shape)}",
        )
    made = WITH_VALUE[kind]
    variable = made.__new__(made)
    variable._init_stored(Cell(value), shape, None, name, kind)
    variable._dtype = dtype  # also one that users cannot ask for, because nothing computes with it
    return variable


def _dtype(entry: Dictionary, where: str, of_code: Callable) -> np.dtype | None:
    try:
        return of_code(entry.require("data_type", SizeT, where))
    except DTypeError as error:
        raise ModelFileError(f"{where}: {error}") from None


def _axes(entry: Dictionary, where: str) -> tuple[Axis, ...]:
    stored = entry.require("dynamic_axis", list, where)
    axes = tuple(axis_of(axis) for axis in reversed(stored) if isinstance(axis, StoredAxis))
    dynamic = all(isinstance(axis, Axis) and axis.is_dynamic_axis() for axis in axes)
    if len(axes) != len(stored) or not (dynamic or axes == UNKNOWN_AXES):
        raise ModelFileError(f"{where} has dynamic axes that are none", actual=stored)
    return axes  # type: ignore[return-value]
