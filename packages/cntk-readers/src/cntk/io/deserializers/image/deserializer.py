"""ImageDeserializer: images on disk, listed in a map file."""

from __future__ import annotations

import csv
import os

from cntk.errors import ArgumentError
from cntk.io.deserializers.image.listed import ListedImages
from cntk.io.deserializers.image.map_file import MapFile, look_through
from cntk.io.deserializers.image.picture import DEFAULT_FORMATS, MOST_PIXELS, Picture
from cntk.io.deserializers.image.places import ImageFiles
from cntk.io.deserializers.image.unreadable import Unreadable, shown

KEY = "key"
_LONGEST_LINE = 64 << 10
_CHUNK_LINES = 16384
_CHUNK_BYTES = 4 << 20


class ImageDeserializer(ListedImages):
    """Reads images that a map file lists.

    Its lines are ``path <tab> label`` or ``key <tab> path <tab> label``.

    Samples are ``(channels, rows, columns)`` of float32, grey levels 0 to 255, channels in the
    order blue, green, red; labels are sparse one-hot vectors. Empty lines and lines that begin with
    ``#`` are passed over; a field may be put in double quotes. Paths are looked up in the folder of
    the map file (which ``.../`` also means), and then in the current folder; an image in a zip
    file is ``archive.zip@/path/inside.jpg``. Images are decoded by OpenCV if it is installed, else
    by pillow; the transforms are in ``cntk.io.transforms``.

    Args:
        filename: the map file.
        streams: :class:`StreamDefs`: ``StreamDef(field="image", transforms=[...])`` for images, and
            ``StreamDef(field="label", shape=classes)`` for labels. Several streams may have the
            same field.
        columns: names of the columns of the map file, if they are others. Each is a field of
            streams: of images where there are transforms, else of labels. ``"key"`` holds the key
            by which sequences of several deserializers are joined; without it the number of the
            line is the key. A column of images other than ``"image"`` with a ``shape`` holds label
            images: pixels are classes (palette or grey), 255 is no class, and samples are one-hot
            ``(classes, rows, columns)``; their transforms are geometric.
        roots: folders that images may lie in; default: those of the map file and the current one.
        grayscale: whether colours become their luma, one channel.
        is_multi_crop: whether each image gives ten samples, the views of ``crop("multiview10")``.
        formats: which of JPEG, PNG, BMP, GIF, TIFF are decoded.
        max_pixels: an image with more pixels is malformed; it is not decoded.

    Raises:
        ValueError: a stream's definition is not complete.

    >>> import tempfile
    >>> from PIL import Image
    >>> from cntk.io import MinibatchSource, StreamDef, StreamDefs, transforms
    >>> folder = tempfile.TemporaryDirectory()
    >>> Image.new("RGB", (8, 6), (200, 100, 50)).save(folder.name + "/a.png")
    >>> with open(folder.name + "/map.txt", "w") as file:
    ...     _ = file.write("a.png\\t1\\n")
    >>> streams = StreamDefs(
    ...     features=StreamDef(field="image", transforms=[transforms.scale(4, 4, 3)]),
    ...     labels=StreamDef(field="label", shape=2),
    ... )
    >>> reader = ImageDeserializer(folder.name + "/map.txt", streams)
    >>> source = MinibatchSource(reader, max_sweeps=1)
    >>> minibatch = source.next_minibatch(1)
    >>> minibatch[source.streams.features].asarray()[0, 0, :, 0, 0]
    array([ 50., 100., 200.], dtype=float32)
    >>> folder.cleanup()
    """

    def __init__(
        self,
        filename,
        streams,
        columns=None,
        roots=None,
        grayscale=False,
        is_multi_crop=False,
        formats=DEFAULT_FORMATS,
        max_pixels=MOST_PIXELS,
    ) -> None:
        self._columns = None if columns is None else _checked(columns)
        super().__init__(
            filename, streams, self._columns, grayscale, is_multi_crop, formats, max_pixels
        )
        self._files = ImageFiles(self.filename, _folders(roots))

    def _look_through(self) -> MapFile:
        return look_through(self.filename, _LONGEST_LINE, _CHUNK_LINES, _CHUNK_BYTES)

    def _fields(self, line: bytes) -> dict[str, object]:
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise Unreadable("text in UTF-8", f"byte {line[error.start]:#04x}") from None
        fields = text.split("\t")
        if '"' in text:
            try:
                (fields,) = csv.reader([text], delimiter="\t", strict=True)
            except (csv.Error, ValueError) as error:
                raise Unreadable("fields with closed quotes", f"{shown(text)}: {error}") from None
        names = self._columns
        if names is None:
            names = ("image", "label") if len(fields) == 2 else (KEY, "image", "label")
        if len(fields) < len(names):
            what = "2 or 3" if self._columns is None else str(len(names))
            raise Unreadable(
                f"{what} tab-delimited columns" + (f" {names}" if self._columns else ""),
                f"{len(fields)} in {shown(text)}",
            )
        return dict(zip(names, fields))

    def _open(self, image: object) -> Picture:
        return Picture(self._files.read(str(image)), self._formats, self._max_pixels)


def _folders(roots):
    return [roots] if isinstance(roots, (str, os.PathLike)) else roots


def _checked(columns) -> tuple[str, ...]:
    names = (columns,) if isinstance(columns, str) else tuple(columns)
    if not names or not all(isinstance(name, str) for name in names):
        raise ArgumentError(f"ImageDeserializer: columns are names, got {columns!r}")
    if len(set(names)) < len(names):
        raise ArgumentError(f"ImageDeserializer: two columns have one name: {names}")
    return names
