"""Frames of sequences are packed in C as the layout packs them."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.threads import one_thread
from cntk.layout import Layout
from cntk.native import packing
from cntk.native.packing import pack

RAGGED = [3, 1, 4, 1, 5, 9, 2, 6]


@pytest.fixture(autouse=True)
def whatever_the_size(monkeypatch):
    """Pack few bytes as well."""
    monkeypatch.setattr(packing, "_WORTH_IT", 1)


def frames(lengths, shape, dtype) -> list[np.ndarray]:
    random = np.random.default_rng(len(lengths))
    return [random.integers(-99, 99, (n, *shape)).astype(dtype) for n in lengths]


@pytest.mark.parametrize("lengths", [[1], [7], [1, 1, 1], [2, 2], RAGGED, RAGGED[::-1]], ids=str)
@pytest.mark.parametrize("shape", [(), (1,), (17,), (2, 3), (40_000,)], ids=str)
@pytest.mark.parametrize("dtype", ["f4", "f8", "f2", "i1"])
@pytest.mark.parametrize("threads", [1, 2, 3])
def test_any_lengths_shapes_and_types(monkeypatch, lengths, shape, dtype, threads):
    monkeypatch.setattr(one_thread, "count", threads)
    parts, layout = frames(lengths, shape, dtype), Layout(len(lengths), lengths)
    found, expected = pack(parts, layout), layout.pack_parts(parts)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def test_any_order_in_memory():
    parts, layout = frames(RAGGED, (4, 5), "f4"), Layout(len(RAGGED), RAGGED)
    expected = layout.pack_parts(parts)
    strided = [np.repeat(part, 2, axis=1)[:, ::2] for part in parts]
    turned = [np.asfortranarray(part) for part in parts]
    backwards = [part[::-1].copy()[::-1] for part in parts]
    for part in parts:
        part.flags.writeable = False
    for same in (strided, turned, backwards, parts):
        np.testing.assert_array_equal(pack(same, layout), expected)


def test_few_bytes_are_left_to_numpy(monkeypatch):
    monkeypatch.setattr(packing, "_WORTH_IT", 1 << 14)
    parts, layout = frames(RAGGED, (5,), "f4"), Layout(len(RAGGED), RAGGED)
    assert pack(parts, layout) is None


@pytest.mark.parametrize(
    "parts",
    [
        frames(RAGGED[:-1], (5,), "f4"),
        frames(RAGGED[:-1] + [7], (5,), "f4"),
        [*frames(RAGGED[:-1], (5,), "f4"), np.zeros((6, 4), "f4")],
        [*frames(RAGGED[:-1], (5,), "f4"), np.zeros((6, 5), "f8")],
        frames(RAGGED, (5,), object),
        frames(RAGGED, (0,), "f4"),
    ],
    ids=["too few", "too long", "another shape", "another type", "objects", "nothing"],
)
def test_what_does_not_fit_is_left_to_numpy(parts):
    assert pack(parts, Layout(len(RAGGED), RAGGED)) is None


def test_networks_are_fed_by_it():
    x = C.sequence.input_variable(300)
    parts = frames(RAGGED, (300,), "f4")
    for found, given in zip((x + 1).eval({x: parts}), parts, strict=True):
        np.testing.assert_array_equal(found, given + 1)
