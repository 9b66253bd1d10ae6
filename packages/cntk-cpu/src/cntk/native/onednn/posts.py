"""What a primitive does with each number of its result: chains in oneDNN's words.

oneDNN knows operations one after the other, each with numbers, or with an operand that is as large
as the result or has a number for each channel. Not every chain can be said so.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from cntk.execution.passes.forms import DENSE, SCALAR, Form
from cntk.execution.passes.formula import Compute, Formula
from cntk.native.onednn.interface import (
    Fixed,
    Owned,
    call,
    dense,
    make,
    options,
    unshared_options,
)

# operations as oneDNN numbers them
_TANH, _ABS, _LINEAR, _LOGISTIC, _EXP = 0x21, 0x24, 0x26, 0x29, 0x2A
_ADD, _MULTIPLY, _DIVIDE, _SUBTRACT = 0x1FFF0, 0x1FFF1, 0x1FFF4, 0x1FFF5
_SLOPE = 0  # times a number, where it is less than 0: oneDNN's prelu
_ARGUMENTS, _SECOND, _WEIGHTS = 32768, 2, 33  # an operation's argument is the sum of two of these
_MOST = 16  # operations; oneDNN has no more than 32


class Post(NamedTuple):
    """One operation on each number of a result.

    ``algorithm``: which; ``alpha``, ``beta``: its numbers; ``operand``: position of its operand
    among those of the chain, None without; ``size``: ``whole``, ``channels`` or ``one``.
    """

    algorithm: int
    alpha: float = 0.0
    beta: float = 0.0
    operand: int | None = None
    size: str = ""


_OF_ONE = {
    "relu": Post(_SLOPE),  # oneDNN's own relu makes 0 of nan
    "tanh": Post(_TANH),
    "sigmoid": Post(_LOGISTIC),
    "exp": Post(_EXP),
    "abs": Post(_ABS),
    "negate": Post(_LINEAR, -1.0),
}
# What relu multiplies by where nothing is above zero: numbers become 0 and not -0, though 0 itself
# becomes -0; an infinity becomes nan.
_NOTHING = Fixed(np.array([-0.0], np.float32))
_OF_TWO = {"plus": _ADD, "minus": _SUBTRACT, "element_times": _MULTIPLY, "quotient": _DIVIDE}


def posts_of(formula: Formula, channels: int) -> tuple[Post, ...] | None:
    """Return the operations that a formula is for its first load; None: there are no such.

    Args:
        formula: the formula of a chain.
        channels: of its elements; they vary fastest.
    """
    store = formula.stores[0]
    if len(formula.stores) > 1 or store.stride:
        return None
    found: list[Post] = []
    value = 0
    for number, compute in enumerate(formula.computes, len(formula.loads)):
        posts = _posts(compute, value, formula, channels)
        if posts is None or len(found) + len(posts) > _MOST:
            return None
        found += posts
        value = number
    return tuple(found) if store.source == value and found else None


def _posts(compute: Compute, value: int, formula: Formula, channels: int) -> Sequence[Post] | None:
    """Return the operations of one computation on a value, the only one that it has to do with."""
    name, sources = compute.operator.name, compute.sources
    if sources == (value,):
        return [_OF_ONE[name]] if name in _OF_ONE else None
    others = [source for source in sources if source != value]
    if name not in _OF_TWO or len(sources) != 2 or len(others) != 1:
        return None
    if others[0] >= len(formula.loads):
        return None
    position, form = formula.loads[others[0]]
    comes_first = sources[0] == value
    if not isinstance(form, Form):
        return _with_number(name, form, comes_first)
    size = _size(form, channels)
    if size is None:
        return None
    if comes_first or name in ("plus", "element_times"):
        return [Post(_OF_TWO[name], operand=position, size=size)]
    if name == "minus":
        return [Post(_LINEAR, -1.0), Post(_ADD, operand=position, size=size)]
    return None


def _with_number(name: str, number: float, comes_first: bool) -> Sequence[Post] | None:
    if name == "plus":
        return [Post(_LINEAR, 1.0, number)]
    if name == "minus":
        return [Post(_LINEAR, 1.0, -number) if comes_first else Post(_LINEAR, -1.0, number)]
    return [Post(_LINEAR, number)] if name == "element_times" else None


def _size(form: Form, channels: int) -> str | None:
    """Return how large an operand is that is read in some form."""
    if form == DENSE:
        return "whole"
    if form == SCALAR:
        return "one"
    return "channels" if form == Form("periodic", 1, channels) else None


def arguments(posts: Sequence[Post], first: int) -> Iterator[tuple[int, int | Fixed]]:
    """Yield the number of each argument of operations, and where it lies.

    Args:
        posts: the operations.
        first: position of the place of the operand 1 of the chain; those of others follow.
    """
    for i, post in enumerate(posts):
        base = _ARGUMENTS * (i + 1)
        if post.operand is not None:
            yield base + _SECOND, first + post.operand - 1
        elif post.algorithm == _SLOPE:
            yield base + _WEIGHTS, _NOTHING


def attribute(posts: tuple[Post, ...], shape: tuple[int, ...]) -> Owned:
    """Return the attribute of a primitive that goes on with operations.

    Args:
        posts: the operations.
        shape: of the result, whose channels vary fastest.
    """
    if not posts:
        return options()
    chosen, listed = unshared_options(), make("post_ops_create", "post_ops")
    for post in posts:
        if post.algorithm == _SLOPE:
            call("post_ops_append_prelu", listed, ctypes.c_int(0))
        elif post.operand is None:
            call("post_ops_append_eltwise", listed, ctypes.c_int(post.algorithm),
                 ctypes.c_float(post.alpha), ctypes.c_float(post.beta))  # fmt: skip
        else:
            call("post_ops_append_binary", listed, ctypes.c_int(post.algorithm),
                 _described(post.size, shape))  # fmt: skip
    call("primitive_attr_set_post_ops", chosen, listed)
    return chosen


def _described(size: str, shape: tuple[int, ...]) -> Owned:
    """Return the descriptor of an operand."""
    if size == "whole":
        return dense(shape, channels_last=True)
    ones = (1,) * (len(shape) - 2)
    return dense((1, shape[1] if size == "channels" else 1, *ones))
