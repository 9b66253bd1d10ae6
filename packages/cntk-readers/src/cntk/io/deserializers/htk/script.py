"""HTK scripts: lines ``utterance=archive[first frame,last frame]``."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from cntk.io.deserializers.htk.text_lines import text_lines, utterance_key
from cntk.io.problems import Problem, Problems

_LINE = re.compile(r"(?:([^=]*)=)?(.+)\[ *([0-9]{1,10}) *, *([0-9]{1,10}) *\]")
_OWN_FOLDER = ".../"


class Utterance(NamedTuple):
    """Some frames of an archive.

    Attributes:
        key: identity, by which streams are joined.
        path: the archive.
        first: its first frame that belongs to the utterance.
        last: its last one.
        line: line of the script.
    """

    key: str
    path: str
    first: int
    last: int
    line: int

    @property
    def num_frames(self) -> int:
        """Number of frames."""
        return self.last - self.first + 1


def read_script(
    script: str, roots: Sequence[str] | None, longest: int, problems: Problems
) -> list[Utterance]:
    """Return the utterances of a script.

    Lines with a key that occurs twice are all left out, with a warning, as in CNTK 2.7.

    Args:
        script: the file; archives are looked up in the current folder, ``.../`` is its own.
        roots: folders that archives may lie in; default: these two.
        longest: most frames of an utterance.
        problems: counts malformed lines.

    Raises:
        RuntimeError: the file cannot be read, or has more malformed lines than allowed.
    """
    folder = os.path.dirname(os.path.abspath(script))
    allowed = [os.path.realpath(root) for root in roots or (folder, os.getcwd())]
    is_allowed: dict[str, bool] = {}
    found: list[Utterance] = []
    for number, text in text_lines(script):
        utterance = _utterance(number, text, folder, longest, problems)
        if utterance is None:
            continue
        path = utterance.path
        if path not in is_allowed:
            is_allowed[path] = _is_inside(os.path.realpath(path), allowed)
        if is_allowed[path]:
            found.append(utterance)
        else:
            folders = " or ".join(dict.fromkeys(allowed))
            expected = f"an archive in {folders} (other folders: give roots=[...])"
            problems.error(_SCRIPT, Problem(f"line {number}", "", expected, ascii(path)))
    counts: dict[str, int] = {}
    for utterance in found:
        counts[utterance.key] = counts.get(utterance.key, 0) + 1
    for utterance in found:
        if counts[utterance.key] > 1:
            what = f"utterance '{utterance.key}' {counts[utterance.key]} times"
            problems.left_out(Problem(f"line {utterance.line}", "", "each utterance once", what))
    return [utterance for utterance in found if counts[utterance.key] == 1]


def _utterance(number, text, folder, longest, problems) -> Utterance | None:
    """Return what a line says; None where it is malformed and skipped."""
    match, place = _LINE.fullmatch(text), f"line {number}"
    if match is None:
        expected = "utterance=archive[first frame,last frame]"
        problems.error(_SCRIPT, Problem(place, "", expected, ascii(text[:60])))
        return None
    name, path, first, last = match[1] or match[2], match[2], int(match[3]), int(match[4])
    if not first <= last < 2**31 or last - first >= longest:
        expected = f"a first frame, and a last one up to {longest - 1} after it"
        problems.error(_SCRIPT, Problem(place, "", expected, f"[{first},{last}]"))
        return None
    if path.startswith(_OWN_FOLDER):
        path = os.path.join(folder, path.removeprefix(_OWN_FOLDER))
    return Utterance(utterance_key(name), path, first, last, number)


def _is_inside(path: str, allowed: list[str]) -> bool:
    return any(path.startswith(os.path.join(root, "")) for root in allowed)


_SCRIPT = -1  # malformed lines of a script belong to no chunk
