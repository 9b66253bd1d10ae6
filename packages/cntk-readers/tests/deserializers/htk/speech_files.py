"""Small speech files, and what a source makes of them."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from cntk.io import (
    HTKFeatureDeserializer,
    HTKMLFDeserializer,
    MinibatchSource,
    StreamDef,
    StreamDefs,
)

FRAMES = np.arange(10)[:, None] + np.array([[0, 0.25, 0.5]], np.float32)
STATES = "A_s2\nA_s3\nB_s2\nB_s3\n"
LABELS = (
    '#!MLF!#\n"utt1.lab"\n0 200000 A_s2 -1.5 A 2\n200000 400000 A_s3\n.\n'
    '"utt2.lab"\n0 100000 A_s2\n100000 300000 B_s2\n300000 600000 B_s3\n.\n'
    '"utt3.lab"\n0 300000 B_s3\n.\n'
)


def write_archive(path: Path, frames, kind=9, order=">", count=None, size=None, period=100000):
    """Write an uncompressed feature file."""
    frames = np.asarray(frames, np.float32)
    count, size = (len(frames) if count is None else count), size or 4 * frames.shape[1]
    head = struct.pack(order + "iihH", count, period, size, kind)
    path.write_bytes(head + frames.astype(order + "f4").tobytes())


def write_compressed(path: Path, frames, kind=9 | 0o2000, order=">"):
    """Write a compressed feature file as HTK does."""
    high, low = frames.max(0), frames.min(0)
    slopes = 2 * 32767 / (high - low)
    offsets = (high + low) * 32767 / (high - low)
    head = struct.pack(order + "iihH", len(frames) + 4, 100000, 2 * frames.shape[1], kind)
    scales = np.concatenate((slopes, offsets)).astype(order + "f4").tobytes()
    stored = np.rint(frames * slopes - offsets).astype(order + "i2").tobytes()
    path.write_bytes(head + scales + stored)


def features(folder: Path, script: str, name="f", shape=3, roots=None, **options):
    """Write a script and return the deserializer that reads it."""
    path = folder / f"{name}.scp"
    path.write_bytes(script.encode())
    definition = StreamDef(shape=shape, scp=str(path), **options)
    return HTKFeatureDeserializer(StreamDefs(**{name: definition}), roots)


def labels(folder: Path, text=LABELS, states=STATES, dim=4, boundaries=False, **options):
    """Write a label file and a list of states, and return the deserializer that reads them."""
    (folder / "labels.mlf").write_bytes(text.encode())
    (folder / "states").write_bytes(states.encode())
    definition = StreamDef(shape=dim, mlf=str(folder / "labels.mlf"), **options)
    return HTKMLFDeserializer(folder / "states", StreamDefs(l=definition), boundaries)


def minibatches(deserializers, size=100, **options) -> list[dict]:
    """Return the sequences of each stream as nested lists, minibatch by minibatch."""
    source = MinibatchSource(deserializers, **{"randomize": False, "max_sweeps": 1, **options})
    found = []
    while data := source.next_minibatch(size):
        own = {}
        for info, each in data.items():
            sequences = each.as_sequences()
            own[info.name] = [(s.toarray() if each.is_sparse else s).tolist() for s in sequences]
        found.append(own)
    return found


def classes(minibatch: dict) -> list[list[int]]:
    """Return the class of each frame."""
    return [np.argmax(sequence, axis=1).tolist() for sequence in minibatch["l"]]
