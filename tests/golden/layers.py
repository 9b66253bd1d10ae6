"""Layers with the parameters and data of a recorded case."""

from __future__ import annotations

import numpy as np

import cntk as C

from .expressions import declare, fed
from .networks import assign, names_of_layers, numbers

LOOSE = {"convolution", "convolution_transpose", "pooling", "batch_normalization", "recurrence",
         "fold", "recurrence_from", "unfold_from", "layer_normalization", "attention"}  # fmt: skip


class Layer:
    """A case's Function with its parameters and constants set."""

    def __init__(self, case: dict) -> None:
        group, _, number = case["id"].rpartition("/")
        self.case, self.prefix = case, f"c{number}."
        self.arrays = numbers(f"layers/{group}.npz")
        self.variables = {e["name"]: self._declared(e) for e in case["inputs"]}
        with C.default_options(dtype=np.dtype(case["dtype"]).type):
            result = eval(case["expr"], {**names_of_layers(), **self.variables})
        self.function = result if hasattr(result, "eval") else C.combine([result])
        axes = self.function.outputs[0].dynamic_axes
        alike = [name for name, v in self.variables.items() if v.dynamic_axes == axes]
        self.like_output = alike[0] if alike else "x0"  # the input with the output's lengths
        self.data = {self.variables[e["name"]]: self._data(e) for e in case["inputs"]}
        assign(self.function.parameters, case.get("parameters", []), self.arrays, self.prefix)
        for name in case.get("constants_before", []):
            self.statistic(name[2:]).value = self[name]
        base = 1e-4 if group.rstrip("64") in LOOSE else 1e-5
        self.tolerance = (1e-9, 1e-9) if case["dtype"] == "float64" else (base, base)

    def __getitem__(self, key: str):
        value = self.arrays[self.prefix + key]
        for length in (f"{key}_len", f"{key.replace('g', '')}_len", f"{self.like_output}_len"):
            lengths = self.arrays.get(self.prefix + length)
            if lengths is not None and value.ndim and len(value) == lengths.sum():
                return np.split(value, np.cumsum(lengths)[:-1])
        return value

    def _declared(self, entry: dict):
        wants = f"{self.prefix}g{entry['name']}" in self.arrays
        return declare(entry, self.case["dtype"], wants)

    def _data(self, entry: dict):
        return fed(self[entry["name"]], entry["sparse"])

    def statistic(self, name: str):
        """Return the running statistic of that name."""
        return next(c for c in self.function.constants if c.name == name)
