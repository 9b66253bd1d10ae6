"""Cases that CNTK 2.7 computed, as calls of kernels: an expression is run with a stand-in for C."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

FOLDER = Path(__file__).parents[5] / "tests" / "data" / "golden" / "ops"


@cache
def _cases() -> tuple[dict, ...]:
    return tuple(json.loads((FOLDER / "ops.json").read_text(encoding="utf-8"))["cases"])


def cases(operator: str, word: str = "", without: str = "\n") -> list:
    """Return an operator's cases with results as test parameters, by a word in the expression."""
    return [
        pytest.param(case, id=case["id"])
        for case in _cases()
        if case["op"] == operator and "error" not in case
        if word in case["expr"] and without not in case["expr"]
    ]


class Golden:
    """The numbers of one case: inputs ``x``, output ``y``, gradients ``g``."""

    def __init__(self, case: dict) -> None:
        number = case["id"].partition("/")[2]
        with np.load(FOLDER / f"{case['op']}.npz") as file:
            start = f"c{number}."
            arrays = {k.removeprefix(start): file[k] for k in file.files if k.startswith(start)}
        self.x = {k: v for k, v in arrays.items() if k[0] == "x" and k[1:].isdigit()}
        self.g = {"x" + k[1:]: v for k, v in arrays.items() if k[0] == "g" and k[1:].isdigit()}
        self.y = arrays["y0"]
        self.expression = case["expr"]
        self.tolerance = 1e-10 if case["dtype"] == "float64" else 1e-4

    def run(self, **functions):
        """Evaluate the expression, in which ``C`` has the given functions."""
        constants = SimpleNamespace(MAX_POOLING=0, AVG_POOLING=1, MAX_UNPOOLING=0)
        stand_in = SimpleNamespace(ops=constants, Unknown=None, **functions)
        return eval(self.expression, {"C": stand_in, **self.x})

    def check(self, actual: np.ndarray, name: str) -> None:
        """Compare with output ``y`` or with the gradient to an input."""
        expected = self.y if name == "y" else self.g[name]
        assert actual.shape == expected.shape
        assert actual.dtype == expected.dtype
        np.testing.assert_allclose(actual, expected, rtol=self.tolerance, atol=self.tolerance)
