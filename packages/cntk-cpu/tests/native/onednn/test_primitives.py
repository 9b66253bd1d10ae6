"""Primitives write to their results and their scratchpad, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.native.onednn.interface import (
    DIFF_SOURCE,
    DIFF_TARGET,
    DIFF_WEIGHTS,
    SCRATCHPAD,
    SOURCE,
    TARGET,
    WEIGHTS,
    Owned,
    argument_descriptor,
    size,
)
from cntk.native.onednn.primitives import (
    Convolution,
    data_gradient,
    execute,
    forward,
    weights_gradient,
)
from cntk.native.onednn.sequence import aligned

MARGIN, UNTOUCHED = 1 << 14, 0xA5
KINDS = [
    (forward, (WEIGHTS, SOURCE), TARGET),
    (data_gradient, (DIFF_TARGET, WEIGHTS), DIFF_SOURCE),
    (weights_gradient, (DIFF_TARGET, SOURCE), DIFF_WEIGHTS),
]


def guarded(description: Owned, argument: int) -> np.ndarray:
    """Return zeros for an argument, with a margin behind them."""
    count = size(argument_descriptor(description, argument))
    memory = aligned(count + MARGIN)
    memory[:count], memory[count:] = 0, UNTOUCHED
    return memory


@pytest.mark.parametrize(("describe", "read", "written"), KINDS)
@pytest.mark.parametrize("channels", [1, 2, 5, 15, 16, 24])
@pytest.mark.parametrize("strides", [(1, 1), (1, 3), (2, 2), (3, 1)])
def test_a_window_of_one_pixel_leaves_the_memory_behind_alone(
    describe, read, written, channels, strides
):
    outputs = [-(-14 // strides[0]), -(-12 // strides[1])]
    sizes = Convolution(
        (7, channels, 14, 12),
        (8, channels, 1, 1),
        (7, 8, *outputs),
        strides,
        (1, 1),
        (0, 0),
        (0, 0),
    )
    description = describe(sizes)
    numbers = [*read, written]
    if size(argument_descriptor(description, SCRATCHPAD)):
        numbers.append(SCRATCHPAD)
    arguments = {n: guarded(description, n) for n in numbers}
    execute(description, arguments)
    overrun = {n: np.count_nonzero(x[-MARGIN:] != UNTOUCHED) for n, x in arguments.items()}
    assert not any(overrun.values()), overrun
