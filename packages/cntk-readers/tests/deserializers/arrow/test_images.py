"""Encoded images in the columns of tables, as Hugging Face stores them."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from cntk.io import ArrowDeserializer, MinibatchSource, StreamDef, StreamDefs, transforms
from cntk.testing import check_deserializer

from .tables import write

SCALE = [transforms.scale(4, 4, 3)]
STREAMS = StreamDefs(
    label=StreamDef(shape=10, is_sparse=True), image=StreamDef(field="image", transforms=SCALE)
)


def png(pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8)).save(file, "PNG")
    return file.getvalue()


def grey(level: int) -> bytes:
    return png(np.full((6, 8, 3), level))


def table(contents: list, kind="struct") -> pa.Table:
    if kind == "struct":
        structs = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
        column = pa.array(
            [None if c is None else {"bytes": c, "path": "a.png"} for c in contents], structs
        )
    else:
        column = pa.array(contents, kind)
    return pa.table({"image": column, "label": [i % 10 for i in range(len(contents))]})


def levels(given, streams=STREAMS, size=4, **options) -> list[int]:
    options = {"randomize": False, "max_sweeps": 1, "trace_level": 0, **options}
    reading = MinibatchSource(ArrowDeserializer(given, streams), **options)
    found: list[int] = []
    while minibatch := reading.next_minibatch(size):
        found += minibatch[reading.streams.image].asarray()[:, 0, 0, 0, 0].astype(int).tolist()
    return found


@pytest.mark.parametrize("kind", ["struct", pa.binary(), pa.large_binary(), pa.binary_view()])
def test_columns_of_images(kind):
    given = table([grey(i) for i in range(9)], kind)
    assert levels(given) == list(range(9)) == levels(given, multithreaded_deserializer=False)
    reader = ArrowDeserializer(given, STREAMS)
    assert [(info.name, info.shape) for info in reader.stream_infos()] == [
        ("label", (10,)), ("image", (3, 4, 4)),
    ]  # fmt: skip
    check_deserializer(reader)
    assert reader.get_chunk(0).num_bytes > 9 * len(grey(0))


def test_files_shuffled(tmp_path, monkeypatch):
    monkeypatch.setattr("cntk.io.deserializers.arrow.files.CHUNK_BYTES", 0)
    path = write(table([grey(i) for i in range(20)]), tmp_path / "t.parquet", 3)
    shuffled = levels(path, randomize=True)
    assert sorted(shuffled) == list(range(20)) != shuffled
    assert shuffled == levels(path, randomize=True, multithreaded_deserializer=False)


def test_label_images_and_the_size_of_the_first():
    pixels = np.arange(24).reshape(4, 6) % 3
    given = pa.table({"image": [png(pixels * 100)], "mask": [png(pixels)]})
    streams = StreamDefs(
        image=StreamDef(transforms=[]), mask=StreamDef(shape=3), again=StreamDef("image")
    )
    reading = MinibatchSource(ArrowDeserializer(given, streams), max_sweeps=1)
    assert reading.streams.mask.shape == (3, 4, 6)
    minibatch = reading.next_minibatch(1)
    classes = np.argmax(minibatch[reading.streams.mask].asarray()[0, 0], axis=0)
    assert np.array_equal(classes, pixels)
    assert np.array_equal(minibatch[reading.streams.again].asarray()[0, 0, 1], pixels * 100)


def test_mixup_mixes_classes_too():
    mixed = StreamDefs(
        label=STREAMS.label, image=StreamDef(transforms=[*SCALE, transforms.mixup(1.0)])
    )
    given = table([grey(i) for i in range(4)])
    reading = MinibatchSource(ArrowDeserializer(given, mixed), max_sweeps=1)
    label = reading.next_minibatch(4)[reading.streams.label]
    assert all((one.toarray() > 0).sum() == 2 for one in label.as_sequences())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "expected an image, found null"),
        (b"", "an image of the formats JPEG, PNG, BMP, found b''"),
        (b"GIF89a", "JPEG, PNG, BMP .*found GIF"),
        (grey(1)[:48], "a well-formed PNG image"),
    ],
)
def test_images_that_cannot_be_used(tmp_path, content, message):
    given = table([grey(3), content, grey(5)])
    with pytest.raises(RuntimeError, match=rf"row 1, input 'image': .*{message}"):
        levels(given)
    assert levels(given, max_errors=1) == [3, 5]
    path = write(given, tmp_path / "t.parquet", 1)
    with pytest.raises(RuntimeError, match=rf"t.parquet, row 1, input 'image': .*{message}"):
        levels(path)


def test_images_of_an_unknown_size():
    streams = StreamDefs(image=StreamDef(transforms=[]))
    for content, message in ((b"x", "row 0, input 'image': .* found b'x'"), (None, "no image")):
        with pytest.raises(
            RuntimeError, match=f"size of stream 'image' is not known(.|\n)*{message}"
        ):
            levels(table([content]), streams)


def test_columns_that_hold_no_images():
    with pytest.raises(ValueError, match="transforms are for images; column 'label' is int64"):
        levels(table([grey(1)]), StreamDefs(image=StreamDef("label", transforms=SCALE)))
