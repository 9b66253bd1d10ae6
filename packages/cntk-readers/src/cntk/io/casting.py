"""Numbers in the element type of a stream."""

from __future__ import annotations

import numpy as np


def cast(values: np.ndarray, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray | None]:
    """Return numbers in another type, and which of them are too large for it; None: none is.

    >>> cast(np.array([1, 1e300]), np.dtype(np.float32))
    (array([ 1., inf], dtype=float32), array([False,  True]))
    """
    if values.dtype == dtype:
        return values, None
    try:
        with np.errstate(over="raise", invalid="ignore"):
            return values.astype(dtype), None
    except FloatingPointError:
        with np.errstate(over="ignore", invalid="ignore"):
            found = values.astype(dtype)
        return found, np.asarray(np.isinf(found) & np.isfinite(values))
