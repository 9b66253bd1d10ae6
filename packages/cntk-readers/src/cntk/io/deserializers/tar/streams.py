"""What is read of samples in tar files, by the extensions of their files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from cntk.errors import ArgumentError
from cntk.io.deserializers.arrays.header import LONGEST_HEADER
from cntk.io.deserializers.image.definitions import image_stream, label_of, num_classes
from cntk.io.deserializers.image.places import LARGEST_FILE
from cntk.io.deserializers.image.streams import ImageStream
from cntk.io.deserializers.image.unreadable import Unreadable, shown
from cntk.io.deserializers.tar.contents import LARGEST_TEXT, label_in
from cntk.io.deserializers.tar.recipe import ArrayStream
from cntk.io.streams import sample_shape

_READER = "TarDeserializer"
_IMAGES = ("jpg", "jpeg", "png", "bmp", "gif", "tif", "tiff")


class SampleStreams:
    """The streams of a deserializer.

    Attributes:
        images: those of images.
        arrays: those of numbers.
        labels: field and number of classes of the others, by name.
        files: largest size of each file of a sample that is read, by its extensions.
        numbers: which of these files a field is in.

    Args:
        streams: :class:`StreamDefs`.
        categories: texts of classes, by stream.
        is_grey: whether colours of images become their luma.

    Raises:
        ValueError: a definition is not complete.
    """

    def __init__(self, streams, categories: Mapping[str, Sequence[str]], is_grey: bool) -> None:
        self.images: list[ImageStream] = []
        self.arrays: list[ArrayStream] = []
        self.labels: dict[str, tuple[str, int]] = {}
        self.files: dict[tuple[str, ...], int] = {}
        self.numbers: dict[str, int] = {}
        self._classes = {
            name: {str(text): number for number, text in enumerate(texts)}
            for name, texts in categories.items()
        }
        if not streams:
            raise ArgumentError(f"{_READER}: no streams to read; give StreamDefs(name=...)")
        for name, definition in streams.items():
            self._add(name, definition, is_grey)
        unknown = sorted(set(categories) - set(self.labels))
        if unknown:
            raise ArgumentError(f"{_READER}: categories of no stream of classes: {unknown}")

    def _add(self, name: str, definition, is_grey: bool) -> None:
        field = definition.get("stream_alias")
        if not isinstance(field, str) or not all(extensions_of(field)):
            raise ArgumentError(
                f"{_READER}: stream '{name}' needs field=..., an extension of files, "
                f"got {field!r}; try: {name}=StreamDef(field='jpg', ...)"
            )
        kind, (extension, _, member) = _kind_of(field), field.partition(":")
        if definition.get("is_sparse") or extension == "cls":
            self.labels[name] = field, self._num_classes(name, definition)
            self._need(field, LARGEST_TEXT)
        elif kind == "image":
            stream = image_stream(_READER, name, field, definition, is_grey, "dim" in definition)
            self.images.append(stream)
            self._need(field, LARGEST_FILE)
        else:
            shape = sample_shape(_READER, name, definition)
            self.arrays.append(ArrayStream(name, field, kind, member, shape))
            is_array = kind == "npy"
            self._need(field, 8 * math.prod(shape) + LONGEST_HEADER if is_array else LARGEST_TEXT)

    def _num_classes(self, name: str, definition) -> int:
        known = len(self._classes.get(name, ()))
        if known and "dim" not in definition:
            return known
        classes = num_classes(_READER, name, definition)
        if known > classes:
            raise ArgumentError(
                f"{_READER}: stream '{name}' has {known} categories, more than shape={classes}"
            )
        return classes

    def _need(self, field: str, largest: int) -> None:
        """Note that a file is read; two fields may be in the same."""
        extensions = extensions_of(field)
        self.files[extensions] = max(largest, self.files.get(extensions, 0))
        self.numbers[field] = list(self.files).index(extensions)

    def label(self, name: str, data: bytes) -> int:
        """Return the class that a file says.

        Args:
            name: name of the stream.
            data: the file.

        Raises:
            Unreadable: it says none.
        """
        field, classes = self.labels[name]
        text = label_in(data, _kind_of(field), field.partition(":")[2])
        known = self._classes.get(name)
        if known is None:
            return label_of(text, classes)
        if text not in known:
            raise Unreadable(f"one of {len(known)} categories", shown(text))
        return known[text]


def extensions_of(field: str) -> tuple[str, ...]:
    """Return the extensions of a field.

    >>> extensions_of("jpg;PNG"), extensions_of("json:width")
    (('jpg', 'png'), ('json',))
    """
    return tuple(each.strip().lower() for each in field.partition(":")[0].split(";"))


def _kind_of(field: str) -> str:
    """Return how a file is read: image, npy, json or text."""
    last = {extension.rpartition(".")[2] for extension in extensions_of(field)}
    if last <= {*_IMAGES}:
        return "image"
    return last.pop() if last in ({"npy"}, {"json"}) else "text"
