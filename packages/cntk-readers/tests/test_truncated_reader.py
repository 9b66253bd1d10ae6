"""Sequences in parts, in slots. Numbers without another remark were printed by CNTK 2.7."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

from .ctf_files import source

STREAMS = {"x": ("x", 1, False), "y": ("y", 1, False)}


def text(lengths) -> str:
    """Return sequences of frames 100, 101, ..., then 200, 201, ..., and so on."""
    return "".join(
        f"{i} |x {(i + 1) * 100 + t} |y {i}\n" for i, length in enumerate(lengths)
        for t in range(length)
    )  # fmt: skip


def reading(tmp_path, lengths, length: int, **options):
    return source(tmp_path / "f", text(lengths), STREAMS, truncation_length=length, **options)


def parts(minibatch, stream) -> list[list[float]]:
    return [part[:, 0].tolist() for part in minibatch[stream].as_sequences()]


def summary(minibatch, stream) -> tuple:
    """Return (samples, sequences, end of sweep, sum)."""
    data = minibatch[stream]
    total = float(np.concatenate(data.as_sequences()).sum())
    return data.num_samples, data.num_sequences, data.end_of_sweep, total


def rest(source, size: int, limit: int = 9, **options) -> list[tuple]:
    found = []
    while len(found) < limit and (minibatch := source.next_minibatch(size, **options)):
        found.append(summary(minibatch, source.streams.x))
    return found


def test_sequences_follow_each_other_in_slots(tmp_path):
    data = reading(tmp_path, [7, 5, 6, 3], 3)
    found, markers, positions = [], [], []
    while minibatch := data.next_minibatch(6):
        found.append(parts(minibatch, data.streams.x))
        layout = minibatch[data.streams.x].data.layout
        markers.append((layout.starts, layout.ends, layout.slots.tolist()))
        positions.append(data.current_position["minibatchSourcePosition"])
    assert found == [
        [[100, 101, 102], [200, 201, 202]],
        [[103, 104, 105], [203, 204], [300]],
        [[106], [400, 401], [301, 302, 303]],
        [[402], [304, 305]],
    ]
    assert markers == [
        ([True, True], [False, False], [0, 1]),
        ([False, False, True], [False, True, False], [0, 1, 1]),
        ([False, True, False], [True, False, False], [0, 0, 1]),
        ([False, False], [True, True], [0, 1]),
    ]
    assert positions == [12, 18, 21, 21]


@pytest.mark.parametrize(
    ("lengths", "length", "size", "options", "expected"),
    [
        ([7, 5, 6, 3], 3, 6, {},
         [(6, 2, False, 906), (6, 3, False, 1019), (6, 3, False, 1813), (3, 2, True, 1011)]),
        ([2, 1, 2, 1, 5, 1, 1, 8], 4, 12, {},
         [(12, 8, False, 5505), (7, 3, False, 4522), (2, 1, True, 1613)]),
        ([2, 1, 2, 1, 5, 1, 1, 8], 4, 8, {},
         [(8, 5, False, 2604), (6, 5, False, 3408), (4, 1, False, 3210), (3, 1, True, 2418)]),
        ([3, 2], 2, 4, {"max_sweeps": 2},
         [(4, 2, True, 602), (4, 3, False, 503), (2, 2, True, 303)]),
        ([3, 2], 2, 4, {"max_sweeps": 2**64 - 1, "max_samples": 12},
         [(4, 2, True, 602), (4, 3, False, 503), (3, 3, True, 403), (2, 1, False, 203)]),
        ([3, 2, 4, 4, 1], 4, 4, {"max_sweeps": 2},
         [(4, 2, False, 503), (4, 2, False, 1104), (4, 2, False, 1506), (4, 3, True, 1104),
          (4, 3, False, 803), (4, 2, False, 1306), (4, 2, True, 1706)]),
        ([2, 1, 3], 10, 5, {}, [(6, 3, True, 1304)]),
    ],
)  # fmt: skip
def test_sizes_and_ends_of_sweeps(tmp_path, lengths, length, size, options, expected):
    assert rest(reading(tmp_path, lengths, length, **options), size) == expected


def test_a_new_size_begins_with_new_sequences(tmp_path):
    data = reading(tmp_path, [7, 5, 6, 3], 3)
    sizes = [3, 6, 6, 6]
    found = [summary(data.next_minibatch(size), data.streams.x) for size in sizes]
    assert found == [
        (3, 1, False, 303),
        (6, 2, False, 1506),
        (6, 3, False, 1719),
        (2, 1, True, 803),
    ]
    assert data.next_minibatch(6) == {}


def test_a_checkpoint_begins_with_new_sequences(tmp_path):
    data = reading(tmp_path, [7, 5, 6, 3, 4, 4], 3)
    data.next_minibatch(6)
    position = data.get_checkpoint_state()
    assert position == {"minibatchSourcePosition": 12}
    assert rest(data, 6, limit=1) == [(6, 3, False, 1019)]
    data.restore_from_checkpoint(position)
    assert rest(data, 6, limit=2) == [(6, 2, False, 2106), (6, 2, False, 2415)]


def test_workers_have_slots_of_their_own(tmp_path):
    """CNTK 2.7 tells only the worker that read a sweep's last sequence of its end; here all."""
    found = [
        rest(
            reading(tmp_path, [7, 5, 6, 3, 4, 4], 3),
            12,
            num_data_partitions=2,
            partition_index=worker,
        )
        for worker in range(2)
    ]
    assert found[0] == [
        (6, 2, False, 1206), (6, 2, False, 1224), (4, 2, False, 1609), (1, 1, True, 503)
    ]  # fmt: skip
    assert found[1] == [(6, 2, False, 1806), (5, 2, False, 2210), (1, 1, True, 603)]


