"""Decorators that dressed the original's native objects in Python classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_F = TypeVar("_F", bound=Callable)


def typemap(f: _F) -> _F:
    """Return the function itself: its results are Python objects already."""
    return f


def map_if_possible(obj: object) -> None:
    """Leave the object as it is: its class is the Python class already."""
