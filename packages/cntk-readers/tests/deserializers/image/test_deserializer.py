"""Images and labels of a map file."""

from __future__ import annotations

import time

import numpy as np
import pytest

from cntk.io import (
    CTFDeserializer,
    ImageDeserializer,
    MinibatchSource,
    StreamDef,
    StreamDefs,
    transforms,
)
from cntk.testing import check_deserializer

from ...image_files import (
    drain,
    labels,
    noise,
    pixels,
    reader,
    save,
    some_images,
    source,
    write_map,
)

SCALE = [transforms.scale(4, 3, 3)]


def first(map_file, given=(), **options):
    return source(reader(map_file, given, **options)).next_minibatch(100)


def test_samples_are_channels_rows_columns(tmp_path):
    minibatch = first(some_images(tmp_path))
    expected = np.stack([noise(seed=i).transpose(2, 0, 1) for i in range(6)])
    np.testing.assert_array_equal(pixels(minibatch), expected)
    assert labels(minibatch) == [0, 1, 2, 0, 1, 2]
    (features,) = (info for info in minibatch if info.name == "features")
    assert features.shape == (3, 6, 8) and minibatch[features].data.dtype == np.float32


@pytest.mark.parametrize(
    "text",
    [
        "0.png\t2\n1.png\t1\n",
        "0.png\t2\r\n1.png\t1",
        "7\t0.png\t2\n9\t1.png\t1\n",
        "a\t0.png\t2\tmore\nb\t1.png\t1\tmore\n",
        '"0.png"\t2\n"1.png"\t"1"\n',
        ".../0.png\t2\n.../1.png\t 1 \n",
        "\ufeff# images\n\n0.png\t2\n   \n1.png\t1\n",
    ],
)
def test_ways_to_write_a_map(tmp_path, text):
    some_images(tmp_path)
    minibatch = first(write_map(tmp_path, text))
    np.testing.assert_array_equal(pixels(minibatch)[1], noise(seed=1).transpose(2, 0, 1))
    assert labels(minibatch) == [2, 1]


def test_names_may_hold_blanks_quotes_and_tabs(tmp_path):
    save(tmp_path / 'a "b"\t.png', noise())
    minibatch = first(write_map(tmp_path, '"a ""b""\t.png"\t1\n'))
    np.testing.assert_array_equal(pixels(minibatch)[0], noise().transpose(2, 0, 1))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0.png", "line 2: expected 2 or 3 tab-delimited columns, found 1 in '0.png'"),
        ("0.png 1", "2 or 3 tab-delimited columns"),
        ("0.png\t3", r"a label from 0 to 2 \(shape=3\), found 3"),
        ("0.png\t-1", "a label from 0 to 2 .* found -1"),
        ("0.png\tcat", "a label, which is a whole number, found 'cat'"),
        ("0.png\t1.5", "a label, which is a whole number, found '1.5'"),
        ("0.png\t" + "9" * 5000, "a label"),
        ("nope.png\t1", "input 'image': .* found Cannot open file 'nope.png': No such file"),
        ("map.txt\t1", "input 'image': expected an image of the formats JPEG, PNG, BMP"),
        ("../x.png\t1", r"give roots=\[...\]"),
        ("broken.png\t1", "a well-formed PNG image"),
        ('"0.png\t1', "fields with closed quotes"),
        ("\udcff.png\t1", "text in UTF-8, found byte 0xff"),
        ("0\0.png\t1", "null byte"),
    ],
)
@pytest.mark.parametrize("max_errors", [0, 1])
def test_a_malformed_line_is_named_or_left_out(tmp_path, caplog, line, message, max_errors):
    some_images(tmp_path)
    (tmp_path / "broken.png").write_bytes((tmp_path / "0.png").read_bytes()[:100])
    text = f"1.png\t1\n{line}\n2.png\t2\n".encode("utf-8", "surrogateescape")
    reading = source(reader(write_map(tmp_path, text)), max_errors=max_errors)
    if max_errors:
        minibatch = reading.next_minibatch(3)
        assert labels(minibatch) == [1, 2]
        np.testing.assert_array_equal(pixels(minibatch)[1], noise(seed=2).transpose(2, 0, 1))
        assert "line 2" in caplog.text and "skipped" in caplog.text
        return
    begin = time.process_time()
    with pytest.raises(RuntimeError, match=message) as caught:
        reading.next_minibatch(3)
    assert time.process_time() - begin < 0.1
    assert str(tmp_path / "map.txt") in str(caught.value) and "line 2" in str(caught.value)


