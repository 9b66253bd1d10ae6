"""Archives of arrays: NumPy reads ours, we read NumPy's, and nothing else."""

from __future__ import annotations

import io
import random
import zipfile

import numpy as np
import pytest

from cntk.storage import DamagedFileError, ModelFileError
from cntk.storage.weights.npz import read_npz, write_npz

ARRAYS = {
    "weights": np.arange(6, dtype=np.float32).reshape(2, 3),
    "file": np.array(3.5),
    "nothing": np.zeros((0, 4), np.float16),
    "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "big-endian": np.arange(5, dtype=">i4"),
    "truths": np.array([True, False]),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.npz"


def check(found):
    assert list(found) == list(ARRAYS)
    for name, array in found.items():
        np.testing.assert_array_equal(array, ARRAYS[name])
        assert array.dtype == ARRAYS[name].dtype and array.shape == ARRAYS[name].shape


def test_numpy_reads_what_we_write(path):
    write_npz(path, ARRAYS)
    with np.load(path, allow_pickle=False) as file:
        check(dict(file))
    check(read_npz(path))
    described = read_npz(path, values=False)
    assert [(a.shape, a.dtype) for a in described.values()] == [
        (a.shape, a.dtype) for a in ARRAYS.values()
    ]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_we_read_what_numpy_writes(path, save):
    rest = {name: array for name, array in ARRAYS.items() if name != "file"}
    save(path, **rest)
    for name, array in read_npz(path).items():
        np.testing.assert_array_equal(array, rest[name])


def member(header, values=b"", magic=b"\x93NUMPY\1\0"):
    text = header.encode() + b"\n"
    return magic + len(text).to_bytes(2, "little") + text + values


def header(descr="<f4", order="False", shape="1,"):
    return f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': ({shape}), }}"


def archive(*members, compression=zipfile.ZIP_STORED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as file:
        for name, content in members:
            file.writestr(name, content)
    return stream.getvalue()


FOUR = bytes(4)
REFUSED = {
    "no archive": (b"nothing of the kind", "no archive of arrays"),
    "empty": (b"", "no archive of arrays"),
    "cut": (archive(("a.npy", member(header(), FOUR)))[:-30], "no archive|damaged"),
    "other things": (archive(("a.txt", b"x")), "holds what is no array"),
    "no array": (archive(("a.npy", b"x" * 20)), "is no array"),
    "objects": (archive(("a.npy", member(header("|O"), FOUR))), "header that is none"),
    "code": (archive(("a.npy", member("{'descr': __import__('os')}", FOUR))), "that is none"),
    "records": (archive(("a.npy", member(header("[('a', '<f4')]"), FOUR))), "that is none"),
    "impossible type": (archive(("a.npy", member(header("<f1"), FOUR))), "unknown type"),
    "huge": (archive(("a.npy", member(header(shape=f"{2**62},"), FOUR))), "another size"),
    "many dimensions": (archive(("a.npy", member(header(shape="1," * 40), FOUR))), "too many"),
    "too short": (archive(("a.npy", member(header(), bytes(3)))), "another size"),
    "too long": (archive(("a.npy", member(header(), bytes(5)))), "another size"),
    "bomb": (
        archive(
            ("a.npy", member(header(shape=f"{10**8},"), bytes(4 * 10**8))),
            compression=zipfile.ZIP_DEFLATED,
        ),
        "far more memory than the file has bytes",
    ),
    "another compression": (
        archive(("a.npy", member(header(), FOUR)), compression=zipfile.ZIP_BZIP2),
        "compressed in another way",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_such_file_is_refused_with_the_place(name, path):
    content, reason = REFUSED[name]
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=reason) as raised:
        read_npz(path)
    assert 0 <= raised.value.offset <= len(content)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_twice_is_refused(path):
    path.write_bytes(archive(*[("a.npy", member(header(), FOUR))] * 2))
    with pytest.raises(DamagedFileError, match="there twice"):
        read_npz(path)


def test_an_archive_of_very_many_members_is_refused(path):
    content = bytearray(archive(("a.npy", member(header(), FOUR))))
    content[-10:-6] = (5 * 2**20).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match="too many members"):
        read_npz(path)


def test_a_changed_value_is_noticed(path):
    write_npz(path, ARRAYS)
    content = path.read_bytes()
    at = content.index(ARRAYS["weights"].tobytes())
    path.write_bytes(content[: at + 1] + b"\x55" + content[at + 2 :])
    with pytest.raises(DamagedFileError, match="the archive is damaged"):
        read_npz(path)


def test_altered_files_are_read_or_refused(path):
    write_npz(path, ARRAYS)
    content, chance, refused = path.read_bytes(), random.Random(1), 0
    for _ in range(1000):
        altered = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(altered))
            if chance.random() < 0.3:
                del altered[at : at + chance.randint(1, 9)]
            else:
                altered[at] = chance.randrange(256)
        path.write_bytes(altered)
        try:
            read_npz(path)
        except ModelFileError as error:
            assert error.offset is not None
            refused += 1
    assert refused > 500
