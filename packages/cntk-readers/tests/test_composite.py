"""Joining deserializers by key. Numbers without another remark were printed by CNTK 2.7."""

from __future__ import annotations

import pytest

from cntk.io import MinibatchSource

from .ctf_files import reader, sequences


def joined(tmp_path, first: str, second: str, **options) -> MinibatchSource:
    parts = [
        reader(tmp_path / "first", first, {"a": ("a", 1, False)}, chunk_bytes=12),
        reader(tmp_path / "second", second, {"b": ("b", 1, False)}, chunk_bytes=12),
    ]
    return MinibatchSource(parts, **{"randomize": False, "max_sweeps": 1, **options})


def pairs(source: MinibatchSource) -> list[tuple]:
    found = []
    while minibatch := source.next_minibatch(2):
        own = sequences(minibatch)
        found += [(a[0][0], [step[0] for step in b]) for a, b in zip(own["a"], own["b"])]
    return found


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("|a 1\n|a 2\n|a 3\n", "|b 1\n|b 2\n|b 3\n", [(1, [1]), (2, [2]), (3, [3])]),
        ("|a 1\n|a 2\n|a 3\n", "|b 1\n|b 2\n", [(1, [1]), (2, [2])]),
        (
            "1 |a 1\n2 |a 2\n3 |a 3\n",
            "3 |b 3\n1 |b 1\n1 |b 1\n7 |b 7\n",
            [(1, [1, 1]), (3, [3])],
        ),
        (
            "1 |a 1\n2 |a 2\n3 |a 3\n",
            "3 |b 3\n1 |b 1\n2 |b 2\n1 |b 100\n",
            [(1, [1]), (2, [2]), (3, [3])],
        ),
        (
            "1 |a 1\n2 |a 2\n1 |a 3\n",
            "3 |b 3\n1 |b 1\n2 |b 2\n",
            [(1, [1]), (2, [2]), (3, [1])],
        ),
        ("|a 1\n|a 2\n|a 3\n", "2 |b 2\n1 |b 1\n0 |b 0\n", [(1, [0]), (2, [1]), (3, [2])]),
    ],
)
def test_sequences_are_joined_by_key(tmp_path, first, second, expected):
    assert pairs(joined(tmp_path, first, second)) == expected
    assert sorted(pairs(joined(tmp_path, first, second, randomize=True))) == expected


def test_a_pair_counts_its_longest_stream(tmp_path):
    source = joined(tmp_path, "1 |a 1\n1 |a 1\n2 |a 2\n", "1 |b 3\n1 |b 3\n1 |b 3\n2 |b 1\n")
    assert pairs(source) == [(1, [3, 3, 3]), (2, [1])]
    assert source.current_position == {"minibatchSourcePosition": 4}


def test_no_common_key_is_an_error(tmp_path):
    with pytest.raises(RuntimeError, match="Could not reconcile data") as caught:
        joined(tmp_path, "1 |a 1\n2 |a 2\n", "3 |b 3\n4 |b 1\n")
    assert "keys 1, 2" in str(caught.value) and "keys 3" in str(caught.value)


def test_two_streams_of_one_name_are_refused(tmp_path):
    parts = [reader(tmp_path / name, "|a 1\n", {"a": ("a", 1, False)}) for name in "xy"]
    with pytest.raises(ValueError, match="one name"):
        MinibatchSource(parts)


def test_streams_are_numbered_anew(tmp_path):
    source = joined(tmp_path, "|a 1\n", "|b 1\n")
    assert [info.m_id for info in source.stream_infos()] == [0, 1]


def test_a_malformed_line_leaves_out_the_pair(tmp_path, caplog):
    source = joined(tmp_path, "|a 1\n|a 2\n|a 3\n", "|b 1\n|b x\n|b 3\n", max_errors=1)
    assert pairs(source) == [(1, [1]), (3, [3])]
