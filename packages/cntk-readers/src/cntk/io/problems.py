"""Malformed inputs: counted per file, reported with their place, refused beyond the limit."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from cntk.errors import describe

log = logging.getLogger("cntk.io")

SHOWN = 20
"""How many causes are logged one by one, and kept for the final message."""


@dataclass(frozen=True)
class Problem:
    """One malformed input.

    Attributes:
        place: where, e.g. ``line 3, column 6 (byte 41)``.
        stream: alias of the input, or ''.
        expected: what a well-formed file has there.
        found: what is there.
    """

    place: str
    stream: str
    expected: str
    found: str

    def __str__(self) -> str:
        stream = f", input '{self.stream}'" if self.stream else ""
        return f"{self.place}{stream}: expected {self.expected}, found {self.found}"


class Problems:
    """Counts the malformed inputs of one data source and stops at the limit.

    Args:
        source: name for messages, e.g. the file.
        max_errors: how many malformed inputs are skipped; one more is an error.
        trace_level: 0: log nothing, 1: log warnings.

    >>> problems = Problems("f.ctf", max_errors=0)
    >>> problems.error(0, Problem("line 1", "a", "a number", "'x'"))
    Traceback (most recent call last):
        ...
    RuntimeError: Reached the maximum number of allowed errors while reading the input file (f.ctf).
      line 1, input 'a': expected a number, found 'x'
      try: correct the line, or skip up to n malformed inputs with MinibatchSource(max_errors=n)
    """

    def __init__(self, source: str, max_errors: int = 0, trace_level: int = 1) -> None:
        self.source, self.max_errors, self.trace_level = source, max_errors, trace_level
        self.num_errors = 0
        self.num_warnings = 0
        self._first: list[Problem] = []
        self._seen_chunks: set[int] = set()
        self._seen_samples: set[int] = set()

    def error(self, chunk_id: int, problem: Problem) -> None:
        """Count a malformed input that is skipped.

        Raises:
            RuntimeError: it is one more than allowed.
        """
        if chunk_id not in self._seen_chunks:
            self._count(problem)

    def _count(self, problem: Problem) -> None:
        self.num_errors += 1
        if len(self._first) < SHOWN:
            self._first.append(problem)
        if self.num_errors > self.max_errors:
            raise self._too_many()
        self._log(self.num_errors, "skipped", problem)

    def sample_error(self, sample: int, problem: Problem) -> None:
        """Count a sample that is skipped, once however often it is read.

        Raises:
            RuntimeError: it is one more than allowed.
        """
        if sample not in self._seen_samples:
            if self.num_errors < self.max_errors:
                self._seen_samples.add(sample)
            self._count(problem)

    def warning(self, chunk_id: int, problem: Problem) -> None:
        """Count an input that is used although something is missing."""
        if chunk_id not in self._seen_chunks:
            self.num_warnings += 1
            self._log(self.num_warnings, "used with zeros", problem)

    def left_out(self, problem: Problem) -> None:
        """Count what is not used although nothing is wrong with it by itself."""
        self.num_warnings += 1
        self._log(self.num_warnings, "left out", problem)

    def chunk_is_read(self, chunk_id: int) -> None:
        """Remember that the problems of a chunk are counted: it may be read again."""
        self._seen_chunks.add(chunk_id)

    def _log(self, count: int, verdict: str, problem: Problem) -> None:
        if self.trace_level >= 1 and count <= SHOWN:
            more = "; further ones are counted, not shown" if count == SHOWN else ""
            log.warning("%s, %s; %s%s", self.source, problem, verdict, more)

    def _too_many(self) -> RuntimeError:
        shown = [str(problem) for problem in self._first]
        if self.num_errors > len(shown):
            shown.append(f"... and {self.num_errors - len(shown)} more")
        return data_error(
            "Reached the maximum number of allowed errors while reading the input file "
            f"({self.source}).",
            *([f"max_errors={self.max_errors}"] if self.max_errors else []),
            *shown,
            hint="correct the line, or skip up to n malformed inputs with "
            "MinibatchSource(max_errors=n)",
        )


def data_error(what: str, *details: str, hint: str | None = None) -> RuntimeError:
    """Return the error for data that cannot be read: what, details, one way out."""
    return RuntimeError(describe(what, *details, hint=hint))
