"""Error classes, and the one builder that makes every message read alike."""

from __future__ import annotations

import os
import sys
from types import FrameType

PACKAGE_FOLDER = os.path.dirname(os.path.abspath(__file__))


class CNTKError(Exception):
    """Base of the toolkit's errors; each also is the builtin class that CNTK 2.7 raises there."""

    is_placed = False  # whether the text says where in the user's script


class ShapeError(CNTKError, ValueError, RuntimeError):
    """Static shapes do not fit an operator, or data do not fit a variable's shape."""


class AxisError(CNTKError, ValueError, RuntimeError):
    """Static or dynamic axes do not fit an operator or each other."""


class DTypeError(CNTKError, ValueError, TypeError):
    """Operands or data have different or unsupported element types."""


class ArgumentError(CNTKError, ValueError, TypeError):
    """An argument is missing, unknown, or of the wrong kind."""


class OutsideVariableError(ArgumentError):
    """A Python function that is to become a Function uses variables that are not its arguments."""


class NestedParameterError(CNTKError, TypeError):
    """A Python function that is to become a Function makes parameters."""


class ExecutionError(CNTKError, RuntimeError, ValueError):
    """A computation cannot be planned or run."""


class OutOfMemoryError(ExecutionError, MemoryError):
    """There is no memory for an array."""


class UnsupportedError(CNTKError, NotImplementedError):
    """A public name or option that this release does not support."""


def describe(what: str, *details: str, made_at: str | None = None, hint: str | None = None) -> str:
    """Return an error text: what went wrong, indented details, the user's line, one way out."""
    lines = [what, *("  " + line for detail in details for line in detail.splitlines())]
    if made_at:
        lines.append(f"  created at {made_at}")
    if hint:
        lines.append(f"  try: {hint}")
    return "\n".join(lines)


def placed(error: CNTKError, *details: str, made_at: str | None = None) -> CNTKError:
    """Return an error with more details and the user's line; its way out stays the last line.

    Args:
        error: an error, whose text may end with ``try: ...``.
        details: lines to add, such as the operands.
        made_at: the user's line, from :func:`place`.
    """
    if error.is_placed:
        return error
    what, _, hint = str(error).rpartition("try: ")
    if not what:
        what, hint = hint, ""
    found = type(error)(describe(what.rstrip(" \n;"), *details, made_at=made_at, hint=hint or None))
    found.is_placed = True
    return found


def user_frame() -> tuple[str, int, str] | None:
    """Return (file, line, function) of the nearest caller outside the toolkit."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename in _inside:  # of a graph, most are
        frame = frame.f_back
    while frame is not None:
        code = frame.f_code
        if _is_outside(code.co_filename):
            return code.co_filename, frame.f_lineno, code.co_name
        frame = frame.f_back
    return None


_inside: set[str] = set()


def _is_outside(filename: str) -> bool:
    """Whether a source file is not part of an installed ``cntk`` package."""
    if filename in _inside:
        return False
    if "cntk" + os.sep not in filename:
        return True
    import cntk

    roots = [os.path.abspath(path) + os.sep for path in cntk.__path__]
    if not any(os.path.abspath(filename).startswith(root) for root in roots):
        return True
    _inside.add(filename)
    return False


def place(frame: tuple[str, int, str] | None) -> str | None:
    """Return ``train.py:41 in model`` for a frame of :func:`user_frame`."""
    if frame is None:
        return None
    file, line, function = frame
    inside = "" if function == "<module>" else f"  in {function}"
    return f"{os.path.basename(file)}:{line}{inside}"
