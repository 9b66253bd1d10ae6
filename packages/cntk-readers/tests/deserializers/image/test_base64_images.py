"""Images inside of text."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from cntk.io import Base64ImageDeserializer, StreamDef, StreamDefs, transforms

from ...image_files import labels, noise, pixels, some_images, source, write_map

SCALE = [transforms.scale(8, 6, 3)]


def text_of(path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def reading(path, **options):
    streams = StreamDefs(
        features=StreamDef(field="image", transforms=SCALE),
        labels=StreamDef(field="label", shape=3),
    )
    return source(Base64ImageDeserializer(path, streams), **options)


@pytest.fixture
def images(tmp_path):
    some_images(tmp_path)
    return [text_of(tmp_path / f"{i}.png") for i in range(3)]


@pytest.mark.parametrize("key", ["", "{i}\t", "word{i}\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_are_label_and_image_with_or_without_key(tmp_path, images, key, newline):
    text = "".join(f"{key.format(i=i)}{i}\t{image}{newline}" for i, image in enumerate(images))
    minibatch = reading(write_map(tmp_path, text, "b64.txt")).next_minibatch(5)
    expected = np.stack([noise(seed=i).transpose(2, 0, 1) for i in range(3)])
    np.testing.assert_array_equal(pixels(minibatch), expected)
    assert labels(minibatch) == [0, 1, 2]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("4\t0\tx\tIMAGE", "expected a label and an image, or a key before them"),
        ("IMAGE", "expected a label and an image"),
        ("7\tIMAGE", r"a label from 0 to 2 \(shape=3\), found 7"),
        ("cat\tIMAGE", "a label, which is a whole number, found 'cat'"),
        ("1\t****", "an image in base64"),
        ("1\t", "an image of the formats"),
        ("1\t!IMAGE", "an image in base64"),
        ("1\tIMAG", "well-formed PNG|an image in base64"),
        ("1\tiVBORw0KGgo=", "a well-formed PNG image"),
    ],
)
def test_a_malformed_line_is_named_or_left_out(tmp_path, caplog, images, line, message):
    line = line.replace("IMAGE", images[0]).replace("IMAG", images[0][:40])
    path = write_map(tmp_path, f"1\t{images[1]}\n{line}\n2\t{images[2]}\n", "b64.txt")
    with pytest.raises(RuntimeError, match=message) as caught:
        reading(path).next_minibatch(3)
    assert "line 2" in str(caught.value) and str(path) in str(caught.value)
    assert len(str(caught.value)) < 1000  # not the image
    assert labels(reading(path, max_errors=1).next_minibatch(3)) == [1, 2]
