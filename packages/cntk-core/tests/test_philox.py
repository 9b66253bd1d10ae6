"""Philox against its published numbers and an implementation in plain integers."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from cntk.philox import lanes

MASK = 2**64 - 1


def philox4x64(counter: int, key: int) -> list[int]:
    """Return the four words of a block, computed as the paper states it."""
    words = [counter >> 64 * i & MASK for i in range(4)]
    keys = [key & MASK, key >> 64]
    for _ in range(10):
        high0, low0 = divmod(0xD2E7470EE14C6C93 * words[0], 2**64)
        high1, low1 = divmod(0xCA5A826395121157 * words[2], 2**64)
        words = [high1 ^ words[1] ^ keys[0], low1, high0 ^ words[3] ^ keys[1], low0]
        keys = [keys[0] + 0x9E3779B97F4A7C15 & MASK, keys[1] + 0xBB67AE8584CAA73B & MASK]
    return words


def test_the_published_answer():
    expected = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
    assert lanes(0, 0, 4, 64).tolist() == expected
    assert philox4x64(0, 0) == expected


@pytest.mark.parametrize("seed", [0, 1, 2**63, 2**64 - 1])
@pytest.mark.parametrize("table", [0, 1, 2**64 - 1])
@pytest.mark.parametrize("block", [0, 1, 12345, 2**60])
def test_any_block_of_any_table(seed, table, block):
    words = lanes(seed, 4 * block, 4, 64, table)
    assert words.tolist() == philox4x64(block + (table << 64), seed)


@pytest.mark.parametrize("width", [16, 32, 64])
def test_a_lane_depends_on_its_number_alone(width):
    whole = lanes(5, 0, 200, width)
    for first in (0, 1, 2, 3, 7, 15, 16, 17, 63, 100):
        for count in (0, 1, 2, 5, 33):
            part = lanes(5, first, count, width)
            assert part.tolist() == whole[first : first + count].tolist()


def test_narrow_lanes_are_parts_of_words_lowest_first():
    word = int(lanes(9, 0, 1, 64)[0])
    assert lanes(9, 0, 4, 16).tolist() == [word >> 16 * i & 0xFFFF for i in range(4)]
    assert lanes(9, 0, 2, 32).tolist() == [word & 0xFFFFFFFF, word >> 32]


def test_threads_do_not_disturb_each_other():
    expected = [lanes(seed, 10, 1000, 32) for seed in range(8)]
    wrong = []

    def draw(seed):
        for _ in range(50):
            if not np.array_equal(lanes(seed, 10, 1000, 32), expected[seed]):
                wrong.append(seed)

    threads = [threading.Thread(target=draw, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
