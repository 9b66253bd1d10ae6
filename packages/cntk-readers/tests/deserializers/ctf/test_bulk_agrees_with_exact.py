"""Reading in bulk gives what reading line by line gives, on valid, damaged and random files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cntk.io.deserializers.ctf import native
from cntk.io.deserializers.ctf.bulk import read_block
from cntk.io.deserializers.ctf.decimals import PADDING
from cntk.io.deserializers.ctf.exact import LineError, read_line
from cntk.io.deserializers.ctf.layout import Input
from cntk.io.deserializers.ctf.lines import group_lines, line_starts, padded

INPUTS = [Input("a", b"a", 2, False), Input("w", b"word", 5, True), Input("b", b"b2", 1, False)]
BY_ALIAS = {wanted.alias: wanted for wanted in INPUTS}

number = st.sampled_from(["1", "-2.5", "0.125", "3e2", "+7.", "123456789.25", "1.5e-3"])
pair = st.builds("{}:{}".format, st.integers(0, 4), number)
fields = st.one_of(
    st.builds("|a {} {}".format, number, number),
    st.builds(lambda pairs: "|word " + " ".join(pairs), st.lists(pair, max_size=3)),
    st.builds("|b2 {}".format, number),
    st.sampled_from(["|# note 1:2", "|other 5 6", "|a 1", "|word"]),
)
valid_lines = st.builds(
    lambda prefix, parts: prefix + " ".join(parts),
    st.sampled_from(["", "0 ", "7\t", "7 ", "12   "]),
    st.lists(fields, min_size=1, max_size=4),
)
damage = st.lists(
    st.tuples(
        st.integers(0, 400), st.sampled_from([*"0123456789 \t|:.-+e#ab\r\n", "\x00", "é", ""])
    ),
    max_size=4,
)


def damaged(lines: list[str], changes: list[tuple[int, str]]) -> bytes:
    text = "\n".join(lines)
    for place, new in changes:
        at = place % (len(text) + 1)
        text = text[:at] + new + text[at + 1 :]
    return text.encode() + b"\n"


def read_by_numpy(text, begins, prefix_ends, end):
    return read_block(text, begins, prefix_ends, end, INPUTS)


def read_by_c(text, begins, prefix_ends, end):
    rows, lines = native.read_lines(text, begins, prefix_ends, end, INPUTS)
    return rows, np.isin(np.arange(len(begins)), lines)


READERS = [read_by_numpy, *([read_by_c] if native.is_available() else [])]


def read_in_bulk(body: bytes, has_ids: bool, read):
    text, inner = padded(len(body), after=24)
    inner[:] = np.frombuffer(body, np.uint8)
    begins = line_starts(text, PADDING, PADDING + len(body))
    _, prefix_ends, _ = group_lines(text, begins, has_ids)
    return read(text, begins, prefix_ends, PADDING + len(body))


def sample_in_bulk(rows, line: int) -> tuple[list[float], list[int]] | None:
    """Return values and indices of the sample that a line has in one input's rows."""
    at = np.flatnonzero(rows.lines == line)
    if not len(at):
        return None
    if rows.counts is None:
        return rows.values[at[0]].tolist(), []
    end = int(np.cumsum(rows.counts)[at[0]])
    part = slice(end - int(rows.counts[at[0]]), end)
    return rows.values[part].tolist(), rows.indices[part].tolist()


def check(body: bytes, has_ids: bool) -> None:
    for read in READERS:
        check_reader(body, has_ids, read)


def check_reader(body: bytes, has_ids: bool, read) -> None:
    rows, irregular = read_in_bulk(body, has_ids, read)
    for number, line in enumerate(body.split(b"\n")[:-1]):
        found = {wanted.alias: sample_in_bulk(own, number) for wanted, own in zip(INPUTS, rows)}
        found = {alias: sample for alias, sample in found.items() if sample is not None}
        if irregular[number]:
            assert not found
            continue
        # a line that is taken in bulk has no error
        expected = read_line(line, BY_ALIAS).items()
        assert found == {
            alias: (np.float32(each.values).tolist(), each.indices) for alias, each in expected
        }


@settings(max_examples=150, deadline=None)
@given(st.lists(valid_lines, min_size=1, max_size=8), damage, st.booleans())
def test_damaged_files(lines, changes, has_ids):
    check(damaged(lines, changes), has_ids)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_random_bytes(body, has_ids):
    check(b"|a 1 2\n" + body + b"\n", has_ids)


@given(st.lists(valid_lines, min_size=1, max_size=4))
def test_well_formed_lines_are_taken_in_bulk(lines):
    for read in READERS:
        _, irregular = read_in_bulk(damaged(lines, []), True, read)
        for line, flag in zip(lines, irregular):
            assert not flag or is_doubtful(line)


def is_doubtful(line: str) -> bool:
    """Whether the exact reader refuses the line, or would fill a sample with zeros."""
    try:
        samples = read_line(line.encode(), BY_ALIAS)
    except LineError:
        return True
    dense = [wanted for wanted in INPUTS if wanted.alias in samples and not wanted.is_sparse]
    return any(len(samples[wanted.alias].values) < wanted.dim for wanted in dense)


@given(st.lists(valid_lines, min_size=1, max_size=4), damage)
def test_samples_read_whole_are_those_read_token_by_token(lines, changes):
    for line in damaged(lines, changes).split(b"\n"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("cntk.io.deserializers.ctf.exact._read_plain", lambda *place: None)
            expected = outcome(line)
        assert outcome(line) == expected


def outcome(line: bytes):
    """Return the samples of a line without their extents, or what is wrong with it."""
    try:
        samples = read_line(line, BY_ALIAS)
    except LineError as error:
        return error.args
    return {alias: (sample.values, sample.indices) for alias, sample in samples.items()}
