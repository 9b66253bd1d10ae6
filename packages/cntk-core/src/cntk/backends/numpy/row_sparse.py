"""Some rows of tables, read and written where they lie: the other rows are not touched."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk.execution.kernels import Kernel, kernel

declared: list[Kernel] = []


@kernel("rows_at", declared, writes=True)
def bind_rows_at(step, inputs, outputs, context) -> Callable:
    """Bind the reading of rows."""
    table, places = inputs
    out = outputs[0]

    def run(slots):
        # "clip" lets NumPy write straight into the result; the numbers are known to be in range
        np.take(slots[table], slots[places], axis=0, out=slots[out], mode="clip")

    return run


@kernel("put_rows", declared, writes=True, in_place=(0,))
def bind_put_rows(step, inputs, outputs, context) -> Callable:
    """Bind the writing of rows; in place, only they are written."""
    table, places, rows = inputs
    out = outputs[0]

    def run(slots):
        _start_from(slots[table], slots[out])
        slots[out][slots[places]] = slots[rows]

    return run


@kernel("add_rows", declared, writes=True, in_place=(0,))
def bind_add_rows(step, inputs, outputs, context) -> Callable:
    """Bind the sum of a dense array and a row-sparse one."""
    dense, rows = inputs
    out = outputs[0]

    def run(slots):
        _start_from(slots[dense], slots[out])
        added = slots[rows]
        slots[out][added.indices] += added.rows  # each row stands there once

    return run


def _start_from(table: np.ndarray, out: np.ndarray) -> None:
    """Copy a table to where the result lies, unless it lies there already."""
    if table.__array_interface__["data"] != out.__array_interface__["data"]:
        out[...] = table
