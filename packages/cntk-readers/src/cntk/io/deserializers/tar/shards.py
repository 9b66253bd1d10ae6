"""Tar files and the samples in them, found in one pass over the headers."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.data_file import Stamp, open_data, stamp_of
from cntk.io.deserializers.tar.headers import DamagedTarError, Member, members
from cntk.io.problems import Problem, Problems, data_error

_RANGE = re.compile(r"\{([0-9]{1,18})\.\.([0-9]{1,18})\}")
_MOST_SHARDS = 1 << 17
_INDEX = -1  # what is malformed in the headers belongs to no chunk
_COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7z": "xz", b"(\xb5/\xfd": "Zstandard"}


@dataclass
class Shard:
    """The samples of a tar file.

    Attributes:
        path: the file.
        stamp: its size and time of change.
        keys: names of the samples: folders, and the file's name up to its first dot.
        offsets: for each sample and field the first byte of its content.
        sizes: and the bytes of it.
    """

    path: str
    stamp: Stamp
    keys: list[str] = field(default_factory=list)
    offsets: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    sizes: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int64))

    def read(self, sample: int, number: int) -> bytes:
        """Return the content of a field of a sample.

        Raises:
            RuntimeError: the file was changed or cannot be read.
        """
        size = int(self.sizes[sample, number])
        with open_data(self.path) as file:
            file.seek(int(self.offsets[sample, number]))
            data = file.read(size)
            if len(data) != size or stamp_of(file) != self.stamp:
                raise data_error(
                    f"Input file '{self.path}' was changed while it is being read.",
                    hint="make a new MinibatchSource, and write files under another name first",
                )
        return data


def expanded(shards: str | os.PathLike | Sequence) -> list[str]:
    """Return the names of shards; a name may have a range of numbers.

    Raises:
        ValueError: there are none, or too many.

    >>> expanded("train-{08..10}.tar")
    ['train-08.tar', 'train-09.tar', 'train-10.tar']
    """
    given = [shards] if isinstance(shards, (str, os.PathLike)) else list(shards)
    found: list[str] = []
    for each in given:
        name = os.fspath(each)
        texts = _RANGE.split(name)
        spans = []
        for low, high in zip(texts[1::3], texts[2::3]):
            width = len(low) if low.startswith("0") else 0
            if int(high) - int(low) > _MOST_SHARDS:
                raise ArgumentError(f"TarDeserializer: too many shards in {name!r}")
            spans.append([f"{i:0{width}}" for i in range(int(low), int(high) + 1)])
        if np.prod([len(span) for span in spans], dtype=float) + len(found) > _MOST_SHARDS:
            raise ArgumentError(f"TarDeserializer: too many shards in {name!r}")
        for numbers in product(*spans):
            ends = zip([*numbers, ""], texts[::3])
            found.append("".join(text + number for number, text in ends))
    if not found:
        raise ArgumentError(f"TarDeserializer: no shards in {shards!r}")
    return found


def look_at(path: str, fields: list[tuple[str, ...]], most: list[int], problems: Problems) -> Shard:
    """Return the samples of a tar file that have all fields.

    Args:
        path: the file.
        fields: for each field the extensions that it may have.
        most: and the largest content.
        problems: counts samples that cannot be used.

    Raises:
        RuntimeError: there are more of them than allowed, or the file cannot be opened.
    """
    with open_data(path) as file:
        shard = Shard(path, stamp_of(file))
        grouping = _Grouping(shard, fields, most, problems)
        try:
            for member in members(file, shard.stamp[0]):
                grouping.add(member)
        except DamagedTarError as error:
            file.seek(0)
            begin = file.read(4)
            kind = next((k for head, k in _COMPRESSED.items() if begin.startswith(head)), None)
            if kind and error.byte == 0:
                raise data_error(
                    f"Input file '{path}' is compressed by {kind}.",
                    "expected  a tar file whose members can be found by their places",
                    hint="decompress it; images and the like are compressed by themselves",
                ) from None
            grouping.forget()  # the last sample may lack what is behind the damage
            problem = Problem(f"{path}, byte {error.byte}", "", error.expected, error.found)
            problems.error(_INDEX, problem)
        grouping.finish()
    return shard


class _Grouping:
    """Collects members with one name, but for the extension, to samples."""

    def __init__(
        self, shard: Shard, fields: list[tuple[str, ...]], most: list[int], problems: Problems
    ) -> None:
        self._shard, self._most, self._problems = shard, most, problems
        self._fields = fields
        self._numbers = {ext: number for number, exts in enumerate(fields) for ext in exts}
        self._seen: set[str] = set()
        self._places: list[list[tuple[int, int]]] = []
        self._begin("")

    def _begin(self, key: str) -> None:
        self._key = key
        self._found: dict[int, Member] = {}
        self._cause: tuple[Member, str, str] | None = None
        self._first: Member | None = None

    def forget(self) -> None:
        """Leave out the sample that is being collected."""
        self._begin("")

    def add(self, member: Member) -> None:
        """Take the next member of the file."""
        name = member.name.removeprefix("./")
        folder, slash, base = name.rpartition("/")
        stem, dot, extension = base.partition(".")
        is_inside = not name.startswith("/") and ".." not in name.split("/")
        if not stem or not dot:  # no part of a sample, as in WebDataset
            if member.what or not is_inside:
                expected = "a file, with a path inside of the archive"
                self._refuse(member, expected, member.what or "another path")
            return
        key = folder + slash + stem
        if key != self._key:
            self._end()
            self._begin(key)
            self._first = member
        number = self._numbers.get(extension.lower())
        if member.what:
            self._cause = self._cause or (member, "a file", member.what)
        elif not is_inside:
            self._cause = self._cause or (member, "a path inside of the archive", ascii(name))
        elif number is None:
            return
        elif number in self._found:
            other = ascii(self._found[number].name)
            self._cause = self._cause or (member, "one such file in a sample", f"{other} before it")
        elif member.size > self._most[number]:
            expected = f"at most {self._most[number]} bytes"
            self._cause = self._cause or (member, expected, f"{member.size}")
        else:
            self._found[number] = member

    def _end(self) -> None:
        if self._first is None:
            return
        absent = [exts for i, exts in enumerate(self._fields) if i not in self._found]
        if self._key in self._seen:
            expected = "the files of a sample one after the other"
            self._cause = (self._first, expected, f"{ascii(self._key)} again")
        elif absent and self._cause is None:
            there = sorted(ascii(member.name) for member in self._found.values())
            self._cause = (self._first, f"a file .{absent[0][0]} in the sample", f"{there}")
        self._seen.add(self._key)
        if self._cause is not None:
            self._refuse(*self._cause)
        else:
            self._shard.keys.append(self._key)
            found = [self._found[i] for i in range(len(self._fields))]
            self._places.append([(member.offset, member.size) for member in found])

    def _refuse(self, member: Member, expected: str, found: str) -> None:
        place = f"{self._shard.path}, byte {member.header} ({ascii(member.name)})"
        self._problems.error(_INDEX, Problem(place, "", expected, found))

    def finish(self) -> None:
        """Put the places of all samples into the shard."""
        self._end()
        places = np.array(self._places, np.int64).reshape(len(self._places), len(self._fields), 2)
        self._shard.offsets, self._shard.sizes = places[..., 0], places[..., 1]
