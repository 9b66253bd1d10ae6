"""Files that are not what they say they are: refused before memory is taken."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import numpy as np
import pytest
import scipy.sparse

from cntk.io import MinibatchSource, NumPyDeserializer, StreamDef, StreamDefs

from .test_deserializer import X, read

STREAMS = StreamDefs(x=StreamDef())


def npy(array) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def with_header(text: str, body=b"") -> bytes:
    """Return an npy file with a header of one's own."""
    padded = text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded + body


def header(shape, dtype="<f4", order=False) -> str:
    return repr({"descr": dtype, "fortran_order": order, "shape": shape})


NPY = {
    "empty": (b"", "the header of an npy file"),
    "text": (b"1 2 3\n", "the header of an npy file"),
    "a later version": (b"\x93NUMPY\x03\x00" + b"\0" * 80, "version 1.0 or 2.0"),
    "cut off": (npy(X)[:-1], "48 bytes, for float32 of shape .6, 2.\n  found +47 bytes"),
    "with more": (npy(X) + b"1", "found +49 bytes"),
    "a huge shape": (with_header(header((2**40,)), b"1234"), f"expected  {2**42} bytes"),
    "an endless shape": (with_header(header((2**70,))), "an array of up to 32 axes"),
    "a negative shape": (with_header(header((-1,))), "an array of up to 32 axes"),
    "many axes": (with_header(header((1,) * 40)), "an array of up to 32 axes"),
    "objects": (npy(np.array([{}], object)), "an array of numbers\n  found +elements of object"),
    "texts": (npy(np.array(["a"])), "elements of <U1"),
    "dates": (npy(np.array(["2020-01-01"], "M8[D]")), "elements of datetime64"),
    "complex": (npy(np.array([1j])), "elements of complex128"),
    "structures": (npy(np.zeros(1, "f4,f4")), "elements of "),
    "Fortran's order": (npy(np.asfortranarray(X)), "an array in C order"),
    "code": (with_header("__import__('os').abort()"), "the header of an npy file"),
    "nesting": (with_header("(" * 5000), "the header of an npy file"),
    "a large header": (with_header(header((1,)) + " " * 20000, b"1234"), "header of an npy"),
}


@pytest.mark.parametrize("what", NPY)
@pytest.mark.parametrize("kind", ["npy", "stored", "compressed"])
def test_arrays_that_are_none(tmp_path, what, kind):
    data, message = NPY[what]
    path = tmp_path / "x"
    if kind == "npy":
        path.write_bytes(data)
    else:
        method = zipfile.ZIP_STORED if kind == "stored" else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(path, "w", method) as archive:
            archive.writestr("x.npy", data)
    with pytest.raises(RuntimeError, match=rf"x(, array 'x')?' is not an array(.|\n)*{message}"):
        read(NumPyDeserializer(path, STREAMS))


def test_zip_bombs_take_no_memory(tmp_path):
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", npy(np.zeros(50 << 20, np.uint8)))
    tracemalloc.start()
    try:
        with pytest.raises(RuntimeError, match=r"too large(.|\n)*at most 1048576 bytes"):
            read(NumPyDeserializer(path, STREAMS, max_bytes=1 << 20))
        assert tracemalloc.get_traced_memory()[1] < 10 << 20
    finally:
        tracemalloc.stop()


def test_a_size_that_cannot_come_of_so_few_bytes(tmp_path):
    path = tmp_path / "x.npz"
    np.savez_compressed(path, x=X)
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = (1 << 29).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(RuntimeError, match="array 'x' of 536870912 bytes from 1.. compressed"):
        read(NumPyDeserializer(path, STREAMS))


def test_the_limit_counts_all_arrays(tmp_path):
    np.savez_compressed(tmp_path / "x.npz", a=np.zeros((60, 2)), b=np.zeros((60, 2)))
    streams = StreamDefs(a=StreamDef(), b=StreamDef())
    assert read(NumPyDeserializer(tmp_path / "x.npz", streams, max_bytes=2500))["a"]
    with pytest.raises(RuntimeError, match="array +'b.npy' of 1088 bytes"):
        read(NumPyDeserializer(tmp_path / "x.npz", streams, max_bytes=2000))


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


