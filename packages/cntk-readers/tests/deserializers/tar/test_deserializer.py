"""Samples of tar files become minibatches; those that cannot be used are refused or left out."""

from __future__ import annotations

import gzip
import io
import re
import tarfile

import numpy as np
import pytest
from PIL import Image

from cntk.io import (
    ImageDeserializer,
    MinibatchSource,
    StreamDef,
    StreamDefs,
    TarDeserializer,
    transforms,
)
from cntk.testing import check_deserializer

from .tar_files import (
    SCALE,
    STREAMS,
    array,
    levels,
    packed,
    picture,
    read,
    sample,
    samples,
    source,
    write,
)


def test_images_and_classes(tmp_path):
    found = read(write(tmp_path / "a.tar", samples(3)), STREAMS)
    assert [image[0][0][0] for image in found["features"]] == [0, 1, 2]
    assert np.shape(found["features"]) == (3, 3, 4, 4)
    assert np.argmax(found["labels"], axis=1).tolist() == [0, 1, 2]


def test_numbers_of_arrays_text_and_json(tmp_path):
    streams = StreamDefs(
        npy=StreamDef(field="npy", shape=2),
        txt=StreamDef(field="txt", shape=2),
        json=StreamDef(field="json:size", shape=(2, 1)),
        word=StreamDef(field="json:word", is_sparse=True),
    )
    path = write(tmp_path / "a.tar", samples(2, first=1))
    found = read(path, streams, categories={"word": ["w2", "w1"]})
    assert found == {
        "npy": [[1, 1.5], [2, 2.5]],
        "txt": [[1, 0.25], [2, 0.5]],
        "json": [[[1], [1]], [[2], [1]]],
        "word": [[0, 1], [1, 0]],
    }


def test_labels_of_pixels_move_with_their_image(tmp_path):
    members = []
    for i in range(3):
        level = np.arange(24, dtype=np.uint8).reshape(4, 6) % 3
        classes = _png(level)
        members += [(f"{i}.png", _png(level * 100)), (f"{i}.seg.png", classes)]
    moved = [transforms.crop("randomside", side_ratio=0.8), transforms.scale(4, 4, 3, "nearest")]
    streams = StreamDefs(
        image=StreamDef(field="png", transforms=moved),
        classes=StreamDef(field="seg.png", shape=3, transforms=moved),
    )
    found = read(write(tmp_path / "a.tar", members), streams)
    for image, classes in zip(found["image"], found["classes"]):
        assert np.array_equal(np.argmax(classes, axis=0) * 100, image[0])