@pytest.mark.parametrize(
    ("build", "totals"),
    [
        (lambda x: C.sequence.past_value(x, -1), [600, 713, 1407, 1008]),
        (lambda x: C.sequence.past_value(x, -1, 2), [296, 708, 702, 1005]),
        (lambda x: C.sequence.future_value(x, -1), [606, 412, 1005, 303]),
        (C.sequence.is_first, [2, 1, 1, 0]),
        (C.sequence.is_last, [0, 1, 1, 2]),
    ],
)
def test_networks_on_parts(tmp_path, build, totals):
    data = reading(tmp_path, [7, 5, 6, 3], 3)
    x = C.sequence.input_variable(1)
    total = C.reduce_sum(build(x), axis=C.Axis.all_axes())
    found = []
    while minibatch := data.next_minibatch(6, {x: data.streams.x}):
        found.append(float(total.eval(minibatch)))
    assert found == totals


def test_what_needs_all_frames_refuses_a_sequence_that_goes_on(tmp_path):
    data = reading(tmp_path, [7, 5], 3)
    x = C.sequence.input_variable(1)
    minibatch = data.next_minibatch(6, {x: data.streams.x})
    with pytest.raises(RuntimeError, match="sequence 0 of the 2 given goes on after this"):
        C.sequence.last(x).eval(minibatch)


def test_sparse_streams_are_read_in_parts(tmp_path):
    rows = "0 |w 1:1\n0 |w 2:1\n0 |w 3:1\n1 |w 4:1\n1 |w 5:1\n"
    data = source(tmp_path / "f", rows, {"w": ("w", 6, True)}, truncation_length=2)
    found = []
    while minibatch := data.next_minibatch(2):
        pieces = minibatch[data.streams.w].as_sequences()
        found.append([piece.indices.tolist() for piece in pieces])
    assert found == [[[1, 2]], [[3], [4]], [[5]]]


def test_streams_of_different_lengths_are_refused(tmp_path):
    data = source(tmp_path / "f", "0 |x 1 |y 5\n0 |x 2\n", STREAMS, truncation_length=2)
    with pytest.raises(RuntimeError, match="For BPTT sequences .* the same length") as error:
        data.next_minibatch(4)
    assert "x: 2 samples, y: 1 samples" in str(error.value)
