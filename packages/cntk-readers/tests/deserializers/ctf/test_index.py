"""Chunks of a file: where they are cut, and what a file must not be."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import MinibatchSource
from cntk.io.deserializers.ctf import index, parse

from ...ctf_files import drain, reader

ONE = {"a": ("a", 1, False)}


def lines(count: int, per_sequence: int = 0) -> str:
    ids = [f"{i // per_sequence} " if per_sequence else "" for i in range(count)]
    return "".join(f"{own}|a {i}\n" for i, own in enumerate(ids))


@pytest.mark.parametrize("per_sequence", [0, 1, 3, 7])
@pytest.mark.parametrize("chunk_bytes", [1, 20, 100, 10**6])
@pytest.mark.parametrize("piece", [16, 4096])
def test_chunks_hold_whole_sequences_and_everything_once(
    tmp_path, monkeypatch, per_sequence, chunk_bytes, piece
):
    monkeypatch.setattr(index, "_PIECE_BYTES", piece)
    text = lines(40, per_sequence)
    chunks = reader(tmp_path / "f", text, ONE, chunk_bytes=chunk_bytes)
    places = chunks.index.chunks
    assert sum(place.size for place in places) == len(text)
    assert sum(place.num_lines for place in places) == 40
    assert [p.line for p in places] == list(np.cumsum([0] + [p.num_lines for p in places])[:-1])
    read = [chunks.get_chunk(i) for i in range(chunks.num_chunks())]
    values = np.concatenate([chunk.streams["a"].rows[:, 0] for chunk in read])
    assert values.tolist() == list(range(40))
    keys = np.concatenate([chunk.keys for chunk in read])
    assert keys.tolist() == sorted(set(keys.tolist()))
    for i, chunk in enumerate(read):
        assert chunks.sequence_sizes(i).tolist() == chunk.sizes.tolist()
        assert chunks.sequence_keys(i).tolist() == chunk.keys.tolist()


@pytest.mark.parametrize("per_sequence", [0, 3])
def test_chunks_have_a_limited_number_of_lines(tmp_path, monkeypatch, per_sequence):
    monkeypatch.setattr(index, "CHUNK_LINES", 6)
    chunks = reader(tmp_path / "f", lines(40, per_sequence), ONE)
    assert [place.num_lines for place in chunks.index.chunks] == [6] * 6 + [4]


def test_errors_in_a_later_chunk_name_the_line_of_the_file(tmp_path):
    text = lines(40) + "|a x\n"
    chunks = reader(tmp_path / "f", text, ONE, chunk_bytes=50)
    place = f"line 41, column 4 .byte {len(text) - 2}."
    with pytest.raises(RuntimeError, match=place):
        drain(MinibatchSource(chunks, randomize=False, max_sweeps=1), 3, "a")


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path):
    path = tmp_path / "f"
    source = MinibatchSource(reader(path, lines(40), ONE, chunk_bytes=50), randomize=False)
    source.next_minibatch(1)
    path.write_text(lines(39))
    with pytest.raises(RuntimeError, match="was changed while it is being read"):
        source.next_minibatch(30)


def test_a_file_that_disappears_is_an_error(tmp_path):
    path = tmp_path / "f"
    source = MinibatchSource(reader(path, lines(40), ONE, chunk_bytes=50), randomize=False)
    path.unlink()
    with pytest.raises(RuntimeError, match="is not open"):
        source.next_minibatch(1)


def test_an_endless_line_is_refused_early(tmp_path, monkeypatch):
    monkeypatch.setattr(index, "_PIECE_BYTES", 1 << 10)
    monkeypatch.setattr(index, "LONGEST_LINE", 1 << 14)
    with pytest.raises(RuntimeError, match="has a line of more than"):
        reader(tmp_path / "f", "|a " + "1 " * (1 << 14), ONE).num_chunks()


def test_an_endless_sequence_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(index, "LONGEST_SEQUENCE", 1000)
    with pytest.raises(RuntimeError, match="has a sequence of more than"):
        reader(tmp_path / "f", "1 |a 1\n" * 1000, ONE, chunk_bytes=100).num_chunks()


def test_missing_values_cannot_fill_the_memory(tmp_path, caplog):
    wide = {"a": ("a", 2_000_000, False)}
    with pytest.raises(RuntimeError, match="too many values are missing"):
        reader(tmp_path / "f", "|a 1\n" * 100, wide).get_chunk(0)


def test_an_enormous_line_is_read_like_any_other(tmp_path, monkeypatch):
    monkeypatch.setattr(parse, "_LARGEST_BLOCK", 1000)
    monkeypatch.setattr(parse, "_BLOCK_BYTES", 100)
    wide = {"a": ("a", 400, False)}
    rows = ["|a " + " ".join(str(n % 1000) for n in range(i, i + 400)) for i in range(3)]
    chunk = reader(tmp_path / "f", "\n".join(rows), wide).get_chunk(0)
    assert chunk.streams["a"].rows[:, 399].tolist() == [399, 400, 401]
    with pytest.raises(RuntimeError, match="expected 400 values, found one more"):
        reader(tmp_path / "f", rows[0] + " 1" * 9, wide).get_chunk(0)


def test_blocks_of_a_chunk_join_up(tmp_path):
    count = 70_000  # several blocks of 256 KB
    text = "".join(f"{i // 3} |a {i} |w {i % 5}:{i}\n" for i in range(count))
    streams = ONE | {"w": ("w", 5, True)}
    chunk = reader(tmp_path / "f", text, streams).get_chunk(0)
    assert chunk.streams["a"].rows[:, 0].tolist() == list(range(count))
    sparse = chunk.streams["w"].rows
    assert sparse.data.tolist() == list(range(count))
    np.testing.assert_array_equal(sparse.indices, np.arange(count) % 5)
    np.testing.assert_array_equal(sparse.indptr, np.arange(count + 1))
