"""Files that promise more than there is: refused at once, with their place, in little memory.

All are read by one process whose memory is limited, so a reader that believed one would fail here
with a MemoryError and not end the tests.
"""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from cntk.io.deserializers.cbf.header import COUNTS, MAGIC, PROLOGUE

GIGABYTE = 1 << 30
MOST_MEMORY = 256 << 20  # beside what the imports took
MOST_SECONDS = 0.5  # of the processor; 0.1 where nothing else runs
IMAGE_HEADER = b"IHDR" + struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)

SCRIPT = """
import json, resource, sys, time
from cntk.io import *
from cntk.io import transforms

def ctf(path, shape=2, is_sparse=False):
    return CTFDeserializer(path, StreamDefs(x=StreamDef("x", shape, is_sparse=is_sparse)))

def images(kind, path):
    scaled = StreamDef(field="image", transforms=[transforms.scale(4, 4, 3)])
    return kind(path, StreamDefs(f=scaled, l=StreamDef(field="label", shape=3)))

def features(path):
    return HTKFeatureDeserializer(StreamDefs(f=StreamDef(shape=3, scp=path)))

def labels(path):
    return HTKMLFDeserializer("states", StreamDefs(l=StreamDef(shape=2, mlf=path)))

def arrays(path):
    return NumPyDeserializer(path, StreamDefs(x=StreamDef()))

def tar(path):
    return TarDeserializer(path, StreamDefs(x=StreamDef(field="npy", shape=2)))

with open("/proc/self/statm") as file:
    used = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[2]), -1))
found = {}
for name, code in json.loads(sys.argv[1]).items():
    begin = time.thread_time()
    try:
        source = MinibatchSource(eval(code), randomize=False, max_sweeps=1)
        while source.next_minibatch(2):
            pass
        text = "no error"
    except (RuntimeError, ValueError) as error:
        text = str(error)
    found[name] = text, time.thread_time() - begin
print(json.dumps(found))
"""

# name -> (how it is read, what the refusal says)
CASES = {
    "a line of text": ("ctf('line.ctf')", r"a line of more than 32 MiB.\n  line      2 \(byte 7\)"),
    "a line with an id": (
        "ctf('id.ctf')",
        r"a line of more than 32 MiB.\n  line      1 \(byte 0\)",
    ),
    "a place of 2^62": ("ctf('place.ctf', 9, True)", "line 2, column 4 .* an index below 9"),
    "a dense dimension of 2^62": ("ctf('gap.ctf', 2**62)", "shape=..., a positive int"),
    "a product of dimensions": (
        "ctf('gap.ctf', (2**40, 2**40), True)",
        "shape=..., a positive int",
    ),
    "a dense dimension of 2^31": (
        "ctf('gap.ctf', 2**31 - 1)",
        "line 1, column 9 .*too many values",
    ),
    "a gap of ids": ("ctf('gap.ctf')", "^no error$"),
    "dense binary samples": ("CBFDeserializer('dense.cbf')", "byte      16\n.* inside its chunk"),
    "sparse binary samples": ("CBFDeserializer('sparse.cbf')", "byte      16\n.* inside its chunk"),
    "binary sequences": ("CBFDeserializer('count.cbf')", "4294967295 in the 64 bytes of chunk 0"),
    "a line of a map": (
        "images(ImageDeserializer, 'line.map')",
        "line.map' has a line of more than",
    ),
    "a line of base64": ("images(Base64ImageDeserializer, 'line.map')", "line.map' has a line of"),
    "an image of 60000 x 60000": (
        "images(ImageDeserializer, 'map.txt')",
        "line 1, input 'image': .* found an image of 60000 x 60000 pixels",
    ),
    "a line of a script": ("features('line.scp')", "line 1: it is longer than 65536 bytes"),
    "an array of 2^40 numbers": ("arrays('huge.npy')", "4398046511104 bytes, for float32"),
    "a compressed array of 2 GB": ("arrays('huge.npz')", "compressed arrays that are too large"),
    "a member of 2^62 bytes": ("tar('size.tar')", "byte 0: .* which are left, found a size of 461"),
    "a name of 8 GB": ("tar('name.tar')", "byte 0: .* found a size of 8589934591"),
    "an array in a sample": ("tar('array.tar')", "at most 10016 bytes, found 1073741824"),
    "a line of labels": ("labels('line.mlf')", "line 3: it is longer than 65536 bytes"),
}


