"""Base64ImageDeserializer: images inside of a text file."""

from __future__ import annotations

import binascii

from cntk.io.deserializers.image.listed import ListedImages
from cntk.io.deserializers.image.map_file import MapFile, look_through
from cntk.io.deserializers.image.picture import DEFAULT_FORMATS, MOST_PIXELS, Picture
from cntk.io.deserializers.image.places import LARGEST_FILE
from cntk.io.deserializers.image.unreadable import Unreadable, shown

_LONGEST_LINE = LARGEST_FILE // 3 * 4 + 4096
_CHUNK_LINES = 16384
_CHUNK_BYTES = 32 << 20
_LONGEST_HEAD = 4096  # of a line, before the image


class Base64ImageDeserializer(ListedImages):
    """Reads images in a text file: lines ``label <tab> image`` or ``key <tab> label <tab> image``.

    The image is the content of its file in base64. All else is as in :class:`ImageDeserializer`.

    Args:
        filename: the text file.
        streams: :class:`StreamDefs` with the fields ``"image"`` and ``"label"``.
        grayscale: whether colours become their luma, one channel.
        is_multi_crop: whether each image gives ten samples, the views of ``crop("multiview10")``.
        formats: which of JPEG, PNG, BMP, GIF, TIFF are decoded.
        max_pixels: an image with more pixels is malformed; it is not decoded.

    Raises:
        ValueError: a stream's definition is not complete.

    >>> import base64, io, tempfile
    >>> from PIL import Image
    >>> from cntk.io import MinibatchSource, StreamDef, StreamDefs
    >>> png = io.BytesIO()
    >>> Image.new("L", (4, 2), 7).save(png, "PNG")
    >>> with tempfile.NamedTemporaryFile("w", delete=False) as file:
    ...     _ = file.write("0\\t" + base64.b64encode(png.getvalue()).decode() + "\\n")
    >>> streams = StreamDefs(features=StreamDef(field="image", transforms=[]))
    >>> source = MinibatchSource(Base64ImageDeserializer(file.name, streams))
    >>> source.streams.features.shape
    (3, 2, 4)
    """

    def __init__(
        self,
        filename,
        streams,
        grayscale=False,
        is_multi_crop=False,
        formats=DEFAULT_FORMATS,
        max_pixels=MOST_PIXELS,
    ) -> None:
        super().__init__(filename, streams, None, grayscale, is_multi_crop, formats, max_pixels)

    def _look_through(self) -> MapFile:
        return look_through(self.filename, _LONGEST_LINE, _CHUNK_LINES, _CHUNK_BYTES)

    def _fields(self, line: bytes) -> dict[str, object]:
        begin = line.rfind(b"\t") + 1
        head = line[: max(0, begin - 1)][:_LONGEST_HEAD].decode(errors="replace").split("\t")
        if not begin or len(head) > 2 or begin > _LONGEST_HEAD:
            raise Unreadable(
                "a label and an image, or a key before them, with tabs between",
                shown(line[:_LONGEST_HEAD].decode(errors="replace")),
            )
        fields: dict[str, object] = {"label": head[-1], "image": line[begin:].strip()}
        return fields if len(head) == 1 else {"key": head[0], **fields}

    def _open(self, image: object) -> Picture:
        assert isinstance(image, bytes)
        try:
            data = binascii.a2b_base64(image, strict_mode=True)
        except binascii.Error as error:
            raise Unreadable("an image in base64", str(error)) from None
        return Picture(data, self._formats, self._max_pixels)
