"""Operands of losses over the whole minibatch: one number for each sample."""

from __future__ import annotations

import numpy as np

from cntk.errors import ShapeError


def one_per_sample(array: np.ndarray, layout, what: str) -> np.ndarray:
    """Return an operand as a vector of its samples, or frames, in the user's order.

    Args:
        array: its rows.
        layout: their layout; None without dynamic axes.
        what: the operator, for messages.

    Raises:
        ShapeError: it has more than one number per sample.
    """
    if array.size != (1 if layout is None else len(array)):
        raise ShapeError(
            f"{what}: each operand has one number per sample; one has the static shape "
            f"{array.shape if layout is None else array.shape[1:]}"
        )
    vector = array.reshape(-1)
    return vector if layout is None else layout.unpack(vector)
