"""Workers of every kind of source: what they get together is each sweep, exactly once.

The i-th sequence, counted over all sweeps, is that of worker ``i % 3``. So the sequences of the
workers, dealt out in turn, are the sweeps one after the other: each of them a permutation.
"""

from __future__ import annotations

import base64
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cntk.io import (
    Base64ImageDeserializer,
    CBFDeserializer,
    CTFDeserializer,
    Deserializer,
    ImageDeserializer,
    MinibatchSource,
    NumPyDeserializer,
    StreamDef,
    StreamDefs,
    TarDeserializer,
    UserDeserializer,
)
from cntk.io.deserializers.cbf.write import write_cbf
from cntk.minibatch import StreamInformation

from .deserializers.htk.speech_files import features, labels, write_archive
from .image_files import save, write_map

COUNT, WORKERS, SWEEPS = 23, 3, 3
LENGTHS = 1 + np.arange(COUNT) % 4


def text(folder: Path, name: str = "x", lengths=LENGTHS, **options) -> CTFDeserializer:
    """Return a text file whose i-th sequence holds i."""
    path = folder / f"{name}.ctf"
    rows = [f"{i} |{name} {i}\n" * length for i, length in enumerate(lengths)]
    path.write_text("".join(rows))
    return CTFDeserializer(path, StreamDefs(**{name: StreamDef(name, 1)}), **options)


def samples(folder: Path) -> CTFDeserializer:
    path = folder / "samples.ctf"
    path.write_text("".join(f"|x {i}\n" for i in range(COUNT)))
    return CTFDeserializer(path, StreamDefs(x=StreamDef("x", 1)), chunk_bytes=40)


def binary(folder: Path) -> CBFDeserializer:
    write_cbf(folder / "x.cbf", text(folder, chunk_bytes=60))
    return CBFDeserializer(folder / "x.cbf")


def joined(folder: Path) -> list[Deserializer]:
    shuffled = text(folder, "y", LENGTHS[::-1], chunk_bytes=70)
    return [text(folder, chunk_bytes=60), shuffled]


def image_streams() -> StreamDefs:
    return StreamDefs(x=StreamDef(field="image", transforms=[]), l=StreamDef("label", shape=2))


def images(folder: Path) -> ImageDeserializer:
    for i in range(COUNT):
        save(folder / f"{i}.png", np.full((2, 3, 3), i, np.uint8))
    lines = [f"{i}.png\t{i % 2}\n" for i in range(COUNT)]
    return ImageDeserializer(write_map(folder, "".join(lines)), image_streams())


def base64_images(folder: Path) -> Base64ImageDeserializer:
    images(folder)
    contents = [(folder / f"{i}.png").read_bytes() for i in range(COUNT)]
    lines = [f"0\t{base64.b64encode(content).decode()}\n" for content in contents]
    return Base64ImageDeserializer(write_map(folder, "".join(lines)), image_streams())


def speech(folder: Path) -> list[Deserializer]:
    script, marked = "", "#!MLF!#\n"
    for i, length in enumerate(LENGTHS.tolist()):
        write_archive(folder / f"u{i}.fea", [[i, 0, 0]] * length)
        script += f"u{i}={folder}/u{i}.fea[0,{length - 1}]\n"
        marked += f'"u{i}.lab"\n0 {length * 100000} A_s2\n.\n'
    return [features(folder, script, "x"), labels(folder, marked)]


def arrays(folder: Path) -> NumPyDeserializer:
    rows = np.repeat(np.arange(COUNT, dtype=np.float32), LENGTHS)[:, None]
    np.savez(folder / "x.npz", x=rows, size=LENGTHS)
    return NumPyDeserializer(folder / "x.npz", StreamDefs(x=StreamDef()), lengths={"x": "size"})


def shards(folder: Path) -> TarDeserializer:
    with tarfile.open(folder / "x.tar", "w") as archive:
        for i in range(COUNT):
            member, content = tarfile.TarInfo(f"{i}.json"), f"[{i}]".encode()
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return TarDeserializer(folder / "x.tar", StreamDefs(x=StreamDef(field="json", shape=1)))


class Numbers(UserDeserializer):
    """Gives the numbers themselves, three to a chunk."""

    def stream_infos(self):
        return [StreamInformation("x", 0, "dense", np.float32, (1,))]

    def num_chunks(self):
        return -(-COUNT // 3)

    def get_chunk(self, chunk_id):
        numbers = range(3 * chunk_id, min(3 * chunk_id + 3, COUNT))
        return {"x": [np.full((LENGTHS[i], 1), i, np.float32) for i in numbers]}


KINDS = {
    "text, sequences": lambda folder: text(folder, chunk_bytes=60),
    "text, samples": samples,
    "binary": binary,
    "two files joined": joined,
    "images": images,
    "base64": base64_images,
    "speech": speech,
    "arrays": arrays,
    "tar": shards,
    "user": lambda folder: Numbers(),
}


def numbers(source: MinibatchSource, size: int, worker: int) -> Iterator[tuple[list[int], dict]]:
    """Yield the sequences of a worker's minibatches, and the position after each."""
    while minibatch := source.next_minibatch(size, None, None, WORKERS, worker):
        sequences = minibatch[source.streams.x].as_sequences()
        yield [int(each.ravel()[0]) for each in sequences], source.get_checkpoint_state()


@pytest.mark.parametrize("size", [1, 10, 50])
@pytest.mark.parametrize("randomize", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_three_workers_share_each_sweep_exactly(tmp_path, kind, randomize, size):
    def source() -> MinibatchSource:
        return MinibatchSource(
            KINDS[kind](tmp_path),
            max_sweeps=SWEEPS,
            randomize=randomize,
            randomization_window_in_chunks=4,
        )

    dealt = np.empty(SWEEPS * COUNT, int)
    for worker in range(WORKERS):
        given = list(numbers(source(), size, worker))
        sequences = [number for minibatch, _ in given for number in minibatch]
        dealt[worker::WORKERS] = sequences
        at = len(given) // 2
        restored = source()
        restored.restore_from_checkpoint(given[at][1])
        assert list(numbers(restored, size, worker)) == given[at + 1 :]
    for sweep in dealt.reshape(SWEEPS, COUNT):
        assert sorted(sweep) == list(range(COUNT))
    if not randomize:
        assert dealt.tolist() == SWEEPS * list(range(COUNT))
