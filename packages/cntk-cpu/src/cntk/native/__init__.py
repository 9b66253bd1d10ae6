"""The fast CPU: kernels in C and oneDNN, and plans that run without Python between their steps."""

from __future__ import annotations
