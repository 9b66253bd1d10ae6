"""Files of safetensors: what goes in comes out, and what is no such file is refused first."""

from __future__ import annotations

import json
import random
import struct
import tracemalloc

import numpy as np
import pytest

from cntk.storage import DamagedFileError, ModelFileAccessError, ModelFileError
from cntk.storage.weights.safetensors import DTYPES, read_safetensors, write_safetensors

ARRAYS = {
    "weights": np.arange(6, dtype=np.float32).reshape(2, 3),
    "number 'é'": np.array(3.5),
    "nothing": np.zeros((0, 4), np.float16),
    "strided": np.arange(12.0).reshape(3, 4)[:, ::2],
    "big-endian": np.arange(5, dtype=">i4"),
    "truths": np.array([True, False]),
    "bytes": np.arange(-3, 3, dtype=np.int8),
}


def test_arrays_of_all_kinds_come_back(tmp_path):
    path = tmp_path / "a.safetensors"
    write_safetensors(path, ARRAYS, {"format": "np"})
    found, metadata = read_safetensors(path)
    assert metadata == {"format": "np"} and list(found) == list(ARRAYS)
    for name, array in found.items():
        np.testing.assert_array_equal(array, ARRAYS[name])
        assert array.dtype == ARRAYS[name].dtype.newbyteorder("=")
        assert array.flags.writeable
    described, _ = read_safetensors(path, values=False)
    assert [(a.shape, a.dtype) for a in described.values()] == [
        (a.shape, a.dtype) for a in found.values()
    ]


def test_the_header_is_what_the_format_says(tmp_path):
    path = tmp_path / "a.safetensors"
    write_safetensors(path, {"a": np.float32([1, 2]), "b": np.int8([3])})
    content = path.read_bytes()
    (size,) = struct.unpack_from("<Q", content)
    assert size % 8 == 0
    assert json.loads(content[8 : 8 + size]) == {
        "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
        "b": {"dtype": "I8", "shape": [1], "data_offsets": [8, 9]},
    }
    assert content[8 + size :] == np.float32([1, 2]).tobytes() + b"\3"


def file_of(header, values=b"", size=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if size is None else size) + text + values


def entry(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"a": {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}}


def test_bfloat16_is_widened(tmp_path):
    path = tmp_path / "a.safetensors"
    halves = np.float32([1.5, -2, 3e38]).view(np.uint32) >> 16
    path.write_bytes(file_of(entry("BF16", (3,), (0, 6)), halves.astype("<u2").tobytes()))
    found = read_safetensors(path)[0]["a"]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, [1.5, -2, 3e38], rtol=1e-2)


def test_spaces_escapes_and_any_order_are_read(tmp_path):
    path = tmp_path / "a.safetensors"
    text = (
        b' { "b\\u00e9\\n" : {"shape":[ 2 ],\n"data_offsets":[0 , 2],"dtype":"U8"} ,'
        b'"__metadata__":{}}   '
    )
    path.write_bytes(file_of(text, b"\1\2"))
    found, metadata = read_safetensors(path)
    assert found["bé\n"].tolist() == [1, 2] and metadata == {}


