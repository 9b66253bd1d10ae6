"""One value in several orders: made when asked for, let go when out of use."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.orders import Orders

VALUE = np.arange(6, dtype=np.float32).reshape(2, 3)


class Turned:
    """An order that has the elements the other way round, plus a number."""

    def __init__(self, number: int, log: list) -> None:
        self.number, self.log = number, log

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Turned) and self.number == other.number

    __hash__ = None

    def ordered(self, plain: np.ndarray) -> np.ndarray:
        self.log.append(f"to {self.number}")
        return plain[::-1].copy() + self.number

    def spread(self, memory: np.ndarray, plain: np.ndarray) -> None:
        self.log.append(f"from {self.number}")
        plain[...] = (memory - self.number)[::-1]


@pytest.fixture
def log() -> list:
    return []


@pytest.fixture
def orders() -> Orders:
    found = Orders()
    found.begin(VALUE.copy())
    return found


def held(orders: Orders) -> list:
    """Return the number of each order that is held; 0 is row-major."""
    return sorted(0 if one.order is None else one.order.number for one in orders._held)


def test_an_order_that_is_read_replaces_the_one_before(orders, log):
    for _ in range(3):
        np.testing.assert_array_equal(orders.read(Turned(1, log)), VALUE[::-1] + 1)
        assert held(orders) == [1]
    assert log == ["to 1"]


def test_row_major_comes_back_bit_by_bit(orders, log):
    orders.read(Turned(1, log))
    np.testing.assert_array_equal(orders.read(None), VALUE)
    assert orders.read(None).dtype == np.float32


def test_readers_that_take_turns_end_up_with_two(orders, log):
    one = Turned(1, log)
    for _ in range(20):
        orders.read(one)
        orders.read(None)
    assert held(orders) == [0, 1]
    assert len(log) == 2


@pytest.mark.parametrize("length", [1, 3, 10, 50])
def test_changing_back_and_forth_comes_to_an_end(orders, log, length):
    one = Turned(1, log)
    for _ in range(20):
        for order in (*[one] * length, *[None] * length):
            orders.read(order)
    assert len(log) <= 2 * (2 + length.bit_length())


def test_what_is_out_of_use_goes_at_last(orders, log):
    one = Turned(1, log)
    for order in (one, None, one, None):
        orders.read(order)
    assert held(orders) == [0, 1]
    for _ in range(4):
        orders.read(one)
    assert held(orders) == [1]


def test_orders_of_two_kernels_take_turns_too(orders, log):
    for _ in range(10):
        for number in (1, 2):
            np.testing.assert_array_equal(orders.read(Turned(number, log)), VALUE[::-1] + number)
    assert held(orders) == [1, 2]
    assert log.count("to 1") == 2
    assert log.count("to 2") == 1


def test_plain_and_copied_leave_all_as_it_is(orders, log):
    assert orders.plain() is orders.plain()
    assert orders.copied() is not orders.plain()
    orders.read(Turned(1, log))
    for found in (orders.plain(), orders.copied()):
        np.testing.assert_array_equal(found, VALUE)
    assert held(orders) == [1]


def test_row_major_may_have_to_stay(orders, log):
    plain = orders.plain()
    for _ in range(5):
        orders.read(Turned(1, log), keeps_plain=True)
    assert orders.plain() is plain
    assert not orders.is_plain


def test_the_end_gives_row_major_if_it_is_there(orders, log):
    plain = orders.plain()
    assert orders.end() is plain
    assert not orders
    orders.begin(plain)
    orders.read(Turned(1, log))
    assert orders.end() is None


def test_an_order_that_cannot_be_made_changes_nothing(orders, log):
    class Failing(Turned):
        def ordered(self, plain: np.ndarray) -> np.ndarray:
            raise MemoryError

    with pytest.raises(MemoryError):
        orders.read(Failing(1, log))
    assert held(orders) == [0]