@pytest.mark.parametrize("compressed", [False, True])
def test_damaged_archives(tmp_path, compressed):
    path = tmp_path / "x.npz"
    (np.savez_compressed if compressed else np.savez)(path, x=X)
    data = path.read_bytes()
    for wrong in (data[:-30], flipped(data, 0)[:1] + data[1:200], data[:100] + data[120:]):
        path.write_bytes(wrong)
        with pytest.raises(RuntimeError, match="x.npz"):
            read(NumPyDeserializer(path, STREAMS))
    if compressed:
        path.write_bytes(flipped(data, 80))
        with pytest.raises(RuntimeError, match="is not (.|\n)*Bad CRC-32"):
            read(NumPyDeserializer(path, STREAMS))


def test_names_that_are_not_there_or_twice(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, a=X, b=X)
    with pytest.raises(RuntimeError, match="has no array 'x'\\.\n  found +'a', 'b'"):
        read(NumPyDeserializer(path, STREAMS))
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("x.npy", npy(X))
        archive.writestr("x.npy", npy(X))
    with pytest.raises(RuntimeError, match="two arrays of the name 'x'"):
        read(NumPyDeserializer(path, STREAMS))


def test_encrypted_and_otherwise_compressed_arrays(tmp_path):
    path = tmp_path / "x.npz"
    np.savez(path, x=X)
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    for at, value, message in ((8, 1, "'x' is encrypted"), (10, 12, "compressed by method 12")):
        wrong = data.copy()
        wrong[central + at] = value
        path.write_bytes(wrong)
        with pytest.raises(RuntimeError, match=f"is not a sound npz file(.|\n)*{message}"):
            read(NumPyDeserializer(path, STREAMS))


def test_a_file_that_is_changed_while_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr("cntk.io.deserializers.arrays.deserializer.CHUNK_BYTES", 8)
    np.save(tmp_path / "x.npy", X)
    reading = MinibatchSource(NumPyDeserializer(tmp_path / "x.npy", STREAMS), randomize=False)
    reading.next_minibatch(1)
    np.save(tmp_path / "x.npy", X[:5])
    with pytest.raises(RuntimeError, match="was changed while it is being read"):
        for _ in range(6):
            reading.next_minibatch(1)
    with pytest.raises(RuntimeError, match="none.npy' is not open"):
        read(NumPyDeserializer(tmp_path / "none.npy", STREAMS))


MATRIX = scipy.sparse.csr_matrix(np.array([[0, 2.0], [1, 0], [0, 3]]))
PARTS = {"data": MATRIX.data, "indices": MATRIX.indices, "indptr": MATRIX.indptr,
         "shape": np.array([3, 2])}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"format": b"csc"}, "expected  csr, compressed rows; found 'csc'"),
        ({"format": b"x" * 2000}, "2000 bytes for a word|bytes for a word"),
        ({"shape": np.array([4, 2])}, "no matrix in compressed rows"),
        ({"shape": np.array([3, 2**40])}, "no matrix in compressed rows"),
        ({"shape": np.array([3.0, 2.0])}, "no matrix in compressed rows"),
        ({"indices": MATRIX.indices[:2]}, "no matrix in compressed rows"),
        ({"indptr": np.array([0, 2, 1, 3])}, "row pointers that grow"),
        ({"indptr": np.array([0, 1, 2, 4])}, "row pointers that grow, up to the 3 values"),
        ({"indptr": np.array([-1, 1, 2, 3])}, "row pointers that grow"),
        ({"indices": np.array([1, 2, 1])}, "sequence 1, input 'x': expected columns from 0 to 1"),
        ({"indices": np.array([1, -1, 1])}, "sequence 1, input 'x'"),
    ],
)
def test_matrices_that_are_none(tmp_path, changed, message):
    np.savez(tmp_path / "x.npz", **{**PARTS, **changed})
    streams = StreamDefs(x=StreamDef(is_sparse=True))
    with pytest.raises(RuntimeError, match=message):
        read(NumPyDeserializer({"x": tmp_path / "x.npz"}, streams))


def test_malformed_rows_of_a_matrix_are_left_out(tmp_path):
    np.savez(tmp_path / "x.npz", **{**PARTS, "indices": np.array([1, 7, 1])})
    streams = StreamDefs(x=StreamDef(is_sparse=True))
    reader = NumPyDeserializer({"x": tmp_path / "x.npz"}, streams)
    assert read(reader, max_errors=1) == {"x": [[[0, 2]], [[0, 3]]]}
    with pytest.raises(ValueError, match="has 2 columns, not shape=.3,."):
        streams = StreamDefs(x=StreamDef(shape=3, is_sparse=True))
        read(NumPyDeserializer({"x": tmp_path / "x.npz"}, streams))
