"""The reader in C: the numbers of NumPy, whatever the number of threads; what it cannot read."""

from __future__ import annotations

import random

import numpy as np
import pytest

from cntk.io import CTFDeserializer, StreamDef, StreamDefs
from cntk.io.deserializers.ctf import native
from cntk.io.deserializers.ctf.decimals import PADDING
from cntk.io.deserializers.ctf.layout import Input
from cntk.io.deserializers.ctf.lines import padded
from cntk.io.problems import Problems

from ...mutants import mutant
from ...sequence_data import assert_same

STREAMS = StreamDefs(
    x=StreamDef(field="x", shape=7), w=StreamDef(field="words", shape=3000, is_sparse=True)
)
LINES = 3000


def text_of(seed: int) -> bytes:
    """Return lines with numbers of many forms."""
    source = np.random.default_rng(seed)
    forms = ["%g", "%.3f", "%.9e", "%d", "%.17g", "%+.1f"]
    lines = []
    for i in range(LINES):
        scale = 10.0 ** source.integers(-12, 12)
        form = forms[source.integers(len(forms))]
        dense = " ".join(form % v for v in source.normal(size=7) * scale)
        places = source.integers(0, 3000, size=source.integers(0, 9))
        sparse = " ".join(f"{p}:{form % v}" for p, v in zip(places, source.random(9)))
        lines.append(f"{i // 3}\t|x {dense}\t|# {i} |words {sparse}\r\n")
    return "".join(lines).encode()


def read(path, body: bytes, max_errors=0):
    path.write_bytes(body)
    reader = CTFDeserializer(path, STREAMS)
    reader.problems = Problems(str(path), max_errors, trace_level=0)
    return reader.get_chunk(0)


@pytest.mark.parametrize("seed", range(5))
def test_the_numbers_are_those_of_numpy(tmp_path, monkeypatch, seed):
    found = read(tmp_path / "a.ctf", text_of(seed))
    monkeypatch.setattr(native, "is_available", lambda: False)
    expected = read(tmp_path / "a.ctf", text_of(seed))
    assert_same(found, expected)
    np.testing.assert_array_equal(found.keys, expected.keys)


def test_the_number_of_threads_does_not_matter(tmp_path, monkeypatch):
    body = text_of(1)
    monkeypatch.setattr(native, "_LEAST_BYTES", 1)
    found = []
    for count in (1, 2, 3, 7):
        monkeypatch.setattr(native, "num_threads", lambda count=count: count)
        native._threads.cache_clear()
        found.append(read(tmp_path / "a.ctf", body))
    native._threads.cache_clear()
    for other in found[1:]:
        assert_same(other, found[0])


def test_mutants_are_read_as_numpy_reads_them(tmp_path, monkeypatch):
    body, source = text_of(2)[:900], random.Random(0)
    is_there = native.is_available()
    for number in range(400):
        changed = b"|x 1 2 3 4 5 6 7 |words 2:3\n" + mutant(body, source)
        outcomes = []
        for available in (is_there, False):
            monkeypatch.setattr(native, "is_available", lambda available=available: available)
            try:
                outcomes.append(read(tmp_path / "a.ctf", changed, max_errors=1000))
            except RuntimeError as error:
                outcomes.append(str(error))
        if isinstance(outcomes[0], str):
            assert outcomes[0] == outcomes[1], number
        else:
            assert_same(outcomes[0], outcomes[1])
            np.testing.assert_array_equal(outcomes[0].is_valid, outcomes[1].is_valid)


def as_lines(body: bytes):
    """Return a padded text, the starts of its lines, and its end."""
    text, inner = padded(len(body))
    inner[:] = np.frombuffer(body, np.uint8)
    end = PADDING + len(body)
    return text, np.flatnonzero(text[:end] == 10) + 1, end


def test_values_never_leave_their_arrays():
    wanted = [Input("x", b"x", 2**31 - 1, False), Input("w", b"w", 2**31 - 1, True)]
    body = (
        b"\n|x 1 2 |w 1:1\n|w " + b"0:1 " * 5000 + b"\n|x " + b"1 " * 5000 + b"\n|w 2147483646:1\n"
    )
    text, begins, end = as_lines(body)
    begins = begins[:-1]
    rows, irregular = native.read_lines(text, begins, begins, end, wanted)
    assert irregular.tolist() == [0, 2]
    assert rows[0].values.shape == (0, 2**31 - 1)
    assert rows[1].counts.tolist() == [5000, 1]
    assert rows[1].indices[-1] == 2147483646
