"""What deserializers of images have in common: streams, labels, keys, chunks of lines."""

from __future__ import annotations

import os
from abc import abstractmethod
from functools import cached_property

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deferred import DeferredRows, Moment
from cntk.io.deserializer import Deserializer
from cntk.io.deserializers.image.definitions import (
    image_stream,
    label_of,
    num_classes,
    one_hot,
)
from cntk.io.deserializers.image.map_file import MapFile
from cntk.io.deserializers.image.picture import Picture, check_formats
from cntk.io.deserializers.image.streams import ImageRecipe, ImageStream, problem_of
from cntk.io.deserializers.image.unreadable import Unreadable
from cntk.io.keys import key_of
from cntk.io.problems import data_error
from cntk.io.transforms.crop import VIEWS
from cntk.minibatch import StreamInformation

_PROBED = 100  # lines that are looked at for the size of images
_PLACE = np.dtype([("offset", np.int64), ("size", np.int64)])  # of a line in the file


class ListedImages(Deserializer):
    """A file with a line for each sample: images, labels, maybe a key.

    Args:
        filename: the file.
        streams: :class:`StreamDefs`.
        columns: names of the columns; None: image and label.
        grayscale: whether images have one channel.
        is_multi_crop: whether each image gives ten views.
        formats: formats that are decoded.
        max_pixels: pixels that are decoded.
    """

    def __init__(
        self, filename, streams, columns, grayscale, is_multi_crop, formats, max_pixels
    ) -> None:
        self.filename = os.fspath(filename)
        self._kind = type(self).__name__
        self._formats, self._max_pixels = check_formats(formats), int(max_pixels)
        self._views = VIEWS if is_multi_crop else 1
        self.is_composable = not is_multi_crop  # ten samples of an image have one key
        self._images: list[ImageStream] = []
        self._labels: list[tuple[str, str, int]] = []  # name, column, classes
        allowed = ("image", "label") if columns is None else columns
        for name, definition in streams.items():
            field = definition.get("stream_alias")
            if field not in allowed:
                what = " and ".join(map(repr, allowed))
                raise ArgumentError(
                    f"{self._kind}: invalid field name {field!r}, allowed are {what}"
                )
            if field == "image" or "transforms" in definition:
                is_label = field != "image" and "dim" in definition
                self._images.append(
                    image_stream(self._kind, name, field, definition, bool(grayscale), is_label)
                )
            else:
                self._labels.append((name, field, num_classes(self._kind, name, definition)))
        if not self._images:
            raise ArgumentError(
                f"{self._kind}: stream name ('image' or 'label') must be specified: there is no "
                "stream of images; try: StreamDef(field='image', transforms=[...])"
            )
        self._order = list(streams)

    @abstractmethod
    def _look_through(self) -> MapFile:
        """Return the chunks of the file."""

    @abstractmethod
    def _fields(self, line: bytes) -> dict[str, object]:
        """Return the columns of a line by name.

        Raises:
            Unreadable: the line is malformed.
        """

    @abstractmethod
    def _open(self, image: object) -> Picture:
        """Return the picture in a column.

        Raises:
            Unreadable: it is missing or malformed.
        """

    @cached_property
    def _file(self) -> MapFile:
        return self._look_through()

    @cached_property
    def _recipe(self) -> ImageRecipe:
        labels = [name for name, _, _ in self._labels]
        shapes = {stream.name: self._shape(stream) for stream in self._images}
        return ImageRecipe(
            self._images, shapes, self._fields_at, self._open, labels, self._views, self._report
        )

    def _fields_at(self, place) -> dict[str, object]:
        return self._fields(self._file.read(*place.item()))

    def _report(self, line: int, problem) -> None:
        self.problems.sample_error(line, problem)

    def _shape(self, stream: ImageStream) -> tuple[int, ...]:
        """Return the static shape of a stream, if need be that of the first image."""
        rows, columns, channels = stream.size
        if rows is None or columns is None:
            rows, columns = self._first_image(stream).shape[:2]
        return stream.classes or channels or 3, rows, columns

    def _first_image(self, stream: ImageStream) -> np.ndarray:
        cause = "there is no line with an image"
        for number, _, line in self._file.lines(self._file.chunks[0]):
            try:
                picture = self._open(self._fields(line)[stream.column])
                return stream.image(picture, Moment(0, 0, number), 0)
            except Unreadable as error:
                cause = str(problem_of(number, stream.column, error))
            if number > _PROBED:
                break
        raise data_error(
            f"{self.filename}: the size of stream '{stream.name}' is not known.",
            cause,
            hint="transforms.scale gives all images one size",
        )

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams."""
        shapes = self._recipe.shapes
        classes = {name: count for name, _, count in self._labels}
        return [
            StreamInformation(name, number, "sparse", np.float32, (classes[name],))
            if name in classes
            else StreamInformation(name, number, "dense", np.float32, shapes[name])
            for number, name in enumerate(self._order)
        ]

    def num_chunks(self) -> int:
        """Return the number of chunks; finds them at first use."""
        return len(self._file.chunks)

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return the samples of some lines; images are decoded when a minibatch is made of them.

        Raises:
            RuntimeError: the file has more malformed lines than allowed, or was changed.
        """
        places, lines, keys, are_valid = [], [], [], []
        labels: dict[str, list[int]] = {name: [] for name, _, _ in self._labels}
        for number, offset, line in self._file.lines(self._file.chunks[chunk_id]):
            key, own, is_valid = number, [0] * len(self._labels), True
            try:
                fields = self._fields(line)
                key = key_of(fields.get("key"), number)
                own = [label_of(fields[column], count) for _, column, count in self._labels]
            except Unreadable as error:
                self.problems.error(chunk_id, problem_of(number, "", error))
                is_valid = False
            places.append((offset, len(line)))
            lines.append(number)
            keys.append(key)
            are_valid.append(is_valid)
            for values, label in zip(labels.values(), own):
                values.append(label)
        self.problems.chunk_is_read(chunk_id)
        items = np.array(places, _PLACE)
        numbers = np.array(lines, np.int64)
        streams: dict[str, SequenceRows] = {}
        ones = np.ones(len(lines), np.int64)
        for stream in self._images:
            rows = DeferredRows(self._recipe, stream.name, items, numbers)
            streams[stream.name] = SequenceRows(rows, ones)
        for name, _, classes in self._labels:
            streams[name] = SequenceRows(one_hot(labels[name], classes), ones)
        chunk = Chunk(streams, np.array(keys, np.uint64), ones, np.array(are_valid, bool))
        return chunk if self._views == 1 else self._all_views(chunk)

    def _all_views(self, chunk: Chunk) -> Chunk:
        """Return a chunk with each sample as often as there are views."""
        chunk = chunk.take(np.repeat(np.arange(chunk.num_sequences), self._views))
        views = np.arange(chunk.num_sequences) % self._views
        for stream in self._images:
            rows = chunk.streams[stream.name].rows
            rows.samples = rows.samples * self._views + views
        return chunk

    def sequence_keys(self, chunk_id: int) -> np.ndarray | None:
        """Return the keys of the lines, or their numbers where there are none."""
        return self.get_chunk(chunk_id).keys

    def describe(self) -> str:
        """Return the file's name."""
        return self.filename
