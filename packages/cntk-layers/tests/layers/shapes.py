"""What the tests look at: names and shapes of parameters and constants."""

from __future__ import annotations


def shapes(variables) -> dict[str, tuple[int, ...]]:
    """Return {name: static shape}."""
    return {variable.name: variable.shape for variable in variables}


def body(function):
    """Return the composite inside of a layer's block."""
    return function.root_function.block_root
