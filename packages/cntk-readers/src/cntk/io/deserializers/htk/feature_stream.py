"""One stream of features: its definition, and what its archives are."""

from __future__ import annotations

import os

import numpy as np

from cntk.errors import ArgumentError
from cntk.io.deserializers.htk.archive import Archive, ArchiveError, Kind
from cntk.io.problems import Problem, data_error
from cntk.io.streams import sample_shape

WIDEST = 1 << 24
"""Values of a frame with its neighbours; more can only be a mistake."""


class FeatureStream:
    """What a stream's definition says, checked; and its archives.

    Args:
        name: name of the stream.
        definition: what :func:`cntk.io.StreamDef` returned.

    Raises:
        ValueError: the definition is not complete.
    """

    def __init__(self, name: str, definition) -> None:
        self.name = name
        scripts = definition.get("scp")
        scripts = [scripts] if isinstance(scripts, (str, os.PathLike)) else list(scripts or [])
        if not scripts:
            raise ArgumentError(
                "No scp files specified for HTKFeatureDeserializer; "
                f"try: {name}=StreamDef(shape=33, scp='train.scp')"
            )
        if len(scripts) > 1:
            raise ArgumentError(f"HTKFeatureDeserializer: stream '{name}' takes one scp file")
        self.script = os.fspath(scripts[0])
        shape = sample_shape("HTKFeatureDeserializer", name, definition)
        if len(shape) > 1:
            raise ArgumentError(
                f"HTKFeatureDeserializer: stream '{name}' has frames of one axis, not shape={shape}"
            )
        self.context = _context(name, definition.get("context"))
        neighbours = 1 + sum(self.context)
        self.dim = shape[0] * neighbours
        if self.dim > WIDEST:
            raise ArgumentError(
                f"HTKFeatureDeserializer: stream '{name}' has frames of {shape[0]} values "
                f"and {neighbours} of them in a sample; at most {WIDEST} values are read"
            )
        self._frame_dim = shape[0]
        self.broadcast = bool(definition.get("broadcast"))
        self.defines_mb_size = bool(definition.get("defines_mb_size"))
        self.longest = int(definition.get("max_sequence_length") or 65535)
        self.kind = Kind(0, 0, 0)

    def look_at(self, paths: list[str]) -> None:
        """Learn from the first archive that can be read what all of them have to be.

        Raises:
            RuntimeError: none can be read, or it does not fit the definition.
        """
        causes = []
        for path in dict.fromkeys(paths):
            try:
                with Archive(path) as archive:
                    kind = archive.kind
            except (ArchiveError, RuntimeError) as error:
                causes.append(archive_problem(error, f"archive {path}"))
                continue
            self._check(path, kind)
            return
        raise data_error(
            "htkfeatreader:unsupported feature kind", f"script    {self.script}", str(causes[0])
        )

    def _check(self, path: str, kind: Kind) -> None:
        """Compare the definition with what one archive holds."""
        self.kind = kind
        if self.context == (0, 0):
            times, rest = divmod(self._frame_dim, self.kind.dim)
            if rest or not times % 2:
                raise data_error(
                    "HTKDeserializer: model vector size is not an odd multiple of input features",
                    f"stream    '{self.name}' of {self.script}",
                    f"expected  {self._frame_dim} values (shape) in a frame with its neighbours",
                    f"found     {self.kind.dim} values in a frame of {path}",
                    hint=f"shape={self.kind.dim}, and context=(before, after) for neighbours",
                )
            self.context = (times // 2, times // 2)
        elif self._frame_dim != self.kind.dim:
            raise data_error(
                f"HTKDeserializer: stream '{self.name}': shape={self._frame_dim} with a context",
                f"script    {self.script}",
                f"found     {self.kind.dim} values in a frame of {path}",
                hint=f"shape={self.kind.dim}: the values of one frame",
            )

    def open(self, path: str) -> Archive:
        """Return an open archive of the stream's kind.

        Raises:
            ArchiveError: it is of another kind.
        """
        archive = Archive(path)
        if archive.kind != self.kind:
            archive.__exit__()
            raise ArchiveError(f"a feature file like the first one, {self.kind}", f"{archive.kind}")
        return archive

    def with_neighbours(self, frames: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return each frame between those before and after it.

        Args:
            frames: ``(frames, values)``, the utterances one after the other.
            lengths: frames of each utterance.
        """
        before, after = self.context
        if not before and not after:
            return frames
        ends = np.cumsum(lengths)
        firsts, lasts = np.repeat(ends - lengths, lengths), np.repeat(ends - 1, lengths)
        near = np.arange(len(frames))[:, None] + np.arange(-before, after + 1)
        near = np.clip(near, firsts[:, None], lasts[:, None])
        return frames[near].reshape(len(frames), -1)


def _context(name: str, context) -> tuple[int, int]:
    if context is None:
        return 0, 0
    before, after = context
    if not (isinstance(before, int) and isinstance(after, int) and before >= 0 and after >= 0):
        raise ArgumentError(
            f"HTKFeatureDeserializer: stream '{name}': context=(frames before, frames after), "
            f"not {context!r}"
        )
    return before, after


def archive_problem(error: Exception, place: str) -> Problem:
    """Return what is wrong with an archive."""
    if isinstance(error, ArchiveError):
        return Problem(place, "", error.expected, error.found)
    return Problem(place, "", "a feature file", str(error).splitlines()[0])
