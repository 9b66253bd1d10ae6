"""OpenCV, if it is installed: it decodes and scales faster, with the same pixels."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any


@cache
def opencv() -> Any:
    """Return the module ``cv2``, or None."""
    try:
        return importlib.import_module("cv2")
    except ImportError:
        return None
