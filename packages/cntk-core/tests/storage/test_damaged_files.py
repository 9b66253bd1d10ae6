"""Files that are cut, altered or hostile: a clear error, no crash, no hang, no big memory."""

from __future__ import annotations

import random
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cntk.storage import (
    DamagedFileError,
    ModelFileError,
    dictionary_bytes,
    read_dictionary,
    seal,
)
from cntk.storage.messages import wire
from cntk.storage.weights.npz import read_npz, write_npz
from cntk.storage.weights.safetensors import read_safetensors, write_safetensors

from .samples import GOLDEN_FILES, one_of_each

SMALL = [path for path in GOLDEN_FILES if path.stat().st_size < 8000]


def read_or_refuse(content):
    """Read bytes that may be damaged; only one class of error may come out."""
    try:
        return read_dictionary(content)
    except ModelFileError as error:
        assert str(error).startswith("<bytes>")
        return None


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.name)
def test_a_file_cut_anywhere_is_refused(path):
    """Between two entries of the outermost dictionary the file of CNTK 2.7 cannot tell."""
    content = path.read_bytes()
    whole = len(read_dictionary(content))
    accepted = [read_or_refuse(content[:size]) for size in range(0, len(content), 7)]
    assert all(found is None or len(found) < whole for found in accepted)
    assert sum(found is not None for found in accepted) <= whole


