"""The streams of images: their transforms, and how their rows are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.chunk import SequenceRows
from cntk.io.deferred import MalformedSample, Moment, Recipe
from cntk.io.deserializers.image.kept import KeptPicture, KeptPictures
from cntk.io.deserializers.image.picture import Picture
from cntk.io.deserializers.image.unreadable import Unreadable
from cntk.io.problems import Problem
from cntk.io.transforms.crop import Crop
from cntk.io.transforms.mixup import Mixup, mixed
from cntk.io.transforms.pixels import to_channels
from cntk.io.transforms.transform import Draw, Size, Transform, stream_numbers

NO_CLASS = 255
"""Pixel of a label image that belongs to no class."""


@dataclass(frozen=True)
class ImageStream:
    """One stream of images.

    Attributes:
        name: name of the stream.
        column: column of the file that it is in.
        transforms: what is done to images, one after the other.
        is_grey: whether colours become their luma first.
        classes: number of classes of a label image; 0: these are no labels.
    """

    name: str
    column: str
    transforms: tuple[Transform, ...]
    is_grey: bool
    classes: int

    @cached_property
    def _steps(self) -> list[tuple[Transform, int]]:
        given = list(self.transforms)
        numbers = stream_numbers(given)
        if self.classes:
            given = [each.for_labels() for each in given]
        return list(zip(given, numbers))

    @cached_property
    def size(self) -> Size:
        """Rows, columns, channels, as far as they are the same for all images."""
        size: Size = (None, None, 1 if self.is_grey or self.classes else 3)
        for each, _ in self._steps:
            size = each.size(size)
        return size

    def image(self, picture: Picture | KeptPicture, moment: Moment, view: int) -> np.ndarray:
        """Return the transformed image.

        Raises:
            Unreadable: it cannot be decoded.
        """
        steps = self._steps
        box = None
        first, number = steps[0] if steps else (None, 0)
        if isinstance(first, Crop):  # only the part is taken out of the decoder
            box = first.box(picture.width, picture.height, Draw(moment, number, view))
            steps = steps[1:]
        if self.classes and isinstance(picture, Picture):
            image = picture.classes(box)
        else:
            image = picture.pixels(box)
        if self.is_grey:
            image = to_channels(image, 1)
        for transform, number in steps:
            image = transform.apply(image, Draw(moment, number, view))
        return image

    def write(
        self, picture: Picture | KeptPicture, moment: Moment, view: int, row: np.ndarray
    ) -> None:
        """Write the transformed image into a row ``(channels, rows, columns)``.

        Raises:
            Unreadable: it cannot be decoded, or has another size.
        """
        image = self.image(picture, moment, view)
        if self.classes:
            self._write_classes(image, row)
        elif image.shape[:2] != row.shape[1:]:
            raise Unreadable(
                f"samples of one size, {row.shape[1]} x {row.shape[2]} "
                "(give transforms.scale, which unifies them)",
                f"{image.shape[0]} x {image.shape[1]}",
            )
        else:
            row[...] = image.transpose(2, 0, 1)

    def _write_classes(self, image: np.ndarray, row: np.ndarray) -> None:
        wrong = image[(image >= self.classes) & (image != NO_CLASS)]
        if len(wrong):
            raise Unreadable(
                f"classes below {self.classes}, or {NO_CLASS} for none", f"class {wrong[0]}"
            )
        if image.shape[:2] != row.shape[1:]:
            raise Unreadable(f"{row.shape[1:]} pixels", f"{image.shape[:2]}")
        np.equal(image[..., 0], np.arange(self.classes)[:, None, None], out=row, casting="unsafe")


class ImageRecipe(Recipe):
    """Makes the rows of all image streams of a deserializer.

    Args:
        streams: the image streams.
        shapes: their static shapes by name.
        fields: returns the columns of the line at a place, which is checked before.
        open_picture: returns the picture in a column.
        labels: names of streams of labels, which are mixed as their images are.
        views: samples that are made of each line.
        report: counts a problem of a line.
    """

    def __init__(
        self,
        streams: list[ImageStream],
        shapes: dict[str, tuple[int, ...]],
        fields: Callable[[Any], dict[str, object]],
        open_picture: Callable[[object], Picture],
        labels: list[str],
        views: int,
        report: Callable[[int, Problem], None],
    ) -> None:
        super().__init__(shapes)
        self._streams, self._fields, self._open = streams, fields, open_picture
        self._labels, self._views, self._report = labels, views, report
        self._mixup = _mixup_of(streams)
        self._with_classes = {stream.column for stream in streams if stream.classes}
        self._kept = KeptPictures()

    def write(self, item: Any, moment: Moment, rows: dict[str, np.ndarray]) -> None:
        """Decode and transform the images of one sample."""
        pictures: dict[str, Picture | KeptPicture] = {}
        line, view = divmod(moment.sample, self._views)
        for stream in self._streams:
            column = stream.column
            try:
                if column not in pictures:
                    pictures[column] = self._picture(item, line, column)
                stream.write(pictures[column], moment, view, rows[stream.name])
            except Unreadable as error:
                raise MalformedSample(self.problem(item, line, column, error)) from None

    def _picture(self, item: Any, line: int, column: str) -> Picture | KeptPicture:
        def opened() -> Picture:
            return self._open(self._fields(item)[column])

        if column in self._with_classes:
            return opened()
        return self._kept.get((line, column), opened)

    def problem(self, item: Any, line: int, column: str, error: Unreadable) -> Problem:
        """Return what is wrong with an image, with its place."""
        return problem_of(line, column, error)

    def report(self, sample: int, problem: Problem) -> None:
        """Count a line whose image cannot be used."""
        self._report(sample // self._views, problem)

    def finish(self, streams: dict[str, SequenceRows], moments: list[Moment]) -> None:
        """Mix the samples of the minibatch, if there is a mixup."""
        if self._mixup is None or not moments:
            return
        shares = self._mixup.shares(moments)
        for name in [*(stream.name for stream in self._streams), *self._labels]:
            rows, lengths = streams[name].rows, streams[name].lengths
            streams[name] = SequenceRows(mixed(rows, shares), lengths)


def _mixup_of(streams: list[ImageStream]) -> Mixup | None:
    found = [each for stream in streams for each in stream.transforms if isinstance(each, Mixup)]
    for stream in streams:
        if any(isinstance(each, Mixup) for each in stream.transforms[:-1]):
            raise ArgumentError(f"stream '{stream.name}': mixup must be the last transform")
    if len(set(found)) > 1:
        raise ArgumentError(f"streams of one deserializer are mixed in one way, got {found}")
    return found[0] if found else None


def problem_of(line: int, column: str, error: Unreadable) -> Problem:
    """Return the problem of a line of a file.

    Args:
        line: from 0.
        column: where in the line.
        error: what is wrong.
    """
    return Problem(f"line {line + 1}", column, error.expected, error.found)
