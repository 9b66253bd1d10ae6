"""How the rows of samples in tar files are made: images, and arrays beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cntk.io.deferred import MalformedSample, Moment
from cntk.io.deserializers.image.picture import Picture
from cntk.io.deserializers.image.streams import ImageRecipe, ImageStream
from cntk.io.deserializers.image.unreadable import Unreadable
from cntk.io.deserializers.tar.contents import numbers_in
from cntk.io.problems import Problem


@dataclass(frozen=True)
class ArrayStream:
    """A dense stream of numbers.

    Attributes:
        name: name of the stream.
        column: what reads the file of a sample.
        extension: how the file is read.
        member: of a JSON object, or "".
        shape: static shape of a sample.
    """

    name: str
    column: str
    extension: str
    member: str
    shape: tuple[int, ...]


class SampleRecipe(ImageRecipe):
    """Makes the rows of images and arrays.

    Args:
        images: the image streams.
        arrays: the streams of numbers.
        shapes: static shapes of all of them by name.
        fields: returns, for the place of a sample, what its files are read by.
        content: returns a file.
        open_picture: returns a picture.
        labels: names of streams of labels, which are mixed as their images are.
        place: returns the words for a file of a sample.
        report: counts a problem of a sample.
    """

    def __init__(
        self,
        images: list[ImageStream],
        arrays: list[ArrayStream],
        shapes: dict[str, tuple[int, ...]],
        fields: Callable[[Any], dict[str, object]],
        content: Callable[[object], bytes],
        open_picture: Callable[[object], Picture],
        labels: list[str],
        place: Callable[[Any, str], str],
        report: Callable[[int, Problem], None],
    ) -> None:
        super().__init__(images, shapes, fields, open_picture, labels, 1, report)
        self._arrays, self._fields_of, self._content = arrays, fields, content
        self._place = place

    def write(self, item: Any, moment: Moment, rows: dict[str, np.ndarray]) -> None:
        """Decode the images and arrays of one sample."""
        super().write(item, moment, rows)
        files = self._fields_of(item)
        for stream in self._arrays:
            try:
                data = self._content(files[stream.column])
                rows[stream.name][...] = numbers_in(
                    data, stream.extension, stream.member, stream.shape
                )
            except Unreadable as error:
                problem = self.problem(item, moment.sample, stream.column, error)
                raise MalformedSample(problem) from None

    def problem(self, item: Any, line: int, column: str, error: Unreadable) -> Problem:
        """Return what is wrong with a file of a sample, with its place."""
        return Problem(self._place(item, column), column, error.expected, error.found)
