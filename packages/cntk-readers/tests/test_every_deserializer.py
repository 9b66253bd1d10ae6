"""What holds for every deserializer that the package publishes, whatever its format.

A new one needs an example in ``EXAMPLES``: files with some chunks of it, or of one chunk where a
chunk of the format is large.
"""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cntk.io import (
    ArrowDeserializer,
    Base64ImageDeserializer,
    CBFDeserializer,
    ImageDeserializer,
    MinibatchSource,
    NumPyDeserializer,
    StreamDef,
    StreamDefs,
    TarDeserializer,
    _plugin,
)
from cntk.io.deserializers.cbf.write import write_cbf
from cntk.testing import deserializer_cases

from . import ctf_files
from .deserializers.arrow import tables
from .deserializers.htk import speech_files
from .deserializers.tar import tar_files
from .image_files import noise, some_images
from .sequence_data import random_data

LABELED = StreamDefs(
    features=StreamDef(field="image", transforms=[]), labels=StreamDef(field="label", shape=3)
)


def arrow(folder):
    return ArrowDeserializer(
        [tables.write(tables.numbered(n), folder / f"{n}.parquet", 4) for n in (20, 9)], tables.ALL
    )


def base64_images(folder):
    lines = []
    for i in range(8):
        png = io.BytesIO()
        Image.fromarray(noise(8, 6, i)).save(png, "PNG")
        lines.append(f"{i % 3}\t{base64.b64encode(png.getvalue()).decode()}\n")
    (folder / "images.txt").write_text("".join(lines))
    return Base64ImageDeserializer(folder / "images.txt", LABELED)


def cbf(folder):
    write_cbf(folder / "a.cbf", random_data(1, 3))
    return CBFDeserializer(folder / "a.cbf")


def ctf(folder):
    lines = [f"{i // 2} |a {i} {-i} |b {i / 8}\n" for i in range(40)]
    return ctf_files.reader(folder / "a.ctf", "".join(lines), chunk_bytes=100)


def speech(folder):
    speech_files.write_archive(folder / "a.fea", speech_files.FRAMES)
    lines = ["u1=.../a.fea[0,3]", "u2=.../a.fea[4,4]", "u3=.../a.fea[5,9]"]
    return speech_files.features(folder, "\n".join(lines), context=(1, 1))


def arrays(folder):
    np.savez(folder / "a.npz", x=np.arange(60.0).reshape(30, 2), n=[3, 4, 5, 6, 12])
    return NumPyDeserializer(folder / "a.npz", StreamDefs(x=StreamDef()), lengths="n")


def shards(folder):
    paths = [tar_files.write(folder / f"{i}.tar", tar_files.samples(4, 4 * i)) for i in range(3)]
    return TarDeserializer(paths, tar_files.STREAMS)


EXAMPLES = {
    "ArrowDeserializer": arrow,
    "Base64ImageDeserializer": base64_images,
    "CBFDeserializer": cbf,
    "CTFDeserializer": ctf,
    "HTKFeatureDeserializer": speech,
    "HTKMLFDeserializer": lambda folder: speech_files.labels(folder),
    "ImageDeserializer": lambda folder: ImageDeserializer(some_images(folder), LABELED),
    "NumPyDeserializer": arrays,
    "TarDeserializer": shards,
}
PROMISES = [case.what for case in deserializer_cases("", None)]


def made(name: str, folder: Path):
    """Return a deserializer of files of its own: those of others may be read while it is made."""
    own = folder / str(len(list(folder.iterdir())))
    own.mkdir()
    return EXAMPLES[name](own)


@pytest.fixture
def small_chunks(monkeypatch):
    """Let chunks of formats that can be cut anywhere be of a few rows."""
    monkeypatch.setattr("cntk.io.deserializers.arrow.files.CHUNK_BYTES", 0)
    monkeypatch.setattr("cntk.io.deserializers.arrays.deserializer.CHUNK_BYTES", 100)


def test_there_is_an_example_of_every_deserializer():
    assert EXAMPLES.keys() == _plugin.cntk_deserializers().keys()


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("name", EXAMPLES)
def test_it_keeps_its_promises(tmp_path, small_chunks, name, promise):
    reader = made(name, tmp_path)
    assert isinstance(reader, _plugin.cntk_deserializers()[name])
    (case,) = (case for case in deserializer_cases(name, reader) if case.what == promise)
    case.run()


def sequences(minibatch: dict) -> list[bytes]:
    """Return all that each sequence of a minibatch holds."""
    streams = []
    for info in sorted(minibatch, key=lambda info: info.name):
        parts = minibatch[info].as_sequences()
        streams.append(
            [(p.toarray() if info.is_sparse else np.asarray(p)).tobytes() for p in parts]
        )
    return [b"|".join(parts) for parts in zip(*streams)]


def minibatches(source: MinibatchSource, *arguments) -> list[list[bytes]]:
    found = []
    while minibatch := source.next_minibatch(*arguments):
        found.append(sequences(minibatch))
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_sweeps_are_orders_of_the_same_sequences(tmp_path, small_chunks, name):
    def source(**options):
        return MinibatchSource(made(name, tmp_path), **options)

    in_order = sum(minibatches(source(randomize=False, max_sweeps=1), 5), [])
    shuffled = sum(minibatches(source(max_sweeps=3), 5), [])
    count = len(in_order)
    sweeps = [shuffled[i : i + count] for i in range(0, 3 * count, count)]
    assert all(sorted(sweep) == sorted(in_order) for sweep in sweeps)
    assert len({tuple(sweep) for sweep in [in_order, *sweeps]}) > 1
    assert shuffled == sum(minibatches(source(max_sweeps=3), 5), [])


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_position_leads_to_the_same_minibatches(tmp_path, small_chunks, name):
    def source():
        return MinibatchSource(made(name, tmp_path), max_sweeps=2, randomization_window_in_chunks=2)

    whole, first = minibatches(source(), 4), source()
    for taken in range(1, len(whole)):
        first.next_minibatch(4)
        later = source()
        later.restore_from_checkpoint(first.get_checkpoint_state())
        assert minibatches(later, 4) == whole[taken:]


@pytest.mark.parametrize("name", EXAMPLES)
def test_workers_share_a_sweep(tmp_path, small_chunks, name):
    def source():
        return MinibatchSource(made(name, tmp_path), max_sweeps=1)

    whole = sum(minibatches(source(), 6), [])
    parts = [sum(minibatches(source(), 6, None, None, 3, i), []) for i in range(3)]
    assert sorted(sum(parts, [])) == sorted(whole)
