"""The named calls that go up the import picture.

Variables carry ``+ @`` and Functions carry ``eval``: both act through modules that stand on them.
Those modules are looked up here, once, at the first use.
"""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType


@cache
def module(name: str) -> ModuleType:
    """Return an upper module of the toolkit: ``cntk.ops``, ``cntk.execution``, ..."""
    return importlib.import_module(name)
