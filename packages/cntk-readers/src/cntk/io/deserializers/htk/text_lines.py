"""Lines of HTK's text files: scripts, lists of states, label files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cntk.io.data_file import open_data
from cntk.io.problems import data_error

LONGEST_LINE = 1 << 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def text_lines(path: str | Path) -> Iterator[tuple[int, str]]:
    """Yield number (from 1) and text of each line that is not blank, without the blanks around it.

    Raises:
        RuntimeError: the file cannot be opened, or a line is too long or no text.
    """
    with open_data(path) as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if number == 1:
                line = line.removeprefix(_BYTE_ORDER_MARK)
            if len(line) > LONGEST_LINE or b"\0" in line:
                what = "no text" if b"\0" in line else f"longer than {LONGEST_LINE} bytes"
                raise data_error(
                    f"Input file '{path}' is no file of lines.",
                    f"line {number}: it is {what}",
                    f"found     {ascii(line[:40].decode('ascii', 'backslashreplace'))}",
                )
            if text := line.decode("utf-8", "backslashreplace").strip():
                yield number, text


def utterance_key(name: str) -> str:
    """Return the key of an utterance by the name of its file: without its extension.

    >>> utterance_key("a/b.c.lab")
    'a/b.c'
    """
    return name.rpartition(".")[0] or name
