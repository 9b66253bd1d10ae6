"""Whatever a map or an image holds, a source gives data or an error that names its file."""

from __future__ import annotations

import base64
import io
import random
import time
import warnings
import zipfile

import numpy as np
import pytest
from PIL import Image

from cntk.io import Base64ImageDeserializer, StreamDef, StreamDefs, transforms

from ...image_files import noise, pixels, reader, source, write_map

TRANSFORMS = [
    transforms.crop("randomarea", area_ratio=(0.1, 1), aspect_ratio=(0.5, 1)),
    transforms.scale(4, 4, 3),
]
# a limit as low as this keeps what is decoded small, and the limit busy
LIMITS = {"max_pixels": 1 << 16}
MOST_SECONDS = 1.0  # for one mutant
MANY = pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])


def seeds() -> list[bytes]:
    """Return small images of each format, with and without a palette."""
    found = []
    for size, options in (((20, 14), {}), ((9, 9), {})):
        image = Image.fromarray(noise(*size))
        for format, mode in (
            ("PNG", "RGB"), ("PNG", "P"), ("PNG", "L"), ("PNG", "RGBA"), ("JPEG", "RGB"),
            ("JPEG", "L"), ("JPEG", "CMYK"), ("BMP", "RGB"), ("BMP", "P"), ("BMP", "1"),
            ("GIF", "P"), ("TIFF", "RGB"),
        ):  # fmt: skip
            file = io.BytesIO()
            image.convert(mode).save(file, format, **options)
            found.append(file.getvalue())
    file = io.BytesIO()
    image.save(file, "JPEG", progressive=True)
    return [*found, file.getvalue()]


IMAGES = seeds()
MAPS = [
    b"a.img\t0\nb.img\t1\na.img\t2\n",
    b"7\ta.img\t0\r\n9\tb.img\t1\r\n",
    b'"a.img"\t0\n# no\n\nz.zip@/a.img\t1\n',
]


def mutant(random: random.Random, data: bytes) -> bytes:
    """Return data with some bytes changed, cut, doubled or added."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4, 8))):
        at = random.randrange(len(changed) + 1)
        kind = random.randrange(6)
        if kind == 0:
            changed[at : at + 1] = bytes([random.randrange(256)])
        elif kind == 1:
            del changed[at : at + random.choice((1, 2, 30))]
        elif kind == 2:
            changed[at:at] = random.choice((b"\t", b"\n", b'"', b"\0", b"../", b"\xff\xff\xff\xff"))
        elif kind == 3:
            changed[at:at] = changed[at : at + 40]
        elif kind == 4 and at < len(changed):
            changed[at] ^= 1 << random.randrange(8)
        else:
            changed[at : at + 4] = random.choice((b"\x7f\xff\xff\xff", bytes(4), b"9999"))
    return bytes(changed)


def read(folder, deserializer, max_errors: int) -> None:
    begin = time.thread_time()
    try:
        reading = source(
            deserializer, max_errors=max_errors, trace_level=0, multithreaded_deserializer=False
        )
        while minibatch := reading.next_minibatch(2):
            found = pixels(minibatch)
            assert found.shape[1:] == (3, 4, 4)
            assert np.isfinite(found).all() and 0 <= found.min() and found.max() <= 255
    except RuntimeError as error:
        assert str(folder) in str(error)
    assert time.thread_time() - begin < MOST_SECONDS


@pytest.mark.parametrize("count", [400, MANY])
def test_mutants_of_maps_and_images(tmp_path, count):
    chosen = random.Random(count)
    for _ in range(count):
        images = [chosen.choice(IMAGES) for _ in range(2)]
        text = chosen.choice(MAPS)
        if chosen.random() < 0.3:
            text = mutant(chosen, text)
        else:
            images = [mutant(chosen, image) for image in images]
        for name, image in zip("ab", images):
            (tmp_path / f"{name}.img").write_bytes(image)
        if b"zip" in text:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr("a.img", images[0])
            (tmp_path / "z.zip").write_bytes(mutant(chosen, packed.getvalue()))
        options = dict(LIMITS, formats=("JPEG", "PNG", "BMP", "GIF", "TIFF"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pillow, about what it repairs
            given = reader(write_map(tmp_path, text), TRANSFORMS, **options)
            read(tmp_path, given, chosen.choice((0, 100)))


@pytest.mark.parametrize("count", [200, MANY])
def test_mutants_of_base64(tmp_path, count):
    chosen = random.Random(count)
    for _ in range(count):
        lines = [b"%d\t%s\n" % (i, base64.b64encode(chosen.choice(IMAGES[:6]))) for i in range(3)]
        path = write_map(tmp_path, mutant(chosen, b"".join(lines)))
        streams = StreamDefs(
            features=StreamDef(field="image", transforms=TRANSFORMS),
            labels=StreamDef(field="label", shape=3),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            given = Base64ImageDeserializer(path, streams, **LIMITS)
            read(tmp_path, given, chosen.choice((0, 100)))
