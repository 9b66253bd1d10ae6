"""Functions of two operands that take any number of them."""

from __future__ import annotations

import functools
from collections.abc import Callable

from cntk.operators.associative import balanced


def associative_multi_arg(f: Callable) -> Callable:
    """Return a function of two or more operands for one of two: it is applied as a balanced tree.

    Args:
        f: associative function of two operands and ``name``.

    >>> @C.associative_multi_arg
    ... def larger(left, right, name=''):
    ...     return C.element_max(left, right, name=name)
    >>> larger([1, 5], [2, 0], [3, 3], name='largest').eval()
    array([3., 5.], dtype=float32)
    """

    @functools.wraps(f)
    def associative_binary_operation(arg1, arg2, *more, name=""):
        return balanced(f, arg1, arg2, *more, name=name)

    return associative_binary_operation
