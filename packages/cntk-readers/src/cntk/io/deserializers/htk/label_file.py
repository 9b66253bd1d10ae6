"""Master label files (MLF) of HTK, read into arrays.

An utterance whose lines do not follow each other in time, or with a state that is not in the list,
counts as malformed and is left out as a whole.

Reference: Young et al., "The HTK Book", section 6.3.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import numpy as np

from cntk.io.deserializers.htk.text_lines import text_lines, utterance_key
from cntk.io.problems import Problem, Problems, data_error

_HEADER = "#!MLF!#"
_UNITS_OF_FRAME = 100_000
_FRAMES_AT_MOST = 65536  # an utterance that ends up to here has its times in frames already
_TIME = re.compile(r"[0-9]{1,15}(?:\.[0-9]{0,15})?(?:[eE]\+?[0-9]{1,2})?")
_LONGEST = 1 << 24  # frames: almost two days
_LABEL_FILE = -1  # malformed lines belong to no chunk


class Labels:
    """The states of all utterances.

    Args:
        keys: name of each utterance.
        counts: number of states of each.
        classes: the states, one utterance after the other.
        durations: frames of each state.
    """

    def __init__(self, keys: list[str], counts, classes, durations) -> None:
        self.keys = keys
        self._bounds = np.concatenate(([0], np.cumsum(counts)))
        self._classes, self._durations = classes, durations
        self.num_frames = np.add.reduceat(durations, self._bounds[:-1])

    def segments(self, utterances: slice) -> tuple[np.ndarray, np.ndarray]:
        """Return the states of some utterances, and the frames of each state."""
        part = slice(self._bounds[utterances.start], self._bounds[utterances.stop])
        return self._classes[part], self._durations[part]


class _Malformed(Exception):
    """An utterance cannot be used: line, expected, found."""


class _Segment(NamedTuple):
    begin: float
    end: float
    state: int
    line: int


def read_label_file(paths: list[str], states: dict[str, int], problems: Problems) -> Labels:
    """Return the labels of some files; of an utterance that occurs twice, the first ones.

    Args:
        paths: the files.
        states: number of each state.
        problems: counts malformed utterances.

    Raises:
        RuntimeError: a file cannot be read, has no header, or more is malformed than allowed.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    for path in paths:
        for key, lines in _utterances(path, problems):
            if key in found:
                twice = Problem(
                    f"{path}, line {lines[0][0]}", "", "each utterance once", f"'{key}'"
                )
                problems.left_out(twice)
                continue
            try:
                labels = _frames(lines, states)
            except _Malformed as error:
                line, expected, found_there = error.args
                place = f"{path}, line {line}, utterance '{key}'"
                problems.error(_LABEL_FILE, Problem(place, "", expected, found_there))
                continue
            if labels:
                found[key] = labels
    if not found:
        raise data_error(
            f"The label files {', '.join(paths)} have no utterance that can be used.",
            "expected  a name in quotes, lines 'begin end state', and '.' for each utterance",
        )
    pairs = np.array([pair for labels in found.values() for pair in labels], np.int64)
    counts = [len(labels) for labels in found.values()]
    return Labels(list(found), counts, pairs[:, 0], pairs[:, 1])


def _utterances(path: str, problems: Problems):
    """Yield key and lines of each utterance; its first line is that with the name."""
    key, lines, has_header = None, [], False
    for number, text in text_lines(path):
        if not has_header:
            if text != _HEADER:
                raise data_error(
                    "Expected MLF header was not found.",
                    f"file      {path}",
                    f"expected  {_HEADER} on line {number}",
                    f"found     {ascii(text[:40])}",
                )
            has_header = True
        elif key is None:
            if text == _HEADER:
                continue
            if len(text) > 2 and text[0] == text[-1] == '"':
                key, lines = utterance_key(text[1:-1].removeprefix("*/")), [(number, text)]
            else:
                place, expected = f"{path}, line {number}", "the name of an utterance in quotes"
                problems.error(_LABEL_FILE, Problem(place, "", expected, ascii(text[:40])))
        elif text == ".":
            yield key, lines
            key = None
        else:
            lines.append((number, text))
    if key is not None:
        place, expected = f"{path}, line {lines[-1][0]}", f"'.' at the end of utterance '{key}'"
        problems.error(_LABEL_FILE, Problem(place, "", expected, "the end of the file"))


def _frames(lines: list[tuple[int, str]], states: dict[str, int]) -> list[tuple[int, int]]:
    """Return state and number of frames, one after the other.

    Raises:
        _Malformed: a line is not as it should be.
    """
    segments = [_segment(line, text, states) for line, text in lines[1:]]
    if not segments:
        return []
    unit = 1 if segments[-1].end <= _FRAMES_AT_MOST else _UNITS_OF_FRAME
    labels, passed = [], 0
    for segment in segments:
        begin, end = (math.floor(time / unit + 0.5) for time in segment[:2])
        if begin != passed or end < begin:
            expected = f"a state from frame {passed} on, where the one before ends"
            raise _Malformed(segment.line, expected, f"frames {begin} to {end}")
        if end > _LONGEST:
            raise _Malformed(segment.line, f"at most {_LONGEST} frames", f"{end}")
        if end > begin:
            labels.append((segment.state, end - begin))
        passed = end
    return labels


def _segment(line: int, text: str, states: dict[str, int]) -> _Segment:
    parts = text.split()
    if len(parts) < 3:
        raise _Malformed(line, "begin, end and state", ascii(text[:40]))
    for part in parts[:2]:
        if not _TIME.fullmatch(part):
            raise _Malformed(line, "a time in units of 100 ns", ascii(part[:40]))
    if parts[2] not in states:
        raise _Malformed(line, "a state of the label mapping file", ascii(parts[2][:40]))
    return _Segment(float(parts[0]), float(parts[1]), states[parts[2]], line)
