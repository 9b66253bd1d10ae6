"""Cells: versions tell what was computed from them to be stale; orders never show another value."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from cntk.cell import Cell

SHAPE, DTYPE = (2,), np.dtype(np.float64)


class Doubled:
    """An order that holds each element twice."""

    def ordered(self, plain: np.ndarray) -> np.ndarray:
        return np.repeat(plain, 2)

    def spread(self, memory: np.ndarray, plain: np.ndarray) -> None:
        plain[...] = memory[::2]


DOUBLED = Doubled()


def doubled(cell: Cell) -> list:
    return cell.read_in(DOUBLED, SHAPE, DTYPE).tolist()


@pytest.fixture
def cell() -> Cell:
    """Return a cell of ones that holds no array any more."""
    found = Cell(np.ones(2))
    doubled(found)
    assert found._array is None
    return found


def test_every_write_makes_a_new_version():
    cell = Cell(np.zeros(2))
    seen = [cell.version]
    for write in (
        lambda: cell.write(np.ones(2)),
        lambda: cell.write(np.ones(3)),
        lambda: cell.touch(np.zeros(3)),
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
        cell.touch(np.ones(1))
    assert len({cell.version for cell in cells}) == len(cells)


def test_reading_in_an_order_is_no_write(cell):
    version = cell.version
    doubled(cell)
    cell.read(SHAPE, DTYPE)
    assert cell.version == version
    assert cell.is_drawn


def test_an_order_draws_the_first_value():
    cell = Cell(draw=lambda shape, dtype: np.arange(2, dtype=dtype))
    assert doubled(cell) == [0, 0, 1, 1]
    assert cell.read(SHAPE, DTYPE).tolist() == [0, 1]


@pytest.mark.parametrize(
    "write",
    [
        lambda cell: cell.write(np.full(2, 3.0)),
        lambda cell: cell.touch(np.full(2, 3.0)),
        lambda cell: cell.redraw(lambda shape, dtype: np.full(shape, 3, dtype)),
    ],
    ids=["write", "touch", "redraw"],
)
def test_no_order_shows_what_was_before_a_write(cell, write):
    for _ in range(3):
        write(cell)
        assert doubled(cell) == [3, 3, 3, 3]
        assert cell.read_in(None, SHAPE, DTYPE).tolist() == [3, 3]
        assert cell.copied(SHAPE, DTYPE).tolist() == [3, 3]


def test_what_was_read_stays_when_the_cell_is_written():
    cell = Cell(np.ones(2))
    before = cell.read_in(DOUBLED, SHAPE, DTYPE)
    cell.write(np.zeros(2))
    assert before.tolist() == [1, 1, 1, 1]


def test_a_write_in_place_that_began_before_is_not_lost():
    cell = Cell(np.ones(2))
    array = cell.read(SHAPE, DTYPE)
    assert doubled(cell) == [1, 1, 1, 1]  # the array goes
    array += 1
    cell.touch(array)
    assert cell.read(SHAPE, DTYPE) is array
    assert doubled(cell) == [2, 2, 2, 2]


def test_copies_leave_the_order_as_it_is(cell):
    for found in (cell.copied(SHAPE, DTYPE), cell.as_plain(SHAPE, DTYPE)):
        assert found.tolist() == [1, 1]
    assert cell.copy(SHAPE, DTYPE).read(SHAPE, DTYPE).tolist() == [1, 1]
    assert cell._array is None


def test_copies_are_nobody_elses():
    cell = Cell(np.ones(2))
    cell.copied(SHAPE, DTYPE)[:] = 7
    doubled(cell)
    cell.read_in(None, SHAPE, DTYPE)  # both orders are there from now on
    doubled(cell)
    cell.copied(SHAPE, DTYPE)[:] = 7
    assert cell.read(SHAPE, DTYPE).tolist() == [1, 1]


def test_what_is_lent_stays_the_array(cell):
    lent = cell.lend(SHAPE, DTYPE)
    for value in (5.0, 6.0):
        cell.write(np.full(2, value))
        assert doubled(cell) == [value] * 4
        assert lent.tolist() == [value] * 2
        assert cell.read(SHAPE, DTYPE) is lent


def test_arrays_are_row_major_whatever_is_written():
    cell = Cell(np.zeros(1))
    cell.write(np.ones((3, 2)).T)
    assert cell.read((2, 3), DTYPE).flags.c_contiguous


def test_threads_never_meet_a_stale_or_a_torn_value():
    shape = (1000,)
    cell = Cell(np.zeros(shape))
    failures: list[str] = []
    written = [0.0]
    done = threading.Event()

    def read(order) -> None:
        while not done.is_set():
            least = written[0]
            values = set(cell.read_in(order, shape, DTYPE).tolist())
            if order is not None and len(values) > 1:  # plain arrays are written in place
                failures.append(f"torn: {values}")
            if min(values) < least:
                failures.append(f"{min(values)} after {least} had been written")

    threads = [threading.Thread(target=read, args=(order,)) for order in (DOUBLED, DOUBLED, None)]
    for thread in threads:
        thread.start()
    for number in range(300):
        cell.write(np.full(shape, float(number)))
        written[0] = float(number)
    done.set()
    for thread in threads:
        thread.join()
    assert not failures