def test_one_error_more_than_allowed_ends_the_reading(tmp_path, caplog):
    some_images(tmp_path)
    text = "".join(f"{'no' if i % 2 else ''}{i % 6}.png\t1\n" for i in range(20))
    for allowed in (0, 3, 9):
        reading = source(reader(write_map(tmp_path, text)), max_errors=allowed)
        with pytest.raises(RuntimeError, match="Reached the maximum number of allowed errors"):
            drain(reading, 1)
        assert reading.current_position == {"minibatchSourcePosition": 2 * allowed + 2}
    reading = source(reader(write_map(tmp_path, text)), max_errors=10, max_sweeps=3)
    assert sum(map(len, drain(reading, 4))) == 30  # each malformed line counts once


def test_a_source_without_any_image_says_so(tmp_path, caplog):
    path = write_map(tmp_path, "no.png\t1\n" * 3)
    with pytest.raises(RuntimeError, match="the size of stream 'features' is not known"):
        source(reader(path), max_errors=100)
    assert drain(source(reader(path, SCALE), max_errors=100), 2) == []


def test_images_of_several_sizes_need_a_scale(tmp_path):
    save(tmp_path / "0.png", noise())
    save(tmp_path / "1.png", noise(9, 9))
    path = write_map(tmp_path, "0.png\t0\n1.png\t1\n")
    with pytest.raises(RuntimeError, match="give transforms.scale, which unifies them"):
        first(path)
    assert pixels(first(path, SCALE)).shape == (2, 3, 3, 4)


def test_several_streams_of_one_image(tmp_path):
    streams = StreamDefs(
        small=StreamDef(field="image", transforms=[transforms.scale(2, 2, 1)]),
        labels=StreamDef(field="label", shape=3),
        plain=StreamDef(field="image", transforms=[]),
        again=StreamDef(field="label", shape=5),
    )
    reading = source(ImageDeserializer(some_images(tmp_path), streams))
    minibatch = reading.next_minibatch(6)
    assert [info.shape for info in reading.stream_infos()] == [(1, 2, 2), (3,), (3, 6, 8), (5,)]
    assert pixels(minibatch, "small").shape == (6, 1, 2, 2)
    np.testing.assert_array_equal(pixels(minibatch, "plain")[3], noise(seed=3).transpose(2, 0, 1))
    assert labels(minibatch, "again") == labels(minibatch) == [0, 1, 2, 0, 1, 2]


def test_images_alone_need_no_shape_of_labels(tmp_path):
    streams = StreamDefs(features=StreamDef(field="image", transforms=SCALE))
    minibatch = source(ImageDeserializer(some_images(tmp_path), streams)).next_minibatch(6)
    assert [info.name for info in minibatch] == ["features"]


def test_grey(tmp_path):
    path = some_images(tmp_path)
    grey = pixels(first(path, grayscale=True))
    assert grey.shape == (6, 1, 6, 8)
    np.testing.assert_array_equal(grey, pixels(first(path, [transforms.scale(8, 6, 1)])))


@pytest.mark.parametrize("randomize", [False, True])
def test_ten_views_of_each_image_follow_each_other(tmp_path, randomize):
    given = [transforms.crop("multiview10", crop_size=(4, 3))]
    path = some_images(tmp_path)
    reading = source(reader(path, given, is_multi_crop=True), randomize=randomize)
    minibatch = reading.next_minibatch(60)
    found, classes = pixels(minibatch), labels(minibatch)
    image = noise(seed=0).transpose(2, 0, 1).astype(np.float32)
    views = [image[:, y : y + 3, x : x + 4] for x, y in ((0, 0), (4, 0), (0, 3), (4, 3), (2, 1))]
    views += [view[..., ::-1] for view in views]
    assert found.shape == (60, 3, 3, 4)
    assert sorted(classes) == sorted([i % 3 for i in range(6)] * 10)
    if not randomize:
        np.testing.assert_array_equal(found[:10], views)
    else:
        assert all((found == view).all(axis=(1, 2, 3)).any() for view in views)


