"""pyarrow, which reads Parquet and Arrow files and takes over tables of other libraries."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any


@cache
def pyarrow() -> Any:
    """Return the module ``pyarrow``.

    Raises:
        ImportError: it is not installed; the text names the command that brings it.
    """
    try:
        return importlib.import_module("pyarrow")
    except ImportError:
        raise ImportError(
            "tables are read by pyarrow, which is not installed: pip install cntk-readers[arrow]"
        ) from None
