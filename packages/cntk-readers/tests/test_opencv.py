"""OpenCV is used where it is installed."""

from __future__ import annotations

import sys
from types import ModuleType

from cntk.io.opencv import opencv


def test_it_is_found_or_not(monkeypatch):
    library = ModuleType("cv2")
    for module, expected in ((library, library), (None, None)):
        opencv.cache_clear()
        monkeypatch.setitem(sys.modules, "cv2", module)
        assert opencv() is expected
    opencv.cache_clear()
