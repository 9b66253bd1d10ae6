"""TarDeserializer: samples in tar files, whose files have one name but for the extension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deferred import DeferredRows, Moment
from cntk.io.deserializer import Deserializer
from cntk.io.deserializers.image.definitions import one_hot
from cntk.io.deserializers.image.picture import (
    DEFAULT_FORMATS,
    MOST_PIXELS,
    Picture,
    check_formats,
)
from cntk.io.deserializers.image.streams import ImageStream
from cntk.io.deserializers.image.unreadable import Unreadable
from cntk.io.deserializers.tar.recipe import SampleRecipe
from cntk.io.deserializers.tar.shards import Shard, expanded, look_at
from cntk.io.deserializers.tar.streams import SampleStreams
from cntk.io.keys import key_of
from cntk.io.problems import Problem, data_error
from cntk.minibatch import StreamInformation

_CHUNK_SAMPLES = 16384
_PROBED = 100  # samples that are looked at for the size of images
_ITEM = np.dtype([("shard", np.int32), ("sample", np.int64)])


class TarDeserializer(Deserializer):
    """Reads tar files as WebDataset writes them: the files of a sample share name and folder.

    The extension of a file, all behind the first dot of its name, is the ``field`` of a stream;
    ``"jpg;png"`` is either. What is read depends on it:

    * images (``jpg``, ``png``, ``bmp``, also ``seg.png``) with ``transforms``, as by
      :class:`ImageDeserializer`; with ``shape``, the number of classes, label images;
    * ``cls``, and any other with ``is_sparse=True``: a class, one-hot; a number, or one of the
      texts in ``categories``;
    * ``npy``, ``json`` (a number or lists of them; ``"json:width"`` is a member of an object), and
      text with numbers between blanks: dense samples of ``shape``.

    One pass over the headers finds the samples, which are then read where they are needed. Links,
    devices, paths out of the archive, and files that a sample has twice make it malformed.
    Compressed archives are refused: nothing in them can be found by its place.

    Args:
        shards: path of a tar file, or a list of them; ``train-{000..146}.tar`` stands for many.
        streams: :class:`StreamDefs`.
        categories: for a stream of classes the texts, in the order of their classes.
        grayscale: whether colours become their luma, one channel.
        formats: which of JPEG, PNG, BMP, GIF, TIFF are decoded.
        max_pixels: an image with more pixels is malformed; it is not decoded.

    Raises:
        ValueError: a stream's definition is not complete.
        RuntimeError: a file is missing or damaged, or has more malformed samples than allowed.

    >>> import io, tarfile, tempfile
    >>> from PIL import Image
    >>> from cntk.io import MinibatchSource, StreamDef, StreamDefs, transforms
    >>> png = io.BytesIO()
    >>> Image.new("RGB", (8, 6), (200, 100, 50)).save(png, "PNG")
    >>> path = tempfile.mkdtemp() + "/train.tar"
    >>> with tarfile.open(path, "w") as archive:
    ...     for name, content in (("a.png", png.getvalue()), ("a.cls", b"1")):
    ...         member = tarfile.TarInfo(name)
    ...         member.size = len(content)
    ...         archive.addfile(member, io.BytesIO(content))
    >>> streams = StreamDefs(
    ...     features=StreamDef(field="png", transforms=[transforms.scale(4, 4, 3)]),
    ...     labels=StreamDef(field="cls", shape=2),
    ... )
    >>> source = MinibatchSource(TarDeserializer(path, streams))
    >>> source.next_minibatch(1)[source.streams.features].asarray()[0, 0, :, 0, 0]
    array([ 50., 100., 200.], dtype=float32)
    """

    reads_ahead = True

    def __init__(
        self,
        shards,
        streams,
        categories: Mapping[str, Sequence[str]] | None = None,
        grayscale=False,
        formats=DEFAULT_FORMATS,
        max_pixels=MOST_PIXELS,
    ) -> None:
        self._paths = expanded(shards)
        self._formats, self._max_pixels = check_formats(formats), int(max_pixels)
        self._streams = SampleStreams(streams, categories or {}, bool(grayscale))
        self._order = list(streams)

    @cached_property
    def _shards(self) -> list[Shard]:
        fields, largest = list(self._streams.files), list(self._streams.files.values())
        shards = [look_at(path, fields, largest, self.problems) for path in self._paths]
        if not any(shard.keys for shard in shards):
            raise data_error(
                f"{self.describe()} has no samples.",
                f"expected  files with the extensions {', '.join(self._streams.numbers)}",
            )
        return shards

    @cached_property
    def _chunks(self) -> list[tuple[int, int, int, int]]:
        """Shard, first sample and the one after the last there, and samples before the chunk."""
        found, passed = [], 0
        for number, shard in enumerate(self._shards):
            count = len(shard.keys)
            for begin in range(0, count, _CHUNK_SAMPLES):
                end = min(count, begin + _CHUNK_SAMPLES)
                found.append((number, begin, end, passed))
                passed += end - begin
        return found

    @cached_property
    def _recipe(self) -> SampleRecipe:
        shapes = {stream.name: self._shape(stream) for stream in self._streams.images}
        shapes |= {stream.name: stream.shape for stream in self._streams.arrays}
        return SampleRecipe(
            self._streams.images,
            self._streams.arrays,
            shapes,
            self._files_of,
            self._content,
            self._open,
            list(self._streams.labels),
            self._place,
            self._report,
        )

    def _report(self, sample: int, problem: Problem) -> None:
        self.problems.sample_error(sample, problem)

    def _files_of(self, item) -> dict[str, object]:
        shard, sample = item.item()
        return {field: (shard, sample, number) for field, number in self._streams.numbers.items()}

    def _content(self, file: object) -> bytes:
        assert isinstance(file, tuple)
        shard, sample, number = file
        return self._shards[shard].read(sample, number)

    def _open(self, file: object) -> Picture:
        return Picture(self._content(file), self._formats, self._max_pixels)

    def _place(self, item, field: str) -> str:
        shard, sample = item.item()
        byte = self._shards[shard].offsets[sample, self._streams.numbers[field]]
        key = self._shards[shard].keys[sample]
        return f"{self._paths[shard]}, byte {byte} (sample {ascii(key)})"

    def _shape(self, stream: ImageStream) -> tuple[int, ...]:
        """Return the static shape of a stream, if need be that of the first image."""
        rows, columns, channels = stream.size
        if rows is None or columns is None:
            rows, columns = self._first_image(stream).shape[:2]
        return stream.classes or channels or 3, rows, columns

    def _first_image(self, stream: ImageStream) -> np.ndarray:
        cause = ""
        for item in self._items(0)[:_PROBED]:
            try:
                picture = self._open(self._files_of(item)[stream.column])
                return stream.image(picture, Moment(0, 0, 0), 0)
            except Unreadable as error:
                place = self._place(item, stream.column)
                cause = str(Problem(place, stream.column, error.expected, error.found))
        raise data_error(
            f"{self.describe()}: the size of stream '{stream.name}' is not known.",
            cause,
            hint="transforms.scale gives all images one size",
        )

    def _items(self, chunk_id: int) -> np.ndarray:
        shard, begin, end, _ = self._chunks[chunk_id]
        items = np.empty(end - begin, _ITEM)
        items["shard"], items["sample"] = shard, np.arange(begin, end)
        return items

    def stream_infos(self) -> list[StreamInformation]:
        """Return the streams."""
        labels = self._streams.labels
        shapes = self._recipe.shapes if len(labels) < len(self._order) else {}
        return [
            StreamInformation(name, i, "sparse", np.float32, (labels[name][1],))
            if name in labels
            else StreamInformation(name, i, "dense", np.float32, shapes[name])
            for i, name in enumerate(self._order)
        ]

    def num_chunks(self) -> int:
        """Return the number of chunks; finds the samples at first use."""
        return len(self._chunks)

    def get_chunk(self, chunk_id: int) -> Chunk:
        """Return some samples of a tar file; only their classes are read now.

        Raises:
            RuntimeError: there are more malformed samples than allowed, or a file was changed.
        """
        items, (_, _, _, passed) = self._items(chunk_id), self._chunks[chunk_id]
        is_valid = np.ones(len(items), bool)
        labels: dict[str, list[int]] = {name: [0] * len(items) for name in self._streams.labels}
        for i, item in enumerate(items if labels else ()):
            for name, (field, _) in self._streams.labels.items():
                try:
                    content = self._content(self._files_of(item)[field])
                    labels[name][i] = self._streams.label(name, content)
                except Unreadable as error:
                    problem = Problem(self._place(item, field), field, error.expected, error.found)
                    self.problems.error(chunk_id, problem)
                    is_valid[i] = False
                    break
        self.problems.chunk_is_read(chunk_id)
        ones, numbers = np.ones(len(items), np.int64), np.arange(passed, passed + len(items))
        streams: dict[str, SequenceRows] = {}
        for name in self._order:
            if name in labels:
                rows = one_hot(labels[name], self._streams.labels[name][1])
                streams[name] = SequenceRows(rows, ones)
            else:
                streams[name] = SequenceRows(DeferredRows(self._recipe, name, items, numbers), ones)
        return Chunk(streams, self.sequence_keys(chunk_id), ones, is_valid)

    def sequence_sizes(self, chunk_id: int) -> np.ndarray:
        """Return 1 for each sample."""
        _, begin, end, _ = self._chunks[chunk_id]
        return np.ones(end - begin, np.int64)

    def sequence_keys(self, chunk_id: int) -> np.ndarray:
        """Return the keys of samples: numbers as they are, of other names a hash."""
        shard, begin, end, _ = self._chunks[chunk_id]
        keys = self._shards[shard].keys[begin:end]
        return np.array([key_of(key, 0) for key in keys], np.uint64)

    def describe(self) -> str:
        """Return the name of the files."""
        more = f" and {len(self._paths) - 1} more" if len(self._paths) > 1 else ""
        return f"{self._paths[0]}{more}"
