"""Sizes, limits, workers, checkpoints. Numbers without another remark were printed by CNTK 2.7."""

from __future__ import annotations

import pytest

from cntk.io import (
    FULL_DATA_SWEEP,
    INFINITELY_REPEAT,
    CTFDeserializer,
    MinibatchSource,
    StreamDef,
    StreamDefs,
)

from .ctf_files import drain, reader, sequences, source

ONE = {"a": ("a", 1, False), "b": ("b", 1, False)}
# sizes 2, 2, 2, 1, 3, 1, 1
RAGGED = (
    "1 |a 1 |b 1\n1 |b 1\n2 |a 2 |b 2\n2 |a 2\n3 |a 3 |b 3\n3 |b 3\n4 |a 4 |b 4\n"
    "5 |a 5 |b 5\n5 |b 5\n5 |b 5\n6 |a 6 |b 6\n7 |a 7 |b 7\n"
)


def numbered(count: int) -> str:
    return "".join(f"|a {i} |b {i}\n" for i in range(count))


def firsts(reading: MinibatchSource, size: int, limit: int = 9, **options) -> list:
    """Return (first values, end of sweep) of the first minibatches of stream a."""
    found = []
    while len(found) < limit and (minibatch := reading.next_minibatch(size, **options)):
        values = [sequence[0][0] for sequence in sequences(minibatch)["a"]]
        found.append((values, minibatch[reading.streams.a].end_of_sweep))
    return found


@pytest.mark.parametrize(
    ("size", "positions", "counts"),
    [
        (2, [2, 4, 6, 7, 10, 12], [1, 1, 1, 1, 1, 2]),
        (3, [2, 4, 7, 10, 12], [1, 1, 2, 1, 2]),
        (4, [4, 7, 11, 12], [2, 2, 2, 1]),
    ],
)
def test_whole_sequences_are_taken_while_they_fit(tmp_path, size, positions, counts):
    reading = source(tmp_path / "f", RAGGED, ONE)
    for position, count in zip(positions, counts):
        assert reading.next_minibatch(size)[reading.streams.a].num_sequences == count
        assert reading.current_position == {"minibatchSourcePosition": position}
    assert reading.next_minibatch(size) == {}


def test_a_stream_can_define_the_size(tmp_path):
    (tmp_path / "f").write_text(RAGGED)
    streams = StreamDefs(a=StreamDef("a", 1, defines_mb_size=True), b=StreamDef("b", 1))
    reading = MinibatchSource(
        CTFDeserializer(tmp_path / "f", streams), randomize=False, max_sweeps=1
    )
    found = []
    while minibatch := reading.next_minibatch(3):
        data = minibatch[reading.streams.b]
        found.append((data.num_sequences, data.num_samples))
    assert found == [(2, 3), (3, 6), (2, 2)]
    assert reading.current_position == {"minibatchSourcePosition": 8}


def test_minibatches_go_over_the_end_of_a_sweep(tmp_path):
    reading = source(tmp_path / "f", numbered(3), ONE, max_sweeps=INFINITELY_REPEAT)
    assert firsts(reading, 2, 3) == [([0, 1], False), ([2, 0], True), ([1, 2], True)]
    whole = source(tmp_path / "f", numbered(3), ONE, max_sweeps=INFINITELY_REPEAT)
    assert whole.next_minibatch(100)[whole.streams.a].num_samples == 100


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"max_sweeps": 1}, [([0, 1], False), ([2], True)]),
        ({"max_sweeps": 2}, [([0, 1], False), ([2, 0], True), ([1, 2], True)]),
        ({"max_samples": 3}, [([0, 1], False), ([2], True)]),
        ({"max_samples": 4}, [([0, 1], False), ([2, 0], True)]),
        ({"max_samples": 7}, [([0, 1], False), ([2, 0], True), ([1, 2], True), ([0], False)]),
        ({"max_samples": FULL_DATA_SWEEP}, [([0, 1], False), ([2], True)]),
    ],
)
def test_limits(tmp_path, limits, expected):
    limits = {"max_sweeps": INFINITELY_REPEAT} | limits
    reading = source(tmp_path / "f", numbered(3), ONE, **limits)
    assert not reading.is_infinite()
    assert firsts(reading, 2) == expected


def test_a_sequence_that_began_within_max_samples_is_given_whole(tmp_path):
    options = {"max_sweeps": INFINITELY_REPEAT, "max_samples": 3}
    assert firsts(source(tmp_path / "f", RAGGED, ONE, **options), 2) == [([1], False), ([2], False)]


@pytest.mark.parametrize(
    ("size", "part", "expected"),
    [
        (1, 0, [([0], False), ([2], False), ([4], False), ([6], True), ([1], False)]),
        (1, 1, [([1], False), ([3], False), ([5], False), ([0], True), ([2], False)]),
        (3, 0, [([0, 2], False), ([4, 6], True), ([1, 3], False), ([5], True)]),
        (3, 1, [([1], False), ([3], False), ([5], False), ([0], True), ([2], False)]),
        (4, 1, [([1, 3], False), ([5, 0], True), ([2, 4], False), ([6], True)]),
    ],
)
def test_each_worker_gets_each_nth_sequence(tmp_path, size, part, expected):
    reading = source(tmp_path / "f", numbered(7), ONE, max_sweeps=2)
    options = {"num_data_partitions": 2, "partition_index": part}
    assert firsts(reading, size, 5, **options) == expected