@pytest.mark.parametrize("path", GOLDEN_FILES, ids=lambda path: path.name)
def test_altered_golden_files_are_read_or_refused(path):
    content, chance = path.read_bytes(), random.Random(path.name)
    for _ in range(max(5, 400_000 // len(content))):
        altered = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            start = chance.randrange(len(altered))
            kind = chance.randrange(4)
            if kind == 0:
                altered[start] ^= 1 << chance.randrange(8)
            elif kind == 1:
                altered[start] = chance.choice([0, 0x7F, 0x80, 0xFF])
            elif kind == 2:
                del altered[start : start + chance.randint(1, 9)]
            else:
                altered[start:start] = chance.randbytes(chance.randint(1, 9))
        read_or_refuse(bytes(altered))


@pytest.mark.parametrize("large", [2**31 - 1, 0], ids=["one message", "payload apart"])
def test_every_flipped_bit_and_every_cut_of_our_files_is_noticed(large):
    content = dictionary_bytes(one_of_each(), large=large)
    for size in range(len(content)):
        with pytest.raises(ModelFileError):
            read_dictionary(content[:size])
    for i in range(8 * len(content)):
        altered = bytearray(content)
        altered[i // 8] ^= 1 << i % 8
        with pytest.raises(ModelFileError):
            read_dictionary(altered)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(content):
    read_or_refuse(content)
    read_or_refuse(b"\x08\x02" + content)
    read_or_refuse(b"ktnc" + content)


def message(number, content):
    """Return a field with a length, as hostile as its content."""
    size, encoded = len(content), b""
    while size >= 0x80:
        encoded += bytes([size & 0x7F | 0x80])
        size >>= 7
    return varint(number << 3 | 2) + encoded + bytes([size]) + content


def varint(number):
    encoded = b""
    while number >= 0x80:
        encoded += bytes([number & 0x7F | 0x80])
        number >>= 7
    return encoded + bytes([number])


def entry(value):
    """Return a whole file: one key and one value, given as the fields of a DictionaryValue."""
    return message(2, message(1, b"k") + message(2, value))


def array(fields, shape=()):
    stored = message(3, message(1, b"".join(map(varint, shape))))
    return entry(b"\x10\x0b" + message(13, stored + fields))


HOSTILE = {
    "length beyond the file": (b"\x12" + varint(2**62), "goes beyond its surroundings"),
    "number of 11 bytes": (b"\x08" + b"\xff" * 10 + b"\x01", "longer than 64 bits"),
    "number of 70 bits": (b"\x08" + b"\xff" * 9 + b"\x7f", "longer than 64 bits"),
    "unknown field": (b"\x08\x02\x1a\x00", "has no field 3"),
    "wrong wire type": (b"\x12\x00\x0d\0\0\0\0", "wire type 5"),
    "field twice": (b"\x08\x02\x08\x02", "occurs twice"),
    "key twice": (entry(b"\x10\x00") * 2, "'k' occurs twice"),
    "key that is not UTF-8": (message(2, message(1, b"\xff\xfe")), "not UTF-8"),
    "unknown type": (entry(b"\x10\x0c"), "unknown type"),
    "content of another type": (entry(b"\x10\x03\x20\x01"), "wrong content"),
    "content of none": (entry(b"\x20\x01"), "wrong content"),
    "two contents": (entry(b"\x10\x03\x28\x01\x20\x01"), "two contents"),
    "truth of 2": (entry(b"\x10\x01\x18\x02"), "neither 0 nor 1"),
    "Int of 33 bits": (entry(b"\x10\x02\x20" + varint(2**32)), "does not fit"),
    "array missing": (entry(b"\x10\x0b"), "array is missing"),
    "array of unknown type": (array(b"\x08\x03"), "unknown element type"),
    "array that is sparse": (array(b"\x08\x01\x10\x01"), "not dense"),
    "array without values": (array(b"\x08\x01", [2]), "has no values"),
    "array with too many": (array(b"\x08\x01\x22\x06\x0a\x04abcd", [0]), "wrong number of values"),
    "array with doubles": (array(b"\x08\x01\x2a\x0a\x0a\x08abcdefgh"), "another type"),
    "array with two kinds": (array(b"\x08\x01\x22\x00\x2a\x00"), "two sets of values"),
    "array with half a number": (array(b"\x08\x01\x22\x05\x0a\x03abc"), "within a number"),
    "array cut at one number": (array(b"\x08\x01\x22\x03\x0dab"), "ends too early"),
    "array of inferred size": (array(b"\x08\x01", [2**64 - 1]), "impossible shape"),
    "array that wraps around": (array(b"\x08\x01", [2**32, 2**32, 2]), "impossible shape"),
    "array of many dimensions": (array(b"\x08\x01", [1] * 40), "impossible shape"),
    "array of nothing but huge": (array(b"\x08\x01", [0, 2**62]), "impossible shape"),
    "shape of 65 dimensions": (
        entry(b"\x10\x07" + message(9, message(1, b"\1" * 65))),
        "more than",
    ),
    "shape of size 2**64 - 4": (
        entry(b"\x10\x07" + message(9, message(1, varint(2**64 - 4)))),
        "impossible dimension",
    ),
    "shape that ends in a number": (entry(b"\x10\x07\x4a\x04\x0a\x01\x80\x01"), "within a number"),
    "int16 of 17 bits": (array(b"\x08\x06\x3a\x05\x0a\x03\xff\xff\x0f", [1]), "longer than 16"),
    "int16 cut off": (array(b"\x08\x06\x3a\x03\x0a\x01\xff", [1]), "cut off"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_reason(name):
    content, reason = HOSTILE[name]
    with pytest.raises(DamagedFileError, match=reason) as raised:
        read_dictionary(content)
    assert raised.value.offset is not None and raised.value.offset <= len(content)


def test_deep_nesting_is_refused_and_not_followed():
    content = b""
    for _ in range(10_000):
        content = b"\x10\x09" + message(11, message(1, content))
    with pytest.raises(DamagedFileError, match="nested more than 100 deep"):
        read_dictionary(entry(content))


@pytest.mark.parametrize(
    "element",
    [b"\x10\x0a", b"\x10\x09", b"\x10\x07", b"\x10\x03", b"\x10\x06B\x01x", b"\x10\x00"],
    ids=["dictionaries", "vectors", "shapes", "numbers", "texts", "none"],
)
def test_many_small_values_take_no_more_memory_than_allowed(element, monkeypatch):
    monkeypatch.setattr(wire, "FREE_MEMORY", 2**20)
    content = entry(b"\x10\x09" + message(11, message(1, element) * 2**16))
    tracemalloc.start()
    read_or_refuse(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20 + wire.MEMORY_PER_FILE_BYTE * len(content)


def test_an_error_names_the_file_the_place_and_a_way_out(tmp_path):
    content = dictionary_bytes({"inputs": [{"value": one_of_each()["arrays"][0]}]})
    content = content[seal.FIELD_SIZE :]  # the seal would find this first
    shape = content.index(b"\x1a\x04\x0a\x02\x03\x02")
    path = tmp_path / "a.model"
    path.write_bytes(content.replace(b"\x03\x02\x22", b"\x04\x02\x22"))
    with pytest.raises(DamagedFileError) as raised:
        read_dictionary(path)
    assert str(raised.value) == (
        f"{path}, byte {shape - 3}, in inputs[0].value: an array has the wrong number of"
        " values\n  expected 8 for the shape [2, 4]\n  actual   6\n"
        "  try: the file is damaged or incomplete: copy or save it again"
    )


READERS = {
    "a.model": (lambda path: path.write_bytes(dictionary_bytes(one_of_each())), read_dictionary),
    "a.safetensors": (lambda path: write_safetensors(path, {"a": np.ones(3)}), read_safetensors),
    "a.npz": (lambda path: write_npz(path, {"a": np.ones(3)}), read_npz),
}


@pytest.mark.parametrize("name", READERS)
def test_reading_runs_nothing(name, tmp_path):
    """Under Python's audit hook a load is one open of one file."""
    write, read = READERS[name]
    path = tmp_path / name
    write(path)
    read(path)  # what is imported at first need is imported by now
    events, recording = [], True

    def record(event, arguments):
        if recording:
            events.append((event, arguments))

    sys.addaudithook(record)
    read(path)
    recording = False
    assert [(event, arguments[0]) for event, arguments in events] == [("open", str(path))]
