"""The streams of a minibatch as Values: rows packed over time, layouts shared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.gathering import RowSources
from cntk.layout import Layout
from cntk.sparse import AnyRows
from cntk.value import Value


def packed(chunk: Chunk, names: Iterable[str]) -> Iterator[tuple[Value, Layout]]:
    """Yield streams of a minibatch as Values, and their layouts.

    Streams of equal lengths share a layout: what is found out about its rows is found out once.

    Args:
        chunk: the minibatch.
        names: its streams.

    Raises:
        ValueError: lengths and rows of a stream do not agree.
    """
    layout: Layout | None = None
    for name in names:
        part = chunk.streams[name]
        if layout is None or not np.array_equal(layout.lengths, part.lengths):
            layout = Layout(len(part.lengths), part.lengths, *(chunk.parts or ()))
        if layout.rows != len(part.rows):
            raise ArgumentError(
                f"stream '{name}': lengths add up to {layout.rows} samples, "
                f"and there are {len(part.rows)} rows"
            )
        yield Value.from_packed(_rows(part, layout), layout), layout


def _rows(part: SequenceRows, layout: Layout) -> AnyRows:
    """Return the rows as a layout packs them; dense ones are no part of a chunk any more."""
    rows = part.rows
    if layout.rows == layout.num_samples:
        is_shared = isinstance(rows, np.ndarray) and rows.base is not None
        # what nobody can write, such as the memory of tables, may be shared
        return rows.copy() if is_shared and rows.flags.writeable else rows
    if RowSources.accepts([rows]):
        return RowSources([rows]).take(layout.frame_of_row)
    return layout.pack(rows)
