"""Decoding of bytes, and what is refused before."""

from __future__ import annotations

import io
import struct
import time
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from cntk.io.deserializers.image import picture as module
from cntk.io.deserializers.image.picture import Picture, check_formats
from cntk.io.deserializers.image.unreadable import Unreadable
from cntk.io.transforms.crop import Box

from ...image_files import noise

BOX = Box(2, 1, 5, 4, False)
FLIPPED = Box(2, 1, 5, 4, True)


def encoded(image: np.ndarray, format: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    rgb = image[..., ::-1] if image.ndim == 3 else image
    Image.fromarray(rgb).save(file, format, **options)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """Return the beginning of a PNG that says it is of that size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    data = b"IDAT" + zlib.compress(bytes(100))
    return b"\x89PNG\r\n\x1a\n" + body + struct.pack(">I", len(data) - 4) + data + bytes(4)


@pytest.mark.parametrize("format", ["PNG", "BMP"])
def test_channels_are_blue_green_red(format):
    image = noise()
    found = Picture(encoded(image, format))
    assert (found.width, found.height) == (8, 6)
    np.testing.assert_array_equal(found.pixels(), image)


def test_a_part_may_be_flipped():
    image = noise()
    data = encoded(image)
    np.testing.assert_array_equal(Picture(data).pixels(BOX), image[1:5, 2:7])
    np.testing.assert_array_equal(Picture(data).pixels(FLIPPED), image[1:5, 2:7][:, ::-1])


def test_jpeg_is_decoded_by_pillow():
    data = encoded(noise(30, 20), "JPEG")
    expected = np.asarray(Image.open(io.BytesIO(data)))[..., ::-1]
    np.testing.assert_array_equal(Picture(data).pixels(), expected)


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_the_orientation_of_a_camera_is_not_applied(format):
    turned = Image.Exif()
    turned[0x0112] = 6
    image = noise(30, 20)
    found = Picture(encoded(image, format, exif=turned))
    assert (found.width, found.height) == (30, 20)
    plain = Picture(encoded(image, format))
    np.testing.assert_array_equal(found.pixels(), plain.pixels())


def test_grey_palette_and_transparent_images_become_colours():
    grey = noise()[..., 0]
    np.testing.assert_array_equal(Picture(encoded(grey)).pixels(), np.repeat(grey[..., None], 3, 2))
    sixteen = (grey.astype(np.uint16) << 8) + 77
    found = Picture(encoded(sixteen)).pixels(BOX)
    np.testing.assert_array_equal(found, np.repeat(grey[1:5, 2:7, None], 3, 2))
    file = io.BytesIO()
    rgba = np.dstack([noise()[..., ::-1], np.full((6, 8), 10, np.uint8)])
    Image.fromarray(rgba, "RGBA").save(file, "PNG")
    np.testing.assert_array_equal(Picture(file.getvalue()).pixels(), noise())


def test_classes_are_the_numbers_of_a_palette_or_grey_levels():
    classes = np.array([[0, 1, 2], [255, 3, 20]], np.uint8)
    np.testing.assert_array_equal(Picture(encoded(classes)).classes()[..., 0], classes)
    image = Image.fromarray(classes, "P")
    image.putpalette([7 * i % 256 for i in range(768)])
    file = io.BytesIO()
    image.save(file, "PNG")
    np.testing.assert_array_equal(Picture(file.getvalue()).classes()[..., 0], classes)
    with pytest.raises(Unreadable, match="a grey image or one with a palette"):
        Picture(encoded(noise())).classes()


@pytest.mark.parametrize(
    "size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (1, 2**30), (8193, 8192)]
)
def test_too_many_pixels_are_refused_before_decoding(size):
    begin = time.process_time()
    with pytest.raises(Unreadable, match="at most 67108864 pixels") as caught:
        Picture(png_header(*size))
    assert time.process_time() - begin < 0.1
    assert f"{size[0]} x {size[1]}" in str(caught.value)


def test_the_limit_is_an_option():
    data = encoded(noise())
    assert Picture(data, most_pixels=48).width == 8
    with pytest.raises(Unreadable, match="at most 47 pixels"):
        Picture(data, most_pixels=47)


@pytest.mark.parametrize(
    ("formats", "allowed"), [(("JPEG", "PNG", "BMP"), False), (("gif", "tiff"), True)]
)
@pytest.mark.parametrize("format", ["GIF", "TIFF"])
def test_other_formats_are_a_choice(format, formats, allowed):
    data = encoded(noise()[..., 0], format)
    if allowed:
        assert Picture(data, check_formats(formats)).pixels().shape == (6, 8, 3)
    else:
        with pytest.raises(Unreadable, match="formats of the deserializer"):
            Picture(data, check_formats(formats))


def test_names_of_formats_are_checked():
    with pytest.raises(ValueError, match="must be of JPEG, PNG, BMP, GIF, TIFF"):
        check_formats(["PSD"])
    with pytest.raises(ValueError, match="must be of"):
        check_formats([])


@pytest.mark.parametrize("data", [b"", b"BM", b"%PDF-1.7", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_image_is_refused(data):
    with pytest.raises(Unreadable):
        Picture(data).pixels()


@pytest.mark.parametrize("format", ["PNG", "JPEG", "BMP"])
def test_truncated_images_are_refused(format):
    data = encoded(noise(40, 30), format)
    for cut in range(0, len(data) - 20, 97):
        with pytest.raises(Unreadable, match=f"well-formed {format}|image of the formats|pixels"):
            Picture(data[:cut]).pixels()


def test_opencv_decodes_where_it_is_installed(monkeypatch):
    class Error(Exception):
        pass

    decoded = [noise(seed=5)]
    library = SimpleNamespace(
        IMREAD_COLOR=1, IMREAD_IGNORE_ORIENTATION=128, error=Error,
        imdecode=lambda data, flags: decoded[0] if flags == 129 else None,
    )  # fmt: skip
    monkeypatch.setattr(module, "opencv", lambda: library)
    cut = encoded(noise(40, 30), "JPEG")[:-500]
    with pytest.raises(Unreadable, match="well-formed JPEG"):
        Picture(cut).pixels()
    found = Picture(encoded(noise()))
    np.testing.assert_array_equal(found.pixels(FLIPPED), decoded[0][1:5, 2:7][:, ::-1])
    for wrong in (None, noise(9, 9)):
        decoded[0] = wrong
        with pytest.raises(Unreadable, match="OpenCV cannot decode it"):
            Picture(encoded(noise())).pixels()