FOUR = bytes(4)
REFUSED = {
    "empty file": (b"", "ends too early"),
    "size beyond the file": (file_of(b"{}", size=2**62), "header is too large"),
    "size beyond the limit": (file_of(b"{}", size=10**8 + 1), "header is too large"),
    "no object": (file_of(b"[]"), "lacks a '{'"),
    "no end": (file_of(b'{"a":{'), "text is missing"),
    "more behind": (file_of(b"{} {}"), "more behind"),
    "nested": (file_of(b'{"a":' * 10000), "unknown key 'a'|lacks"),
    "key twice": (file_of(b'{"a":{"dtype":"F32","dtype":"F32"'), "occurs twice"),
    "array twice": (
        file_of(b"{%s,%s}" % ((json.dumps(entry())[1:-1].encode(),) * 2), FOUR),
        "occurs twice",
    ),
    "unknown key": (file_of({"a": {"size": [1]}}), "unknown key 'size'"),
    "missing key": (file_of({"a": {"dtype": "F32", "shape": [1]}}), "has no data_offsets"),
    "unknown type": (file_of(entry("F4"), FOUR), "unknown type"),
    "number that is none": (file_of(entry(shape=(1.5,)), FOUR), "lacks a"),
    "negative number": (file_of(entry(shape=(-1,)), FOUR), "list of numbers is none"),
    "huge": (file_of(entry(shape=(2**62,)), FOUR), "do not fit its shape"),
    "product that wraps": (file_of(entry(shape=(2**32, 2**32)), FOUR), "do not fit its shape"),
    "many dimensions": (file_of(entry(shape=(1,) * 33), FOUR), "too long"),
    "offsets from the end": (file_of(entry(offsets=(4, 0)), FOUR), "offsets that are none"),
    "three offsets": (file_of(entry(offsets=(0, 4, 4)), FOUR), "offsets that are none"),
    "gap": (file_of(entry(offsets=(4, 8)), bytes(8)), "leave a gap"),
    "values too short": (file_of(entry(), bytes(3)), "do not end with the file"),
    "values too long": (file_of(entry(), bytes(5)), "do not end with the file"),
    "not UTF-8": (file_of(b'{"\xff":{}}'), "not UTF-8"),
    "metadata of numbers": (file_of(b'{"__metadata__":{"a":1}}'), "text is missing"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_such_file_is_refused_with_the_place(name, tmp_path):
    content, reason = REFUSED[name]
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=reason) as raised:
        read_safetensors(path)
    assert 0 <= raised.value.offset <= len(content)
    assert str(raised.value).startswith(f"{path}, byte ")


def test_many_arrays_are_refused_before_they_take_memory(tmp_path):
    path = tmp_path / "a.safetensors"
    one = '"%d":{"dtype":"I8","shape":[0],"data_offsets":[0,0]}'
    path.write_bytes(file_of(("{" + ",".join(one % i for i in range(100_002)) + "}").encode()))
    tracemalloc.start()
    with pytest.raises(DamagedFileError, match="more than 100000 arrays"):
        read_safetensors(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * path.stat().st_size


def test_altered_files_are_read_or_refused(tmp_path):
    path, chance = tmp_path / "a.safetensors", random.Random(1)
    write_safetensors(path, ARRAYS, {"format": "np"})
    content, refused = path.read_bytes(), 0
    for _ in range(2000):
        altered = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(altered))
            if chance.random() < 0.3:
                del altered[at : at + chance.randint(1, 9)]
            else:
                altered[at] = chance.choice(b'\0\xff09"{}[],:\\ -')
        path.write_bytes(altered)
        try:
            read_safetensors(path)
        except ModelFileError as error:
            assert error.offset is not None
            refused += 1
    assert refused > 1000


def test_a_cut_anywhere_is_noticed(tmp_path):
    path = tmp_path / "a.safetensors"
    write_safetensors(path, ARRAYS)
    content = path.read_bytes()
    for size in range(len(content)):
        path.write_bytes(content[:size])
        with pytest.raises(DamagedFileError):
            read_safetensors(path)


def test_a_type_that_the_format_lacks_is_refused(tmp_path):
    with pytest.raises(TypeError, match="'c' of type complex64 cannot be stored as safetensors"):
        write_safetensors(tmp_path / "a.safetensors", {"c": np.zeros(1, np.complex64)})
    assert not list(tmp_path.iterdir())


def test_a_missing_file_is_an_error_of_the_operating_system(tmp_path):
    with pytest.raises(ModelFileAccessError):
        read_safetensors(tmp_path / "a.safetensors")


def test_the_types_are_those_of_the_format():
    assert set(DTYPES) == {"F64", "F32", "F16", "BF16", "BOOL",
                           *(f"{s}{n}" for s in "IU" for n in (8, 16, 32, 64))}  # fmt: skip
