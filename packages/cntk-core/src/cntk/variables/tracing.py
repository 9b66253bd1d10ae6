"""Whether the body of a Python function is being turned into a Function."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar

_tracing: ContextVar[int] = ContextVar("tracing", default=0)


@contextmanager
def tracing():
    """Mark that the body of a Python function is being turned into a Function."""
    token = _tracing.set(_tracing.get() + 1)
    try:
        yield
    finally:
        _tracing.reset(token)


def is_tracing() -> bool:
    """Whether such a body is running."""
    return bool(_tracing.get())
