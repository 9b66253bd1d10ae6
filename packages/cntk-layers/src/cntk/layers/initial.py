"""How layers initialise their parameters."""

from __future__ import annotations

import numpy as np

from cntk.initializer import initializer_with_rank


def initial_weights(init, output_rank: int | None = None, filter_rank: int | None = None):
    """Return an initializer that knows which axes of a weight are outputs and filters.

    Args:
        init: initializer, number or array.
        output_rank: number of output axes: last ones, or first ones if negative.
        filter_rank: number of axes of the receptive field, at the end.
    """
    if init is None:
        raise ValueError("init must be a number, an array or an initializer, not None")
    if isinstance(init, (int, float, np.ndarray, list, tuple)) or not hasattr(init, "draw"):
        return init
    return initializer_with_rank(init, output_rank=output_rank, filter_rank=filter_rank)