def test_images_join_text_by_key(tmp_path):
    some_images(tmp_path)
    (tmp_path / "x.ctf").write_text("".join(f"{i} |x {i}\n" for i in (9, 2, 7, 0)))
    text = CTFDeserializer(tmp_path / "x.ctf", StreamDefs(x=StreamDef("x", 1)))
    keyed = reader(write_map(tmp_path, "7\t0.png\t0\n9\t1.png\t1\n8\t2.png\t2\n"), SCALE)
    minibatch = source([keyed, text]).next_minibatch(5)
    assert pixels(minibatch, "x").ravel().tolist() == [7, 9] and labels(minibatch) == [0, 1]
    minibatch = source([text, keyed]).next_minibatch(5)
    assert pixels(minibatch, "x").ravel().tolist() == [9, 7] and labels(minibatch) == [1, 0]
    without = reader(write_map(tmp_path, "0.png\t0\n1.png\t1\n2.png\t2\n"), SCALE)
    minibatch = source([without, text]).next_minibatch(5)  # the number of the line
    assert pixels(minibatch, "x").ravel().tolist() == [0, 2] and labels(minibatch) == [0, 2]


def test_maps_join_by_keys_that_are_words(tmp_path):
    some_images(tmp_path)
    one = reader(write_map(tmp_path, "cat\t0.png\t0\ndog\t1.png\t1\n", "one.txt"), SCALE)
    streams = StreamDefs(other=StreamDef(field="image", transforms=SCALE))
    two = write_map(tmp_path, "dog\t2.png\t0\ncow\t3.png\t1\n", "two.txt")
    minibatch = source([one, ImageDeserializer(two, streams)]).next_minibatch(5)
    assert labels(minibatch) == [1]
    expected = transforms.scale(4, 3, 3)
    assert pixels(minibatch, "other").shape == (1, 3, 3, 4) and expected.width == 4


def test_views_cannot_be_joined(tmp_path):
    path = some_images(tmp_path)
    with pytest.raises(ValueError, match="cannot be joined"):
        source([reader(path, is_multi_crop=True), reader(path)])


CLASSES = np.array([[0, 1, 2, 255], [1, 1, 0, 0], [2, 0, 0, 255]], np.uint8)


def segments(folder, given, classes=3, mask=CLASSES, mask_transforms=None):
    image = np.repeat(CLASSES[..., None], 3, axis=2)
    save(folder / "image.png", image)
    save(folder / "mask.png", mask)
    path = write_map(folder, "image.png\tmask.png\n" * 50)
    streams = StreamDefs(
        features=StreamDef(field="image", transforms=given),
        classes=StreamDef(
            field="mask",
            shape=classes,
            transforms=given if mask_transforms is None else mask_transforms,
        ),
    )
    return ImageDeserializer(path, streams, columns=("image", "mask"))


def test_a_label_image_is_moved_as_its_features_are(tmp_path):
    given = [
        transforms.crop("randomarea", area_ratio=(0.3, 1), jitter_type="uniratio"),
        transforms.flip(),
        transforms.scale(5, 4, 3, interpolations="nearest"),
    ]
    minibatch = source(segments(tmp_path, given)).next_minibatch(50)
    features, found = pixels(minibatch)[:, 0], pixels(minibatch, "classes")
    assert found.shape == (50, 3, 4, 5)
    for number in range(3):
        np.testing.assert_array_equal(found[:, number], features == number)
    assert len(np.unique(features, axis=0)) > 10
    assert not found.sum(axis=1)[features == 255].any()  # no class


def test_labels_out_of_range_are_refused(tmp_path):
    with pytest.raises(RuntimeError, match="classes below 2, or 255 for none, found class 2"):
        source(segments(tmp_path, [], classes=2)).next_minibatch(1)
    colours = np.repeat(CLASSES[..., None], 3, axis=2)
    with pytest.raises(RuntimeError, match="a grey image or one with a palette"):
        source(segments(tmp_path, SCALE, mask=colours)).next_minibatch(1)


