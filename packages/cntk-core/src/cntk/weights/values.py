"""New values for the weights of a network, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cntk.errors import ArgumentError, describe
from cntk.graph.function import Function
from cntk.weights.names import named

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
    changes = []
    for name, weight in weights.items():
        if name not in values:
            continue
        value = np.asarray(values[name])
        if value.shape != weight.shape or value.dtype.kind != weight._dtype.kind:
            raise ArgumentError(
                describe(
                    f"the value of '{name}' does not fit",
                    f"expected {weight._dtype} of shape {list(weight.shape)}",
                    f"actual   {value.dtype} of shape {list(value.shape)}",
                )
            )
        changes.append((weight, np.asarray(value, weight._dtype, order="C")))
    for weight, value in changes:
        weight.value = value


def _some(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
