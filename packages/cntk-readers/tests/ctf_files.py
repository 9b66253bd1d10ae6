"""Small text files and what a source makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cntk.io import CTFDeserializer, MinibatchSource, StreamDef, StreamDefs

DENSE = {"a": ("a", 2, False), "b": ("b", 1, False)}
SPARSE = {"w": ("w", 10, True), "y": ("y", 3, True)}


def reader(path: Path, text: str | bytes, streams=DENSE, **options) -> CTFDeserializer:
    """Write a file and return the deserializer that reads it."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    definitions = {
        name: StreamDef(field=field, shape=dim, is_sparse=is_sparse)
        for name, (field, dim, is_sparse) in streams.items()
    }
    return CTFDeserializer(path, StreamDefs(**definitions), **options)


def source(path: Path, text: str | bytes, streams=DENSE, **options) -> MinibatchSource:
    """Write a file and return a source of one sweep in the file's order."""
    return MinibatchSource(
        reader(path, text, streams), **{"randomize": False, "max_sweeps": 1, **options}
    )


def sequences(minibatch: dict) -> dict[str, list]:
    """Return the sequences of each stream as nested lists."""
    found = {}
    for info, data in minibatch.items():
        own = data.as_sequences()
        found[info.name] = [(s.toarray() if data.is_sparse else s).tolist() for s in own]
    return found


def drain(source: MinibatchSource, size: int, stream: str, **options) -> list[list[float]]:
    """Return the first value of each sample of a stream, minibatch by minibatch."""
    found = []
    while minibatch := source.next_minibatch(size, **options):
        rows = np.concatenate(minibatch[source.streams[stream]].as_sequences())
        found.append(rows[:, 0].tolist())
    return found
