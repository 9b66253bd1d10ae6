"""One line, read character by character: the meaning of the format, and the precise errors.

The bulk reader hands over each line that is not entirely regular. Rules, found by running CNTK 2.7:

- a line is ``[sequence id] |alias values |alias values ...``; blanks are spaces and tabs;
- an alias ends at a blank, a pipe or the line's end; ``|# ...`` is a comment up to the next pipe,
  and inputs that nobody asked for are skipped the same way;
- dense samples may have too few values (zeros follow), never too many;
- sparse samples are ``index:value`` without blanks around the colon, in any order; none at all
  makes a row of zeros;
- carriage returns count as blanks before a pipe or the line's end;
- a line must have at least one of the wanted inputs, and each at most once.

Where CNTK 2.7 lets pass what can only be a mistake, this reader is stricter: a value beyond float32
(read as infinity there), two values glued by a sign (``1-2``), and control characters other than
tab and carriage return are errors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cntk.io.deserializers.ctf.decimals import NUMBER
from cntk.io.deserializers.ctf.layout import FLOAT32_OVERFLOW, Input

_NAME = re.compile(rb"[^ \t\r\n|]*")
_TOKEN = re.compile(rb"[^ \t\r\n|]+")
_BLANKS = re.compile(rb"[ \t]*")
_GAP = re.compile(rb"[ \t\r]*")
_DIGITS = re.compile(rb"[0-9]*")
# whole samples without anything unusual; each group, once matched, is never tried another way
_AFTER = rb"[ \t]*+(?=[|\r]|\Z)"
_PLAIN_DENSE = re.compile(rb"(?:[ \t]+" + NUMBER.pattern + rb")*+" + _AFTER)
_PLAIN_SPARSE = re.compile(rb"(?:[ \t]+[0-9]{1,18}:" + NUMBER.pattern + rb")*+" + _AFTER)


class LineError(Exception):
    """A line is malformed.

    Attributes:
        column: bytes before the fault.
        alias: the input, or ''.
        expected: what a well-formed line has there.
        found: what is there.
    """

    def __init__(self, column: int, alias: bytes, expected: str, found: str) -> None:
        super().__init__(column, alias, expected, found)
        self.column, self.alias = column, alias.decode("utf-8", "backslashreplace")
        self.expected, self.found = expected, found


@dataclass
class Sample:
    """The sample of one input on one line.

    Attributes:
        values: its values.
        indices: for sparse inputs, the place of each value.
        column: bytes of the line before it ends.
    """

    values: list[float]
    indices: list[int]
    column: int


def read_line(line: bytes, inputs: dict[bytes, Input]) -> dict[bytes, Sample]:
    """Return the samples of one line by alias.

    Args:
        line: the line without its newline.
        inputs: the wanted inputs by alias.

    Raises:
        LineError: the line is malformed.

    >>> read_line(b"3 |a 1 2 |# note |x 9", {b"a": Input("a", b"a", 2, False)})[b"a"].values
    [1.0, 2.0]
    """
    samples: dict[bytes, Sample] = {}
    at = _past(_GAP, line, _past(_DIGITS, line, 0))
    while at < len(line):
        if line[at] != ord("|"):
            raise LineError(at, b"", "'|' before an input name", _shown(line, at))
        start = _past(_NAME, line, at + 1)
        alias = line[at + 1 : start]
        if not alias:
            raise LineError(at + 1, b"", "an input name right after '|'", _shown(line, at + 1))
        if alias not in inputs:
            at = line.find(b"|", start)
            at = len(line) if at < 0 else at
            continue
        if alias in samples:
            raise LineError(at, alias, "each input once in a line", "it a second time")
        sample = samples[alias] = _read_sample(line, start, inputs[alias])
        at = _past(_GAP, line, sample.column)
    if not samples:
        wanted = ", ".join("|" + alias.decode("utf-8", "replace") for alias in inputs)
        found = "none of them" if line.strip() else "an empty line"
        raise LineError(0, b"", f"at least one of {wanted}", found)
    return samples


def _read_plain(line: bytes, at: int, wanted: Input) -> Sample | None:
    """Return a sample that is written plainly; None where a closer look is needed."""
    match = (_PLAIN_SPARSE if wanted.is_sparse else _PLAIN_DENSE).match(line, at)
    if match is None:
        return None
    if wanted.is_sparse:
        parts = match.group().replace(b":", b" ").split()
        indices, values = [int(part) for part in parts[0::2]], [float(part) for part in parts[1::2]]
        fits = max(indices, default=0) < wanted.dim
    else:
        # one part more than fits: not to take apart an endless line
        parts = match.group().split(maxsplit=wanted.dim)
        fits = len(parts) <= wanted.dim
        indices, values = [], [float(part) for part in parts] if fits else []
    if not fits or any(abs(value) >= FLOAT32_OVERFLOW for value in values):
        return None
    return Sample(values, indices, match.end())


def _read_sample(line: bytes, at: int, wanted: Input) -> Sample:
    plain = _read_plain(line, at, wanted)
    if plain is not None:
        return plain
    sample = Sample([], [], at)
    while True:
        at = _past(_BLANKS, line, at)
        token = _TOKEN.match(line, at)
        if token is None:
            sample.column = at
            return sample
        text = token.group()
        if wanted.is_sparse:
            index, text = _read_index(text, at, wanted)
            sample.indices.append(index)
            at = token.end() - len(text)
        elif len(sample.values) == wanted.dim:
            raise LineError(at, wanted.alias, f"{wanted.dim} values", f"one more, {_quoted(text)}")
        sample.values.append(_read_value(text, at, wanted))
        at = token.end()


def _read_index(text: bytes, at: int, wanted: Input) -> tuple[int, bytes]:
    """Return the index before the colon and the text after it."""
    digits, colon, rest = text.partition(b":")
    if not colon or not digits.isdigit():
        raise LineError(at, wanted.alias, "index:value", _quoted(text))
    # more than 20 digits are out of range without converting them
    if len(digits) > 20 or int(digits) >= wanted.dim:
        raise LineError(at, wanted.alias, f"an index below {wanted.dim}", _quoted(digits))
    return int(digits), rest


def _read_value(text: bytes, at: int, wanted: Input) -> float:
    if not NUMBER.fullmatch(text):
        raise LineError(at, wanted.alias, "a number", _quoted(text) if text else "nothing")
    value = float(text)
    if abs(value) >= FLOAT32_OVERFLOW:
        raise LineError(at, wanted.alias, "a number within float32's range", _quoted(text))
    return value


def _past(what: re.Pattern[bytes], line: bytes, at: int) -> int:
    """Return the place after as much as fits a pattern, which may be nothing."""
    match = what.match(line, at)
    return match.end() if match else at


def _shown(line: bytes, at: int) -> str:
    return _quoted(line[at : at + 1]) if at < len(line) else "the end of the line"


def _quoted(text: bytes) -> str:
    short = text[:24].decode("ascii", "backslashreplace")
    return ascii(short) + ("..." if len(text) > 24 else "") if len(text) else "nothing"
