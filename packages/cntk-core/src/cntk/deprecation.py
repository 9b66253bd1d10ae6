"""Spellings of early releases that still work and give a warning, and members that are gone."""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

_NOT_THE_USER = ("cntk", "importlib")  # packages whose lines are not where a spelling is used


def warn_deprecated(old: str, new: str) -> None:
    """Tell the user's line that it has an older spelling.

    Args:
        old: the spelling, such as ``RNNUnit()``.
        new: what to write now.

    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     warn_deprecated("RNNUnit()", "RNNStep()")
    >>> print(told[0].message)
    RNNUnit() will be removed in future versions. Please use RNNStep() instead.
    """
    warn_user(
        f"{old} will be removed in future versions. Please use {new} instead.", DeprecationWarning
    )


def warn_user(text: str, category: type[Warning] = UserWarning) -> None:
    """Give a warning at the line of the user, whichever part of the toolkit has met its cause.

    Args:
        text: the warning.
        category: its class.

    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     warn_user("the data are of another type")
    >>> print(told[0].category.__name__, told[0].message)
    UserWarning the data are of another type
    """
    frame = _line_of_the_user()
    warnings.warn_explicit(
        text,
        category,
        frame.f_code.co_filename,
        frame.f_lineno,
        frame.f_globals.get("__name__"),
        frame.f_globals.setdefault("__warningregistry__", {}),
    )


def _line_of_the_user() -> FrameType:
    """Return the innermost call that is none of the toolkit's own."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _package(frame) in _NOT_THE_USER:
        frame = frame.f_back
    return frame


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def older_name(name: str, function: Callable) -> Callable:
    """Return a function that warns of its own name and does what another one does.

    Args:
        name: the older name.
        function: what has the new name.
    """

    @functools.wraps(function)
    def older(*args, **kwargs):
        warn_deprecated(f"{name}()", f"{function.__name__}()")
        return function(*args, **kwargs)

    older.__name__ = older.__qualname__ = name
    older.__doc__ = f"Return what :func:`{function.__name__}` returns; the older name of it."
    return older


class NativeMember:
    """Stands in a class for a member of CNTK 2.7's native library that nothing here needs.

    Who asks for it is told what to use instead; ``hasattr`` says that there is none.

    Args:
        instead: what serves the purpose.

    >>> class View:
    ...     erase = NativeMember("del view")
    >>> View().erase
    Traceback (most recent call last):
    ...
    AttributeError: 'erase' served the native library of CNTK 2.7. try: del view
    """

    def __init__(self, instead: str) -> None:
        self._instead, self._name = instead, ""

    def __set_name__(self, home: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, home: type | None = None) -> NoReturn:
        raise self.error()

    def error(self) -> AttributeError:
        """Return what is raised."""
        return AttributeError(
            f"'{self._name}' served the native library of CNTK 2.7. try: {self._instead}",
            name=self._name,
        )
