"""What CTF files mean. Each case was run on CNTK 2.7; where ours differs the test says so."""

from __future__ import annotations

import re

import pytest

from cntk.io import CTFDeserializer, MinibatchSource, StreamDef, StreamDefs

from ...ctf_files import DENSE, SPARSE, sequences, source


def without_bytes(text: str) -> str:
    return re.sub(r" \(byte \d+\)", "", text)


PLAIN = {"a": [[[1.0, 2.0]]], "b": [[[3.0]]]}


@pytest.mark.parametrize(
    "line",
    [
        "|a 1 2 |b 3",
        "|b 3 |a 1 2",
        "|a 1 2|b 3",
        "|a\t1\t2\t|b\t3\t",
        "|a  1  2   |b 3  ",
        " |a 1 2 |b 3",
        "\t|a 1 2 |b 3",
        "|a 1. 2.0 |b 3e0",
        "|a +1 2E+00 |b 00003",
        "|a 1 2 |b 3\r",
        "|a 1 2 \r|b 3",
        "|a 1 2 |# a comment 7:1 |b 3",
        "|a 1 2 |#|b 3",
        "|a 1 2 |b 3 |# x #",
        "|zz|a 1 2 |b 3",
        "|zz q:::1 x.. |a 1 2 |b 3",
        "|ab 9 |a 1 2 |b 3",
        "|a#c 1 2 |a 1 2 |b 3",
        "\ufeff|a 1 2 |b 3",
        "\n\n|a 1 2 |b 3",
    ],
)
@pytest.mark.parametrize("ending", ["\n", ""])
def test_ways_to_write_one_sample(tmp_path, line, ending):
    found = source(tmp_path / "f.ctf", line + ending).next_minibatch(10)
    assert sequences(found) == PLAIN


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("|a 1 x |b 2", "column 6, input 'a': expected a number, found 'x'"),
        ("|a .5 1 |b 2", "input 'a': expected a number, found '.5'"),
        ("|a 1.e2 1 |b 2", "expected a number, found '1.e2'"),
        ("|a nan 1 |b 2", "expected a number, found 'nan'"),
        ("|a 1e 1 |b 2", "expected a number, found '1e'"),
        ("|a - 1 |b 2", "expected a number, found '-'"),
        ("|a 1,2 1 |b 2", "expected a number, found '1,2'"),
        ("|a 0x10 1 |b 2", "expected a number, found '0x10'"),
        ("|a 1:2 2 |b 3", "expected a number, found '1:2'"),
        ("|a 1 2 3 |b 2", "column 8, input 'a': expected 2 values, found one more, '3'"),
        ("|a 1 2 |a 3 4 |b 5", "input 'a': expected each input once in a line"),
        ("| a 1 2 |b 3", "column 2: expected an input name right after '|', found ' '"),
        ("|a 1 2 ||b 3", "expected an input name right after '|', found '|'"),
        ("|a 1 2 |b 3 |", "expected an input name right after '|', found the end of the line"),
        ("", "column 1: expected at least one of |a, |b, found an empty line"),
        ("|# only a comment", "expected at least one of |a, |b, found none of them"),
        ("|q 4", "expected at least one of |a, |b, found none of them"),
        ("abc |a 1 2 |b 3", "column 1: expected '|' before an input name, found 'a'"),
        ("|a 1 2", "input 'b': expected at least one sample in each sequence, found none"),
        ("|A 1 2 |b 3", "input 'a': expected at least one sample in each sequence, found none"),
        # CNTK 2.7 reads infinity, two values, and ignores the control character
        ("|a 5e38 1 |b 2", "expected a number within float32's range, found '5e38'"),
        ("|a 1-2 |b 2", "expected a number, found '1-2'"),
        ("|a 1 2\x00 |b 2", "expected a number, found '2\\x00'"),
    ],
)
def test_a_malformed_line_is_named_with_place_and_cause(tmp_path, line, cause):
    path = tmp_path / "f.ctf"
    with pytest.raises(RuntimeError) as caught:
        source(path, f"|a 6 7 |b 8\n{line}\n|a 6 7 |b 8\n").next_minibatch(10)
    text = str(caught.value)
    assert f"errors while reading the input file ({path})" in text
    assert "line 2, column" in text and cause in without_bytes(text)
    assert "max_errors" in text


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("|w 3 |y 0:1", "input 'w': expected index:value, found '3'"),
        ("|w 3: 1 |y 0:1", "input 'w': expected a number, found nothing"),
        ("|w 3 :1 |y 0:1", "expected index:value, found '3'"),
        ("|w :1 |y 0:1", "expected index:value, found ':1'"),
        ("|w -1:1 |y 0:1", "expected index:value, found '-1:1'"),
        ("|w +3:1 |y 0:1", "expected index:value, found '+3:1'"),
        ("|w 1.5:1 |y 0:1", "expected index:value, found '1.5:1'"),
        ("|w 10:1 |y 0:1", "column 4, input 'w': expected an index below 10, found '10'"),
        ("|w 18446744073709551617:1 |y 0:1", "expected an index below 10"),
        ("|w 3:1:2 |y 0:1", "expected a number, found '1:2'"),
        ("|w 3:.5 |y 0:1", "expected a number, found '.5'"),
        ("|w 3:1e39 |y 0:1", "expected a number within float32's range"),
    ],
)
def test_malformed_sparse_samples(tmp_path, line, cause):
    with pytest.raises(RuntimeError, match="maximum number of allowed errors") as caught:
        source(tmp_path / "f", f"|w 1:1 |y 1:1\n{line}\n", SPARSE).next_minibatch(10)
    assert cause in without_bytes(str(caught.value))