def write_cbf(path: Path, kind: int, chunk: tuple[int, int], body: bytes) -> None:
    """Write a file of one stream of 2^31 - 1 dimensions and one chunk."""
    written = PROLOGUE.pack(MAGIC, 1) + body
    header = COUNTS.pack(MAGIC, 1, 1) + struct.pack("<BIcBI", kind, 1, b"x", 0, 2**31 - 1)
    place = struct.pack("<qII", PROLOGUE.size, *chunk)
    path.write_bytes(written + header + place + struct.pack("<q", len(written)))


def write_tar(path: Path, name: bytes, kind: bytes, size: bytes) -> None:
    """Write the header of a member with a large content, which is a hole; and the end."""
    header = bytearray(name.ljust(124, b"\0") + size.ljust(32, b"\0") + kind).ljust(512, b"\0")
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    path.write_bytes(header)
    os.truncate(path, 512 + GIGABYTE + 1024)


def write_arrays(folder: Path) -> None:
    """Write an npy file that promises 4 TB, and 2 GB of zeros in 2 MB."""
    shape = {"descr": "<f4", "fortran_order": False, "shape": (2**40,)}
    with (folder / "huge.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, shape)
    shape["shape"] = (2**29,)
    with (
        zipfile.ZipFile(folder / "huge.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.npy", "w", force_zip64=True) as file,
    ):
        np.lib.format.write_array_header_1_0(file, shape)
        for _ in range(8):  # more is not needed: the directory says the rest
            file.write(bytes(1 << 20))
    data = bytearray((folder / "huge.npz").read_bytes())
    at = data.rindex(b"PK\x01\x02") + 20
    data[at : at + 8] = struct.pack("<II", 2 << 20, (2 << 30) + 128)
    (folder / "huge.npz").write_bytes(data)


@pytest.fixture(scope="module")
def refusals(tmp_path_factory) -> dict[str, tuple[str, float]]:
    """Return what each reader says, and the seconds that it takes."""
    folder = tmp_path_factory.mktemp("bombs")
    filler = b"1 " * (1 << 20)
    for name, begin in {
        "line.ctf": b"|x 1 2\n|x ", "id.ctf": b"1 |x ", "line.map": b"0\t",
        "line.scp": b"a=a.fea[0,1", "line.mlf": b'#!MLF!#\n"a.lab"\n0 1 ',
    }.items():  # fmt: skip
        with (folder / name).open("wb") as file:
            file.write(begin + filler)
            file.truncate(GIGABYTE)  # a hole, which takes no room on the disk
    (folder / "states").write_text("a\nb\n")
    (folder / "place.ctf").write_text(f"|x 1:1\n|x {2**62}:1\n")
    (folder / "gap.ctf").write_text(f"1 |x 1 2\n{10**9} |x 1 2\n{2**64 - 1} |x 3 4\n")
    (folder / "map.txt").write_text("a.png\t0\n")
    begin = b"\x89PNG\r\n\x1a\n\0\0\0\r" + IMAGE_HEADER
    checksum = struct.pack(">I", zlib.crc32(IMAGE_HEADER))
    (folder / "a.png").write_bytes(begin + checksum + b"\0\0\0\x40IDAT" + bytes(64))
    write_cbf(folder / "dense.cbf", 0, (1, 1), struct.pack("<II", 1, 1))
    write_cbf(folder / "sparse.cbf", 1, (1, 1), struct.pack("<IIi", 1, 1, 2**31 - 1))
    write_cbf(folder / "count.cbf", 0, (2**32 - 1, 2**32 - 1), bytes(64))
    write_tar(folder / "size.tar", b"a.npy", b"0", b"\x80" + (2**62).to_bytes(11, "big"))
    write_tar(folder / "name.tar", b"a.npy", b"L", b"77777777777")
    write_tar(folder / "array.tar", b"a.npy", b"0", b"10000000000")
    write_arrays(folder)
    codes = json.dumps({name: code for name, (code, _) in CASES.items()})
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, codes, str(MOST_MEMORY)],
        cwd=folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused(refusals, name):
    text, seconds = refusals[name]
    assert re.search(CASES[name][1], text), text
    assert seconds < MOST_SECONDS
