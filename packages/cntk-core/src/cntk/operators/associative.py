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
    if isinstance(operands[-1], str):
        *operands, name = operands
    if not any(hasattr(operand, "emit") for operand in operands):
        operands = as_variables(operands)  # numbers take the element type of all, not of a pair
    return _tree(function, list(operands), name)


def _tree(function: Callable, operands: list, name: str = ""):
    half = len(operands) // 2
    left, right = (
        part[0] if len(part) == 1 else _tree(function, part)
        for part in (operands[:half], operands[half:])
    )
    return function(left, right, name=name)
