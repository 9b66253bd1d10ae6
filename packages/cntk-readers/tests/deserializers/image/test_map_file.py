"""Chunks of lines, whatever the ends of lines are."""

from __future__ import annotations

import os
import time

import pytest

from cntk.io.deserializers.image.map_file import look_through

from ...image_files import write_map


def lines(path, chunk_lines=3, chunk_bytes=1000, longest=100):
    file = look_through(str(path), longest, chunk_lines, chunk_bytes)
    return [[(n, text.decode()) for n, _, text in file.lines(chunk)] for chunk in file.chunks]


def test_chunks_have_their_number_of_lines(tmp_path):
    path = write_map(tmp_path, "".join(f"line {i}\n" for i in range(8)))
    assert [[n for n, _ in chunk] for chunk in lines(path)] == [[0, 1, 2], [3, 4, 5], [6, 7]]
    assert [[n for n, _ in chunk] for chunk in lines(path, 4)] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert len(lines(path, 100)) == 1


def test_chunks_end_earlier_where_lines_are_long(tmp_path):
    path = write_map(tmp_path, "a" * 50 + "\n" + "b" * 60 + "\nc\nd\n")
    found = lines(path, 100, chunk_bytes=40)
    assert [[n for n, _ in chunk] for chunk in found] == [[0], [1], [2, 3]]


@pytest.mark.parametrize("end", ["\n", ""])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_ends_of_lines_and_byte_order_marks(tmp_path, end, newline, mark):
    text = mark + f"a\tb{newline}# no{newline}{newline} \t {newline}c{end}".encode()
    path = write_map(tmp_path, text)
    assert lines(path, 100) == [[(0, "a\tb"), (4, "c")]]


def test_offsets_are_those_of_the_file(tmp_path):
    path = write_map(tmp_path, b"\xef\xbb\xbfab\r\n\r\ncd\n\nef")
    file = look_through(str(path), 100, 2, 100)
    found = [(file.read(at, len(text)), text) for c in file.chunks for _, at, text in file.lines(c)]
    assert [text for _, text in found] == [b"ab", b"cd", b"ef"]
    assert all(read == text for read, text in found)


def test_chunks_go_over_pieces_that_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr("cntk.io.deserializers.image.map_file._PIECE_BYTES", 7)
    path = write_map(tmp_path, "".join(f"line {i}\n" for i in range(50)))
    found = [line for chunk in lines(path) for line in chunk]
    assert found == [(i, f"line {i}") for i in range(50)]


def test_a_long_line_is_refused_without_being_read(tmp_path):
    path = tmp_path / "long.txt"
    with open(path, "wb") as file:
        file.write(b"a\n")
        file.truncate(1 << 34)  # 16 GB of zeros that take no space
    begin = time.process_time()
    with pytest.raises(RuntimeError, match="line of more than 100 bytes") as caught:
        lines(path)
    assert time.process_time() - begin < 0.1
    assert "line  2" in str(caught.value) and str(path) in str(caught.value)


@pytest.mark.parametrize("text", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path, text):
    with pytest.raises(RuntimeError, match="Input file is empty"):
        lines(write_map(tmp_path, text))


def test_a_missing_file_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(RuntimeError, match="is not open") as caught:
        lines(tmp_path / "nothing.txt")
    assert os.getcwd() in str(caught.value)


@pytest.mark.parametrize("new", [b"x\t1\ny\t2\nz\t3\n", b"x"])
def test_a_file_changed_while_it_is_read_is_refused(tmp_path, new):
    path = write_map(tmp_path, "a\t1\nb\t2\n")
    file = look_through(str(path), 100, 10, 100)
    path.write_bytes(new)
    with pytest.raises(RuntimeError, match="was changed while it is being read"):
        list(file.lines(file.chunks[0]))