def test_label_images_take_no_change_of_values(tmp_path):
    with pytest.raises(ValueError, match="only geometric transforms leave intact: not Color, Mean"):
        segments(tmp_path, SCALE, mask_transforms=[transforms.color(0.1), transforms.mean(3)])


def test_mixup_mixes_images_and_labels_alike(tmp_path):
    path = some_images(tmp_path)
    plain, mixing = first(path), first(path, [transforms.mixup(1.0)])
    shares = transforms.mixup(1.0).shares(_moments(6))
    expected = shares[:, None, None, None] * pixels(plain)
    expected += (1 - shares)[:, None, None, None] * np.roll(pixels(plain), -1, axis=0)
    np.testing.assert_allclose(pixels(mixing), expected, rtol=1e-5)
    (data,) = (data for info, data in mixing.items() if info.name == "labels")
    for i, sequence in enumerate(data.as_sequences()):
        row = np.zeros(3)
        row[i % 3] += shares[i]
        row[(i + 1) % 6 % 3] += 1 - shares[i]
        np.testing.assert_allclose(sequence.toarray()[0], row, rtol=1e-5)


def _moments(count):
    from cntk.io.deferred import Moment

    return [Moment(0, 0, i) for i in range(count)]


@pytest.mark.parametrize(
    ("streams", "options", "message"),
    [
        (
            dict(x=StreamDef(field="picture")),
            {},
            "invalid field name 'picture', allowed are",
        ),
        (dict(y=StreamDef(field="label", shape=3)), {}, "there is no stream of images"),
        (dict(), {}, "there is no stream of images"),
        (dict(x=StreamDef(field="image"), y=StreamDef(field="label")), {}, "needs shape=..."),
        (dict(x=StreamDef(field="image"), y=StreamDef(field="label", shape=0)), {}, "needs shape"),
        (dict(x=StreamDef(field="image", transforms=[3])), {}, "has a transform 3; try: those of"),
        (dict(x=StreamDef(field="image")), {"formats": ["PSD"]}, "formats must be of"),
        (dict(x=StreamDef(field="image")), {"columns": ("image", "image")}, "two columns have one"),
        (dict(x=StreamDef(field="image")), {"columns": ("image", 3)}, "columns are names"),
        (
            dict(x=StreamDef(field="image", transforms=[transforms.mixup(), *SCALE])),
            {},
            "mixup must be the last transform",
        ),
    ],
)
def test_definitions_are_checked(tmp_path, streams, options, message):
    path = some_images(tmp_path)
    with pytest.raises(ValueError, match=message):
        source(ImageDeserializer(path, StreamDefs(**streams), **options))


def test_what_cntk_27_called_the_mistakes(tmp_path):
    with pytest.raises(RuntimeError, match="is not open"):
        source(reader(tmp_path / "nothing.txt", SCALE))
    path = some_images(tmp_path)
    with pytest.raises(RuntimeError, match="Could not open file: nomean.xml"):
        reader(path, [transforms.mean("nomean.xml")])


def test_chunks_are_as_they_are_announced(tmp_path, monkeypatch):
    monkeypatch.setattr("cntk.io.deserializers.image.deserializer._CHUNK_LINES", 2)
    check_deserializer(reader(some_images(tmp_path), SCALE))


def test_training_reads_images(tmp_path):
    import cntk as C

    reading = MinibatchSource(reader(some_images(tmp_path), SCALE))
    x, y = C.input_variable((3, 3, 4)), C.input_variable(3, is_sparse=True)
    model = C.times(C.reshape(x, -1) / 255, C.parameter((36, 3)))
    loss = C.cross_entropy_with_softmax(model, y)
    trainer = C.Trainer(model, loss, C.sgd(model.parameters, 0.01))
    streams = {x: reading.streams.features, y: reading.streams.labels}
    losses = []
    for _ in range(40):
        trainer.train_minibatch(reading.next_minibatch(6, input_map=streams))
        losses.append(trainer.previous_minibatch_loss_average)
    assert losses[-1] < losses[0]