def _png(pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_shards_are_read_one_after_the_other(tmp_path):
    for i in range(3):
        write(tmp_path / f"train-{i:02}.tar", samples(4, first=4 * i))
    pattern = str(tmp_path / "train-{00..02}.tar")
    reader = TarDeserializer(pattern, STREAMS)
    assert reader.num_chunks() == 3
    check_deserializer(reader)
    assert levels(source(pattern)) == list(range(12))
    assert levels(source([tmp_path / "train-02.tar", tmp_path / "train-00.tar"]))[:5] == [
        8, 9, 10, 11, 0,
    ]  # fmt: skip


def test_large_shards_are_read_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("cntk.io.deserializers.tar.deserializer._CHUNK_SAMPLES", 4)
    path = write(tmp_path / "a.tar", samples(10))
    reader = TarDeserializer(path, STREAMS)
    assert [len(reader.sequence_keys(i)) for i in range(reader.num_chunks())] == [4, 4, 2]
    check_deserializer(reader)
    assert levels(source(path, multithreaded_deserializer=False), 3) == list(range(10))


def test_shuffling_workers_and_checkpoints(tmp_path):
    paths = [write(tmp_path / f"{i}.tar", samples(5, first=5 * i)) for i in range(6)]

    def reading(**options):
        given = {"randomize": True, "max_sweeps": 2, "randomization_window_in_chunks": 3}
        return source(paths, **{**given, **options})

    whole = levels(reading(), 4)
    assert sorted(whole[:30]) == list(range(30)) == sorted(whole[30:])
    assert whole[:30] != whole[30:] and whole != levels(reading(randomization_seed=1), 4)
    first, later = reading(), reading()
    for _ in range(3):
        first.next_minibatch(4)
    later.restore_from_checkpoint(first.get_checkpoint_state())
    assert levels(later, 4) == whole[12:]
    parts = []
    for i in range(3):
        worker = reading(max_sweeps=1)
        while minibatch := worker.next_minibatch(6, None, None, 3, i):
            images = minibatch[worker.streams.features].asarray()
            parts += images[:, 0, 0, 0, 0].astype(int).tolist()
    assert sorted(parts) == list(range(30))


def test_random_crops_do_not_depend_on_threads(tmp_path):
    members = [(f"{i}.png", _png(np.arange(200, dtype=np.uint8).reshape(10, 20)))
               for i in range(8)]  # fmt: skip
    path = write(tmp_path / "a.tar", members)
    streams = StreamDefs(
        features=StreamDef(field="png", transforms=[transforms.crop("randomside", crop_size=4)])
    )
    one, many = (levels(source(path, streams, multithreaded_deserializer=threads))
                 for threads in (False, True))  # fmt: skip
    assert one == many and len(set(one)) > 3


def test_the_size_of_images_is_that_of_the_first(tmp_path):
    streams = StreamDefs(features=StreamDef(field="png", transforms=[]))
    path = write(tmp_path / "a.tar", samples(2))
    assert TarDeserializer(path, streams).stream_infos()[0].shape == (3, 6, 8)
    write(path, [("a.png", b"no image")])
    with pytest.raises(RuntimeError, match="size of stream 'features' is not known(.|\n)*'a'"):
        TarDeserializer(path, streams).stream_infos()


def test_classes_only(tmp_path):
    streams = StreamDefs(labels=StreamDef(field="cls", shape=10))
    assert len(read(write(tmp_path / "a.tar", samples(3)), streams)["labels"]) == 3


def test_mixup_mixes_classes_too(tmp_path):
    streams = StreamDefs(
        features=StreamDef(field="png", transforms=[*SCALE, transforms.mixup(1.0)]),
        labels=STREAMS.labels,
    )
    found = read(write(tmp_path / "a.tar", samples(4)), streams)
    mixed = np.asarray(found["labels"])
    assert mixed.sum(axis=1) == pytest.approx(np.ones(4)) and ((mixed > 0).sum(axis=1) == 2).all()


def test_other_readers_are_joined_by_key(tmp_path):
    path = write(tmp_path / "a.tar", sample(0, "x/one") + sample(1, "x/two"))
    (tmp_path / "i.png").write_bytes(picture(9))
    (tmp_path / "map.txt").write_text("x/two\ti.png\t0\n")
    map_reader = ImageDeserializer(
        tmp_path / "map.txt", StreamDefs(other=StreamDef(field="image", transforms=SCALE))
    )
    reading = MinibatchSource([TarDeserializer(path, STREAMS), map_reader], max_sweeps=1)
    minibatch = reading.next_minibatch(5)
    assert minibatch[reading.streams.features].asarray()[:, 0, 0, 0, 0].tolist() == [1]


def link(name: str, kind=tarfile.SYMTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    return member


BAD = {
    "a link": ([(link("1.png"), b""), ("1.cls", b"1")], "expected a file, found a symbolic link"),
    "a device": ([("1.png", picture(1)), (link("1.cls", tarfile.CHRTYPE), b"")], "a character dev"),
    "a link without extension": ([(link("passwd"), b"")], r"\('passwd'\): expected a file"),
    "a path that climbs": (
        [("../1.png", picture(1)), ("../1.cls", b"1")], "a path inside of the archive, found",
    ),
    "an absolute path": ([("/1.png", picture(1)), ("/1.cls", b"1")], "found '/1.png'"),
    "a field twice": (
        [("1.png", picture(1)), ("1.jpg", picture(1)), ("1.cls", b"1")],
        "one such file in a sample, found '1.png' before it",
    ),
    "no class": ([("1.png", picture(1))], r"a file .cls in the sample, found \[\"'1.png'\"\]"),
    "no image": ([("1.cls", b"1")], "a file .jpg in the sample"),
    "a class too high": ([("1.png", picture(1)), ("1.cls", b"10")], "label from 0 to 9 .*found 10"),
    "no number": ([("1.png", picture(1)), ("1.cls", b"x")], "a label, which is a whole number"),
    "no text": ([("1.png", picture(1)), ("1.cls", b"\xff")], "text in UTF-8, found byte 0xff"),
    "a huge text": ([("1.png", picture(1)), ("1.cls", b"1" * 2_000_000)], "at most 1048576 bytes"),
    "an image cut off": ([("1.png", picture(1)[:50]), ("1.cls", b"1")], "a well-formed PNG image"),
    "another file": ([("1.png", b"GIF89a"), ("1.cls", b"1")], "formats JPEG, PNG, BMP"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_malformed_samples_are_refused_or_left_out(tmp_path, what):
    members, message = BAD[what]
    path = write(tmp_path / "a.tar", sample(7) + members + sample(8))
    with pytest.raises(RuntimeError, match=rf"a\.tar, byte \d+ .*{message}"):
        levels(source(path))
    assert levels(source(path, max_errors=1)) == [7, 8]


def test_a_sample_in_two_parts(tmp_path):
    path = write(tmp_path / "a.tar", sample(7) + sample(8) + sample(7))
    with pytest.raises(RuntimeError, match="the files of a sample one after the other"):
        levels(source(path))
    assert levels(source(path, max_errors=1)) == [7, 8]


NUMBERS = {
    "npy": [
        (array(np.zeros(3)), "2 numbers, of shape .2,., found an array of shape .3,."),
        (array(np.array(["a"])), "an array of numbers, found elements of <U1"),
        (array(np.zeros(2))[:-1], "16 bytes of elements, found 15 bytes"),
        (b"\x93NUMPY\x09\x00", "version 1.0 or 2.0, found version"),
        (b"x", "the header of an npy file"),
        (array(np.asfortranarray(np.ones((2, 2)))), "an array in C order"),
    ],
    "txt": [
        (b"1", "2 numbers"),
        (b"1 x", "numbers between blanks, found 'x'"),
        (b"1 1_0", "numbers between blanks"),
        (b"1 nan", "numbers that are finite"),
        (b"1 1e300", "beyond float32"),
    ],
    "json": [
        (b"[1, [2]]", "numbers, or lists of one length"),
        (b'["a", "b"]', "numbers, or lists"),
        (b"[1, NaN]", "numbers that are finite"),
        (b"[" * 100_000, "expected JSON"),
        (b"{", "expected JSON"),
        (b"9" * 5000, "expected JSON"),
        (b"[1, %d]" % 10**400, "numbers"),
    ],
}


@pytest.mark.parametrize(
    ("extension", "content", "message"),
    [(ext, *case) for ext, cases in NUMBERS.items() for case in cases],
)
def test_malformed_numbers_are_refused_or_left_out(tmp_path, extension, content, message):
    good = {"npy": array(np.ones(2)), "txt": b"1 1", "json": b"[1, 1]"}[extension]
    path = write(tmp_path / "a.tar", [(f"a.{extension}", good), (f"b.{extension}", content)])
    streams = StreamDefs(x=StreamDef(field=extension, shape=2))
    with pytest.raises(RuntimeError, match=rf"byte \d+ \(sample 'b'\), input '\w+': .*{message}"):
        read(path, streams)
    assert read(path, streams, max_errors=1) == {"x": [[1, 1]]}


@pytest.mark.parametrize("content", [b"[1]", b'{"b": 1}', b'{"a": [1]}', b'{"a": true}'])
def test_members_of_json_that_are_not_there(tmp_path, content):
    path = write(tmp_path / "a.tar", [("a.json", content)])
    streams = StreamDefs(x=StreamDef(field="json:a", shape=2, is_sparse=True))
    with pytest.raises(RuntimeError, match="a JSON object with 'a'|a whole number or a text"):
        read(path, streams)


def test_categories_that_are_not_known(tmp_path):
    path = write(tmp_path / "a.tar", [("a.txt", b"cat\n"), ("b.txt", b"cow")])
    streams = StreamDefs(x=StreamDef(field="txt", shape=3, is_sparse=True))
    with pytest.raises(RuntimeError, match="'b'.*expected one of 2 categories, found 'cow'"):
        read(path, streams, categories={"x": ["dog", "cat"]})


@pytest.mark.parametrize("cut", [100, 700, 5000, -20000])
def test_a_truncated_shard(tmp_path, cut):
    data = packed(samples(20))
    path = tmp_path / "a.tar"
    path.write_bytes(data[:cut])
    with pytest.raises(RuntimeError, match=r"a\.tar, byte \d+: expected .*, found "):
        levels(source(path))
    if cut < 0:  # of the last sample of 18, files may be missing
        assert levels(source(path, max_errors=1)) == list(range(17))


def test_compressed_shards_are_refused(tmp_path):
    path = tmp_path / "a.tar.gz"
    path.write_bytes(gzip.compress(packed(samples(2))))
    with pytest.raises(RuntimeError, match=r"a.tar.gz' is compressed by gzip(.|\n)*try: decompres"):
        source(path, max_errors=100)


def test_shards_without_samples(tmp_path):
    for members in ([], [("README", b"x"), (".hidden.png", b"y")]):
        with pytest.raises(RuntimeError, match="has no samples(.|\n)*extensions jpg;png, cls"):
            source(write(tmp_path / "a.tar", members))
    with pytest.raises(RuntimeError, match="none.tar' is not open"):
        source(tmp_path / "none.tar")


def test_a_shard_that_is_changed_while_it_is_read(tmp_path):
    path = write(tmp_path / "a.tar", samples(8))
    reading = source(path, multithreaded_deserializer=False)
    reading.next_minibatch(2)
    write(path, samples(9))
    with pytest.raises(RuntimeError, match="was changed while it is being read"):
        reading.next_minibatch(2)


@pytest.mark.parametrize(
    ("streams", "options", "message"),
    [
        (StreamDefs(), {}, "no streams to read"),
        (StreamDefs(x=StreamDef(shape=2)), {}, "needs field=..., an extension of files, got None"),
        (StreamDefs(x=StreamDef(field="jpg;", shape=2)), {}, "needs field="),
        (StreamDefs(x=StreamDef(field="npy")), {}, "needs shape=..., a positive int"),
        (StreamDefs(x=StreamDef(field="cls")), {}, "the number of classes, got None"),
        (StreamDefs(x=StreamDef(field="png", transforms=[1])), {}, "has a transform 1"),
        (StreamDefs(x=StreamDef(field="cls", shape=1)), {"categories": {"x": "ab"}}, "more than"),
        (StreamDefs(x=StreamDef(field="npy", shape=1)), {"categories": {"x": "ab"}}, "no stream"),
        (STREAMS, {"formats": "WEBP"}, "formats must be of"),
    ],
)  # fmt: skip
def test_definitions_that_do_not_fit_are_refused(streams, options, message):
    with pytest.raises(ValueError, match=message):
        TarDeserializer("a.tar", streams, **options)


@pytest.mark.parametrize(
    ("shards", "message"),
    [([], "no shards"), ("{0..999999999}.tar", "too many"), ("{5..1}.tar", "no shards"),
     ("{0..9999}-{0..9999}.tar", "too many")],
)  # fmt: skip
def test_names_of_shards_are_checked(shards, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        TarDeserializer(shards, STREAMS)
