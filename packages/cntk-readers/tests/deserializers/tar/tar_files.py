"""Tar files for the tests, and what is read of them."""

from __future__ import annotations

import io
import json
import tarfile

import numpy as np
from PIL import Image

from cntk.io import MinibatchSource, StreamDef, StreamDefs, TarDeserializer, transforms

SCALE = [transforms.scale(4, 4, 3)]
STREAMS = StreamDefs(
    features=StreamDef(field="jpg;png", transforms=SCALE),
    labels=StreamDef(field="cls", shape=10),
)


def picture(level: int, kind="PNG") -> bytes:
    """Return an image of one grey level."""
    file = io.BytesIO()
    Image.new("RGB", (8, 6), (level,) * 3).save(file, kind)
    return file.getvalue()


def array(values) -> bytes:
    """Return an npy file."""
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def packed(members: list, format=tarfile.USTAR_FORMAT) -> bytes:
    """Return a tar file of pairs of a name, or a TarInfo, and a content."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format) as archive:
        for name, content in members:
            member = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def sample(number: int, key: str | None = None) -> list:
    """Return the files of a sample: an image of that level, its class, and numbers."""
    key = key or f"data/{number:04}"
    return [
        (f"{key}.png", picture(number)),
        (f"{key}.cls", f"{number % 10}\n".encode()),
        (f"{key}.npy", array(np.float64([number, number + 0.5]))),
        (f"{key}.json", json.dumps({"size": [number, 1], "word": f"w{number % 3}"}).encode()),
        (f"{key}.txt", f"{number} {number / 4}".encode()),
    ]


def samples(count: int, first=0) -> list:
    """Return the files of some samples."""
    return [member for i in range(first, first + count) for member in sample(i)]


def write(path, members: list, format=tarfile.USTAR_FORMAT):
    """Write a tar file; return its path."""
    path.write_bytes(packed(members, format))
    return path


def source(shards, streams=STREAMS, categories=None, **options) -> MinibatchSource:
    """Return a source in the order of the files."""
    given = {"randomize": False, "max_sweeps": 1, "trace_level": 0, **options}
    return MinibatchSource(TarDeserializer(shards, streams, categories), **given)


def levels(reading: MinibatchSource, size=100) -> list[int]:
    """Return the grey levels of all images."""
    found: list[int] = []
    while minibatch := reading.next_minibatch(size):
        found += minibatch[reading.streams.features].asarray()[:, 0, 0, 0, 0].astype(int).tolist()
    return found


def read(shards, streams, **options) -> dict[str, list]:
    """Return the samples of all streams."""
    reading = source(shards, streams, **options)
    minibatch = reading.next_minibatch(1000)
    return {
        info.name: [
            (each.toarray() if info.is_sparse else np.asarray(each))[0].tolist()
            for each in minibatch[info].as_sequences()
        ]
        for info in reading.stream_infos()
    }