def test_sparse_indices_need_no_order_and_may_repeat(tmp_path):
    found = source(tmp_path / "f", "|w 5:1 2:3 5:2 |y\n", SPARSE).next_minibatch(1)
    assert sequences(found) == {"w": [[[0, 0, 3, 0, 0, 3, 0, 0, 0, 0]]], "y": [[[0, 0, 0]]]}


def test_short_dense_samples_are_filled_with_zeros_and_reported(tmp_path, caplog):
    found = source(tmp_path / "f.ctf", "|a 1 |b\n|a 6 7 |b 8\n").next_minibatch(10)
    assert sequences(found) == {"a": [[[1, 0]], [[6, 7]]], "b": [[[0]], [[8]]]}
    assert "line 1, column 6 (byte 5), input 'a': expected 2 values, found 1" in caplog.text
    assert len(caplog.records) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 |a 1 2 |b 3\n1 |a 4 5\n2 |a 6 7 |b 8\n", [[[1, 2], [4, 5]], [[6, 7]]]),
        ("1|a 1 2|b 3\n1|a 4 5\n2|a 6 7|b 8\n", [[[1, 2], [4, 5]], [[6, 7]]]),
        ("1\t|a 1 2 |b 3\n|a 4 5\n |a 6 7\n", [[[1, 2], [4, 5], [6, 7]]]),
        ("5 |a 1 2 |b 3\n3 |a 4 5 |b 6\n5 |a 6 7 |b 8\n", [[[1, 2]], [[4, 5]], [[6, 7]]]),
        ("0012    |a 1 2 |b 3\n12 |a 4 5\n", [[[1, 2], [4, 5]]]),
        ("|a 1 2 |b 3\n1 |a 4 5 |b 6\n1 |a 6 7 |b 8\n", [[[1, 2]], [[4, 5]], [[6, 7]]]),
        ("18446744073709551615 |a 1 2 |b 3\n0 |a 4 5 |b 6\n", [[[1, 2]], [[4, 5]]]),
        ("0 |a 1 2 |b 3\n1000000000000 |a 4 5 |b 6\n", [[[1, 2]], [[4, 5]]]),
    ],
)
def test_sequence_ids(tmp_path, text, expected):
    assert sequences(source(tmp_path / "f", text).next_minibatch(100))["a"] == expected


def test_one_input_must_cover_all_lines_of_a_sequence(tmp_path):
    with pytest.raises(RuntimeError, match="a sample in each of the 2 lines, found at most 1"):
        source(tmp_path / "f", "1 |a 1 2\n1 |b 3\n").next_minibatch(10)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Input file is empty"),
        ("\n\r\n", "Input file is empty"),
        ("a 1 2 |b 5\n", "Expected a sequence id at the offset 0, none was found"),
        ("-1 |a 1 2 |b 5\n", "Expected a sequence id at the offset 0"),
        ("18446744073709551616 |a 1 2 |b 5\n", "Overflow while reading a numeric sequence id"),
        ("1" * 5000 + " |a 1 2 |b 5\n", "Overflow while reading a numeric sequence id"),
    ],
)
def test_what_is_no_text_file_is_refused_at_once(tmp_path, text, message):
    with pytest.raises(RuntimeError, match=message):
        source(tmp_path / "f", text)


def test_a_missing_file_names_the_folder(tmp_path):
    streams = StreamDefs(a=StreamDef("a", 2))
    with pytest.raises(RuntimeError, match="is not open") as caught:
        MinibatchSource(CTFDeserializer(tmp_path / "absent.ctf", streams))
    assert "No such file" in str(caught.value) and "folder" in str(caught.value)


@pytest.mark.parametrize("alias", ["a", "features", "a_name_of_18_bytes", "Größe"])
def test_aliases_of_any_length_match_as_a_whole(tmp_path, alias):
    text = f"|{alias} 1 2 |{alias}x 5 |b 3\n|b 4 |{alias[:-1]}# 5 |{alias} 6 7\n"
    streams = DENSE | {"a": (alias, 2, False)}
    found = sequences(source(tmp_path / "f", text, streams).next_minibatch(5))
    assert found == {"a": [[[1, 2]], [[6, 7]]], "b": [[[3]], [[4]]]}