@pytest.mark.parametrize("randomize", [False, True])
def test_workers_together_get_everything_once(tmp_path, randomize):
    found = []
    for part in range(3):
        reading = source(tmp_path / "f", numbered(50), ONE, randomize=randomize)
        options = {"num_data_partitions": 3, "partition_index": part}
        found += sum(drain(reading, 7, "a", **options), [])
    assert sorted(found) == list(range(50))


@pytest.mark.parametrize("randomize", [False, True])
@pytest.mark.parametrize("text", [RAGGED, numbered(12)], ids=["ragged", "plain"])
def test_a_checkpoint_continues_with_the_same_minibatches(tmp_path, randomize, text):
    def fresh() -> MinibatchSource:
        return MinibatchSource(
            reader(tmp_path / "f", text, ONE, chunk_bytes=30), randomize=randomize, max_sweeps=3
        )

    reading, seen = fresh(), []
    while True:
        state = reading.get_checkpoint_state()
        minibatch = reading.next_minibatch(3)
        if not minibatch:
            break
        end = minibatch[reading.streams.a].end_of_sweep
        seen.append((state, sequences(minibatch), end))
    assert len(seen) > 8
    for state, expected, end in seen:
        other = fresh()
        other.restore_from_checkpoint(state)
        assert other.current_position == state
        minibatch = other.next_minibatch(3)
        assert sequences(minibatch) == expected
        assert minibatch[other.streams.a].end_of_sweep == end


@pytest.mark.parametrize(
    ("position", "found", "after"),
    [(1, 2, 4), (2, 2, 4), (12, 1, 14), (13, 2, 16), (15, 3, 19)],
)
def test_a_position_within_a_sequence_means_the_next_one(tmp_path, position, found, after):
    reading = source(tmp_path / "f", RAGGED, ONE, max_sweeps=2)
    reading.current_position = {"minibatchSourcePosition": position}
    assert sequences(reading.next_minibatch(3))["a"][0][0] == [found]
    assert reading.current_position == {"minibatchSourcePosition": after}


@pytest.mark.parametrize(
    "state", [{}, {"minibatchSourcePosition": -1}, {"minibatchSourcePosition": "a"}]
)
def test_a_checkpoint_without_position_is_refused(tmp_path, state):
    with pytest.raises(ValueError, match="misses required field minibatchSourcePosition"):
        source(tmp_path / "f", RAGGED, ONE).restore_from_checkpoint(state)


def test_streams_by_attribute_name_and_list(tmp_path):
    reading = source(tmp_path / "f", RAGGED, ONE)
    assert str(reading.streams.a) == "a([1])"
    assert reading["b"] is reading.stream_info("b") is reading.streams.b
    assert [info.name for info in reading.stream_infos()] == ["a", "b"]
    with pytest.raises(RuntimeError, match="No stream found matching given name 'q'"):
        reading.stream_info("q")
    with pytest.raises(AttributeError, match="record has no attribute 'q'"):
        assert reading.streams.q


def test_input_map_renames_streams(tmp_path):
    reading = source(tmp_path / "f", numbered(3), ONE)
    minibatch = reading.next_minibatch(2, input_map={"x": reading.streams.a})
    assert list(minibatch) == ["x"]
    assert repr(minibatch["x"]) == "MinibatchData(data=Value([2 x 1 x 1], CPU), samples=2, seqs=2)"
    with pytest.raises(KeyError, match="not a stream of this source"):
        reading.next_minibatch(1, input_map={"x": "a"})


def test_frame_mode_refuses_longer_sequences(tmp_path):
    with pytest.raises(RuntimeError, match="non-frame sequence of size 3 in frame mode"):
        source(tmp_path / "f", RAGGED, ONE, frame_mode=True).next_minibatch(1)
    plain = source(tmp_path / "f", numbered(3), ONE, frame_mode=True)
    assert plain.next_minibatch(3)[plain.streams.a].num_samples == 3


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"max_samples": 3}, RuntimeError, "mutually exclusive"),
        ({"frame_mode": True, "truncation_length": 2}, ValueError, "mutually exclusive"),
        ({"truncation_length": -2}, ValueError, "a number of samples from 0 up, not -2"),
        ({"max_errors": -1}, ValueError, "count from 0 up"),
        (
            {
                "randomize": True,
                "randomization_window_in_chunks": 5,
                "randomization_window_in_samples": 5,
            },
            RuntimeError,
            "mutually exclusive",
        ),
    ],
)
def test_options_that_contradict_each_other(tmp_path, options, error, message):
    with pytest.raises(error, match=message):
        source(tmp_path / "f", RAGGED, ONE, **options)


def test_what_is_no_deserializer_is_refused():
    with pytest.raises(ValueError, match="Could not find deserializers"):
        MinibatchSource([])
    with pytest.raises(TypeError, match="takes deserializers, not str"):
        MinibatchSource("train.ctf")


@pytest.mark.parametrize("size", [0, -1])
def test_the_size_is_positive(tmp_path, size):
    with pytest.raises(ValueError, match="Requested minibatch size must be > 0"):
        source(tmp_path / "f", RAGGED, ONE).next_minibatch(size)


def test_a_partition_must_exist(tmp_path):
    with pytest.raises(ValueError, match="partition_index 2 is not one of"):
        source(tmp_path / "f", RAGGED, ONE).next_minibatch(
            2, num_data_partitions=2, partition_index=2
        )
