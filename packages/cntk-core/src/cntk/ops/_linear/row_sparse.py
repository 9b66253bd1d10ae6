"""Row-sparse arrays in plans: where they come from, and what becomes of them.

The gradient to a table that sparse rows look into has a few rows, and no more. Where such gradients
meet, rows are merged; where one meets a dense gradient, it is added to that; an update reads and
writes the rows that it touches. Whatever else reads one gets the whole array.
"""

from __future__ import annotations

from cntk.operators.declare import Operand, operator, registry
from cntk.ops._linear.sparse_product import touched_rows
from cntk.row_sparse import RowSparse
from cntk.sparse import Storage


@operator(family="whole", sparse=("left",))
def row_gradient(left: Operand, slope: Operand):
    """Return the sum over the samples of ``left`` times ``slope``, an outer product each.

    Args:
        left: sparse vectors; or a sparse matrix without dynamic axes, its rows being the samples.
        slope: gradient of the product of ``left`` and a table.
    """


@row_gradient.shape
def row_gradient_shape(left, slope):
    return (left.shape[-1], *slope.shape[len(left.shape) - 1 :])


@row_gradient.axes
def row_gradient_axes():
    return ()


@row_gradient.storage
def row_gradient_storage():
    return Storage.ROWS


@row_gradient.reference
def row_gradient_reference(left, slope):
    return touched_rows(left, slope)


@row_gradient.gradient
def row_gradient_gradient(dy, left, slope, wanted):
    for_left = for_slope = None
    if "left" in wanted:
        first = len(left.shape) - 1
        axes = tuple(range(first, len(slope.shape)))
        meeting = tuple(axis + 1 - first for axis in axes)
        for_left = registry["contract"](slope, dy, axes, meeting, False)
    if "slope" in wanted:
        for_slope = registry["times"](left, dy, len(dy.shape) - 1)
    return for_left, for_slope


def is_table(symbol) -> bool:
    """Whether a symbol is a parameter, whose gradient may be row-sparse."""
    return getattr(symbol.source, "kind", "") == "cell"


@operator(family="whole", sparse=("x", "z"))
def merge_rows(x: Operand, z: Operand):
    """Return the sum of two row-sparse arrays."""


@merge_rows.shape
def merge_rows_shape(x):
    return x.shape


@merge_rows.storage
def merge_rows_storage():
    return Storage.ROWS


@merge_rows.reference
def merge_rows_reference(x: RowSparse, z: RowSparse):
    return x.merged(z)


@merge_rows.gradient
def merge_rows_gradient(dy):
    return dy, dy


@operator(family="whole", sparse=("rows",))
def add_rows(x: Operand, rows: Operand):
    """Return the sum of a dense array and a row-sparse one."""


@add_rows.shape
def add_rows_shape(x):
    return x.shape


@add_rows.reference
def add_rows_reference(x, rows: RowSparse):
    total = x.copy()
    total[rows.indices] += rows.rows
    return total


@add_rows.gradient
def add_rows_gradient(dy):
    return dy, dy


@operator(family="whole", no_gradient=("table", "places"))
def rows_at(table: Operand, places: Operand):
    """Return rows of a table, one for each row of ``places``.

    Args:
        table: ``(height, ...)``, without dynamic axes.
        places: the number of a row of the table each.
    """


@rows_at.shape
def rows_at_shape(table):
    return table.shape[1:]


@rows_at.axes
def rows_at_axes(places):
    return places.dynamic_axes


@rows_at.dtype
def rows_at_dtype(table):
    return table._dtype


@rows_at.reference
def rows_at_reference(table, places):
    return table[places]


@operator(family="whole", no_gradient=("table", "places", "rows"))
def put_rows(table: Operand, places: Operand, rows: Operand):
    """Return a table with some of its rows replaced.

    Args:
        table: ``(height, ...)``, without dynamic axes.
        places: the number of a row of the table each; no number twice.
        rows: what stands there, ``(...)`` each.
    """


@put_rows.shape
def put_rows_shape(table):
    return table.shape


@put_rows.axes
def put_rows_axes():
    return ()


@put_rows.dtype
def put_rows_dtype(table):
    return table._dtype


@put_rows.reference
def put_rows_reference(table, places, rows):
    result = table.copy()
    result[places] = rows
    return result
