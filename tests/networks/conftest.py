"""The tests that ask CNTK 2.7 itself are collected where there is one."""

from __future__ import annotations

import os

collect_ignore = [] if "CNTK_ORIGINAL_PYTHON" in os.environ else ["test_in_the_original.py"]
