"""Element types of the graph: float16, float32, float64."""

from __future__ import annotations

import numpy as np

from cntk.errors import DTypeError

FLOAT16, FLOAT32, FLOAT64 = np.dtype("f2"), np.dtype("f4"), np.dtype("f8")
# names and codes as CNTK 2.7 prints and stores them
_NAME = {FLOAT32: "Float", FLOAT64: "Double", FLOAT16: "Float16"}
_CODE = {FLOAT32: 1, FLOAT64: 2, FLOAT16: 4}
_BY_WORD = {
    "float": FLOAT32,
    "float32": FLOAT32,
    "double": FLOAT64,
    "float64": FLOAT64,
    "float16": FLOAT16,
    "half": FLOAT16,
}
_BY_CODE = {code: dtype for dtype, code in _CODE.items()}


def as_dtype(dtype: object) -> np.dtype:
    """Return the graph's element type for a NumPy type or a name; None is the default, float32.

    >>> as_dtype('float'), as_dtype(np.float64)
    (dtype('float32'), dtype('float64'))
    """
    if isinstance(dtype, np.dtype) and dtype in _NAME:
        return dtype
    if dtype is float or dtype is None:  # NumPy would read both as float64
        return FLOAT32
    if isinstance(dtype, str) and dtype.lower() in _BY_WORD:
        return _BY_WORD[dtype.lower()]
    try:
        found = np.dtype(dtype)
    except TypeError:
        found = None
    if found in _NAME:
        return found
    raise DTypeError(
        f"data type '{getattr(dtype, '__name__', dtype)}' is not supported; "
        "the graph computes in float32, float64 or float16"
    )


def dtype_name(dtype: np.dtype | None) -> str:
    """Return the name in CNTK's messages, e.g. ``Float``."""
    return "Unknown" if dtype is None else _NAME[dtype]


def dtype_code(dtype: np.dtype | None) -> int:
    """Return the number in CNTK's files, e.g. 1 for float32."""
    return 0 if dtype is None else _CODE[dtype]


def dtype_of_code(code: int) -> np.dtype | None:
    """Return the element type of a stored number; None for 0 (unknown)."""
    if code == 0:
        return None
    if code not in _BY_CODE:
        raise DTypeError(f"stored data type {code} is not a type of the graph (1, 2 or 4)")
    return _BY_CODE[code]
