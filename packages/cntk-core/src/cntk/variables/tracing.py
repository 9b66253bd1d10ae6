"""Whether the body of a Python function is being turned into a Function, and of what arguments."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar

# of each such body, from the outermost one on
_tracing: ContextVar[tuple[frozenset, ...]] = ContextVar("tracing", default=())


@contextmanager
def tracing(arguments=()):
    """Mark that such a body is running, with these variables as its arguments."""
    token = _tracing.set((*_tracing.get(), frozenset(arguments)))
    try:
        yield
    finally:
        _tracing.reset(token)


def is_tracing() -> bool:
    """Whether such a body is running."""
    return bool(_tracing.get())


def arguments_of_running_bodies() -> frozenset:
    """Return the arguments of all such bodies: those of functions that stand in one another."""
    return frozenset().union(*_tracing.get())
