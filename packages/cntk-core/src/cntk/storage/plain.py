"""The Python values that scripts may save: user state, external state, custom attributes."""

from __future__ import annotations

from typing import Any

import numpy as np

from cntk.storage.dictionary import Dictionary, Double, Float, Int, Shape, SizeT, StoredAxis

_TYPED = (Int, SizeT, Float, Double, Shape, StoredAxis, np.ndarray, str)


def from_python(value: Any) -> Any:
    """Return a value of a script as a typed value of the format.

    Args:
        value: None, bool, int, float, str, an array, or a list, tuple or dict of these. What is
            typed already stays.

    Raises:
        TypeError: anything else, and dictionaries with keys that are no text.
        ValueError: an integer that needs more than 64 bits, or 32 if it is negative.

    >>> from_python({"epochs": 3, "rates": (0.5, 0.1)})
    {'epochs': 3, 'rates': [0.5, 0.1]}
    """
    if value is None or isinstance(value, _TYPED):
        return value
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return Int(int(value)) if value < 2**31 else SizeT(int(value))
    if isinstance(value, (float, np.floating)):
        return Double(value)
    if isinstance(value, (list, tuple)):
        return [from_python(item) for item in value]
    if isinstance(value, dict):
        return Dictionary((_text(key), from_python(item)) for key, item in value.items())
    raise TypeError(
        f"a value of type {type(value).__name__} cannot be saved; "
        "None, bool, int, float, str, arrays, and lists and dicts of them can"
    )


def to_python(value: Any) -> Any:
    """Return a typed value of the format as a script knows it.

    >>> to_python(Dictionary(count=SizeT(3), shape=Shape((2, 5))))
    {'count': 3, 'shape': (5, 2)}
    """
    if isinstance(value, Shape):
        return value.to_python()
    if isinstance(value, (Int, SizeT)):
        return int(value)
    if isinstance(value, (Float, Double)):
        return float(value)
    if isinstance(value, list):
        return [to_python(item) for item in value]
    if isinstance(value, dict):
        return {key: to_python(item) for key, item in value.items()}
    return value


def _text(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"the key {key!r} cannot be saved: keys are text")
    return key
