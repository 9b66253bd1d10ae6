"""Element types of the graph: float16, float32, float64."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from cntk.errors import DTypeError

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

FLOAT16: np.dtype = np.dtype("f2")
FLOAT32: np.dtype = np.dtype("f4")
FLOAT64: np.dtype = np.dtype("f8")
# Parameters and constants of these can be held and stored; nothing computes with them.
HELD_ONLY = (np.dtype("i1"), np.dtype("i2"))
# names and codes as CNTK 2.7 prints and stores them
_NAME = {FLOAT32: "Float", FLOAT64: "Double", FLOAT16: "Float16"}
_CODE = {FLOAT32: 1, FLOAT64: 2, FLOAT16: 4}
_CODE_OF_HELD: dict[np.dtype, int] = dict(zip(HELD_ONLY, (5, 6)))
_BY_WORD = {
    "float": FLOAT32,
    "float32": FLOAT32,
    "double": FLOAT64,
    "float64": FLOAT64,
    "float16": FLOAT16,
    "half": FLOAT16,
}
_BY_CODE = {code: dtype for dtype, code in _CODE.items()}


def as_dtype(dtype: DTypeLike | None) -> np.dtype:
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
    with suppress(TypeError):
        found: np.dtype = np.dtype(dtype)
        if found in _NAME:
            return found
    raise DTypeError(
        f"data type '{getattr(dtype, '__name__', dtype)}' is not supported; "
        "the graph computes in float32, float64 or float16"
    )


def computing_dtype(dtype: np.dtype) -> np.dtype:
    """Return the type for products and sums: that of the data, but float32 for float16."""
    return FLOAT32 if dtype == FLOAT16 else dtype


def widened(array: np.ndarray) -> np.ndarray:
    """Return an array in the type for products and sums; itself if it has that type."""
    return array.astype(computing_dtype(array.dtype), copy=False)


def dtype_name(dtype: np.dtype | None) -> str:
    """Return the name in CNTK's messages, e.g. ``Float``."""
    if dtype in HELD_ONLY:
        return dtype.name.capitalize()
    return "Unknown" if dtype is None else _NAME[dtype]


def dtype_code(dtype: np.dtype | None) -> int:
    """Return the number in CNTK's files, e.g. 1 for float32."""
    if dtype in HELD_ONLY:
        return _CODE_OF_HELD[dtype]
    return 0 if dtype is None else _CODE[dtype]


def dtype_of_code(code: int) -> np.dtype | None:
    """Return the element type of a stored number; None for 0 (unknown)."""
    if code == 0:
        return None
    if code not in _BY_CODE:
        raise DTypeError(f"stored data type {code} is not a type of the graph (1, 2 or 4)")
    return _BY_CODE[code]


def held_dtype_of_code(code: int) -> np.dtype | None:
    """Return the element type of a parameter's stored number, those of ``HELD_ONLY`` as well."""
    held: dict[int, np.dtype] = {known: dtype for dtype, known in _CODE_OF_HELD.items()}
    return held[code] if code in held else dtype_of_code(code)
