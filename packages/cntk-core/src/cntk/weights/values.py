"""New values for the weights of a network, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import numpy as np

from cntk.errors import ArgumentError, describe
from cntk.graph.function import Function
from cntk.storage.weights.stored import StoredArray
from cntk.variables import Constant, Parameter
from cntk.weights.names import named

AnyArray = TypeVar("AnyArray", np.ndarray, StoredArray)
_SHOWN = 5


def assign(function: Function, values: Mapping[str, np.ndarray], strict: bool = True) -> None:
    """Give the weights of a network new values; nothing changes unless all of them fit.

    Args:
        function: the network.
        values: arrays by the names of :func:`named`; floating-point types are converted.
        strict: each weight has a value, and each value a weight; else those that have none are
            left alone.

    Raises:
        ValueError: names are missing or unknown, or a shape or type does not fit.

    >>> z = C.parameter((2,), name="w") * 2
    >>> C.weights.assign(z, {"w": np.array([3, 4.0])})
    >>> z.eval()
    array([6., 8.], dtype=float32)
    """
    arrays = {name: np.asarray(value) for name, value in values.items()}
    changes = [
        (weight, np.asarray(array, weight._dtype, order="C"))
        for weight, array in fitting(function, arrays, strict)
    ]
    for weight, array in changes:
        weight.value = array


def fitting(
    function: Function, values: Mapping[str, AnyArray], strict: bool
) -> list[tuple[Parameter | Constant, AnyArray]]:
    """Return each weight with its new value, in the order of the values.

    Args:
        function: the network.
        values: what has a shape and an element type, by name.
        strict: see :func:`assign`.

    Raises:
        ValueError: names are missing or unknown, or a shape or type does not fit.
    """
    weights = named(function)
    missing = [name for name in weights if name not in values]
    unknown = [name for name in values if name not in weights]
    if strict and (missing or unknown):
        raise ArgumentError(
            describe(
                "the values are not those of this network",
                *([f"missing  {_some(missing)}"] if missing else []),
                *([f"unknown  {_some(unknown)}"] if unknown else []),
                hint="C.weights.named(function) lists the names; strict=False leaves others alone",
            )
        )
    pairs = []
    for name, value in values.items():
        weight = weights.get(name)
        if weight is None:
            continue
        if value.shape != weight.shape or value.dtype.kind != weight._dtype.kind:
            raise ArgumentError(
                describe(
                    f"the value of '{name}' does not fit",
                    f"expected {weight._dtype} of shape {list(weight.shape)}",
                    f"actual   {value.dtype} of shape {list(value.shape)}",
                )
            )
        pairs.append((weight, value))
    return pairs


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
