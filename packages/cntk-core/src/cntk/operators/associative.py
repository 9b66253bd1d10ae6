"""Functions of two operands that are called with many."""

from __future__ import annotations

from collections.abc import Callable

from cntk.graph.build import as_variables


def balanced(function: Callable, *operands, name: str = ""):
    """Return the result of applying a function of two operands to many, as a balanced tree.

    Args:
        function: takes two operands and ``name``.
        operands: two or more; a last one that is a string is the name.
        name: name of the root; the inner results have none.
    """
    leaves = list(operands)
    if isinstance(leaves[-1], str):
        name = leaves.pop()
    if not any(hasattr(leaf, "emit") for leaf in leaves):
        leaves = as_variables(leaves)  # numbers take the element type of all, not of a pair
    return _tree(function, leaves, name)


def _tree(function: Callable, operands: list, name: str = ""):
    half = len(operands) // 2
    left, right = (
        part[0] if len(part) == 1 else _tree(function, part)
        for part in (operands[:half], operands[half:])
    )
    return function(left, right, name=name)
