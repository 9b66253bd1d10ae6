"""Decoding: bytes of a file to pixels, after a look at how many there are."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.deserializers.image.unreadable import Unreadable
from cntk.io.opencv import opencv
from cntk.io.transforms.crop import Box

MOST_PIXELS = 1 << 26
"""Pixels of an image that is decoded: 8192 x 8192."""

DEFAULT_FORMATS = ("JPEG", "PNG", "BMP")

# format -> its first bytes, and its class in pillow
_FORMATS: dict[str, tuple[tuple[bytes, ...], str, str]] = {
    "JPEG": ((b"\xff\xd8\xff",), "PIL.JpegImagePlugin", "JpegImageFile"),
    "PNG": ((b"\x89PNG\r\n\x1a\n",), "PIL.PngImagePlugin", "PngImageFile"),
    "BMP": ((b"BM",), "PIL.BmpImagePlugin", "BmpImageFile"),
    "GIF": ((b"GIF87a", b"GIF89a"), "PIL.GifImagePlugin", "GifImageFile"),
    "TIFF": ((b"II*\x00", b"MM\x00*"), "PIL.TiffImagePlugin", "TiffImageFile"),
}
_END_OF_JPEG, _TRAILER = b"\xff\xd9", 1024
_WITH_CLASSES = ("P", "L", "1")  # modes of pillow whose pixels are single numbers


def check_formats(formats) -> tuple[str, ...]:
    """Return names of formats that can be decoded, in capitals.

    Raises:
        ValueError: there is another one.
    """
    names = (formats,) if isinstance(formats, str) else tuple(formats)
    names = tuple(str(name).upper() for name in names)
    unknown = [name for name in names if name not in _FORMATS]
    if unknown or not names:
        raise ArgumentError(f"formats must be of {', '.join(_FORMATS)}, got {formats!r}")
    return names


class Picture:
    """An image that is decoded when its pixels are asked for.

    Args:
        data: bytes of the file.
        formats: formats that are decoded.
        most_pixels: images with more are refused before they are decoded.

    Raises:
        Unreadable: it is of another format, too large, or malformed.
    """

    def __init__(
        self, data: bytes, formats: tuple[str, ...] = DEFAULT_FORMATS, most_pixels=MOST_PIXELS
    ) -> None:
        self._data, self._format = data, _format_of(data, formats)
        self._pixels: np.ndarray | None = None
        _, module, name = _FORMATS[self._format]
        try:
            self._image = getattr(import_module(module), name)(BytesIO(data))
        except MemoryError:
            raise
        except Exception as error:  # pillow raises nearly anything for malformed headers
            raise self._malformed(error) from None
        self.width, self.height = self._image.size
        if self.width * self.height > most_pixels or min(self.width, self.height) < 1:
            raise Unreadable(
                f"at most {most_pixels} pixels (max_pixels of the deserializer)",
                f"an image of {self.width} x {self.height} pixels",
            )

    def pixels(self, box: Box | None = None) -> np.ndarray:
        """Return a part of the image, ``(rows, columns, channels)`` in blue, green, red.

        Args:
            box: the part; it may be flipped. Default: all.

        Raises:
            Unreadable: the image cannot be decoded.
        """
        library = opencv()
        if library is not None and self._is_for_opencv():
            return part_of(self._decoded_by(library), box)
        image = self._cut(box)
        if image.mode.startswith("I;16"):
            values = (np.asarray(image) >> 8).astype(np.uint8)
            return _flipped(np.repeat(values[..., None], 3, axis=2), box)
        if image.mode != "RGB":
            image = image.convert("RGB")
        values = np.frombuffer(image.tobytes("raw", "BGR"), np.uint8)
        return _flipped(values.reshape(image.height, image.width, 3), box)

    def classes(self, box: Box | None = None) -> np.ndarray:
        """Return palette numbers or grey levels, ``(rows, columns, 1)``, of a label image.

        Raises:
            Unreadable: the image has colours, or cannot be decoded.
        """
        if self._image.mode not in _WITH_CLASSES:
            raise Unreadable("a grey image or one with a palette", f"mode {self._image.mode}")
        return _flipped(np.array(self._cut(box), np.uint8)[..., None], box)

    def _cut(self, box: Box | None):
        try:
            self._image.load()
            if box is None:
                return self._image
            right, bottom = box.left + box.width, box.top + box.height
            return self._image.crop((box.left, box.top, right, bottom))
        except MemoryError:
            raise
        except Exception as error:  # pillow raises nearly anything for malformed data
            raise self._malformed(error) from None

    def _is_for_opencv(self) -> bool:
        if self._format == "JPEG":  # releases of OpenCV make up what is cut off; pillow refuses
            return _END_OF_JPEG in self._data[-_TRAILER:]
        return self._format in DEFAULT_FORMATS

    def _decoded_by(self, library) -> np.ndarray:
        if self._pixels is None:
            flags = library.IMREAD_COLOR | library.IMREAD_IGNORE_ORIENTATION
            try:
                pixels = library.imdecode(np.frombuffer(self._data, np.uint8), flags)
            except library.error as error:
                raise self._malformed(error) from None
            if pixels is None or pixels.shape[:2] != (self.height, self.width):
                raise self._malformed(ValueError("OpenCV cannot decode it"))
            self._pixels = pixels
        return self._pixels

    def _malformed(self, error: Exception) -> Unreadable:
        cause = str(error).strip().partition("\n")[0] or type(error).__name__
        return Unreadable(f"a well-formed {self._format} image", cause)


def _format_of(data: bytes, formats: tuple[str, ...]) -> str:
    for name, (beginnings, _, _) in _FORMATS.items():
        if data.startswith(beginnings):
            if name in formats:
                return name
            raise Unreadable(
                f"an image of the formats {', '.join(formats)} (formats of the deserializer)", name
            )
    raise Unreadable(f"an image of the formats {', '.join(formats)}", f"{bytes(data[:8])!r}")


def part_of(pixels: np.ndarray, box: Box | None) -> np.ndarray:
    """Return a part of an image, maybe flipped: a view. Without a box: all of it."""
    if box is None:
        return pixels
    part = pixels[box.top : box.top + box.height, box.left : box.left + box.width]
    return _flipped(part, box)


def _flipped(pixels: np.ndarray, box: Box | None) -> np.ndarray:
    return pixels[:, ::-1] if box is not None and box.is_flipped else pixels
