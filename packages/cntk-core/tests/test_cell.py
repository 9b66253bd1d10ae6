"""Versions of cells tell what was computed from them to be stale."""

from __future__ import annotations

import numpy as np

from cntk.cell import Cell


def test_every_write_makes_a_new_version():
    cell = Cell(np.zeros(2))
    seen = [cell.version]
    for write in (
        lambda: cell.write(np.ones(2)),
        lambda: cell.write(np.ones(3)),
        cell.touch,
        lambda: cell.redraw(lambda shape, dtype: np.full(shape, 7, dtype)),
    ):
        write()
        seen.append(cell.version)
    assert len(set(seen)) == len(seen)


def test_the_first_draw_is_what_the_version_stands_for():
    cell = Cell(draw=lambda shape, dtype: np.full(shape, 7, dtype))
    version = cell.version
    assert cell.read((2,), np.dtype(np.float32)).sum() == 14
    assert cell.version == version


def test_two_cells_never_have_one_version():
    cells = [Cell(np.zeros(1)) for _ in range(3)]
    cells.append(cells[0].copy((1,), np.dtype(np.float64)))
    for cell in cells[:2]:
        cell.touch()
    assert len({cell.version for cell in cells}) == len(cells)
