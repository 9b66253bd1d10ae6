"""A chunk of CTF text into packed sequences: regular lines in bulk, the others one by one."""

from __future__ import annotations

import numpy as np

from cntk.io.chunk import Chunk, SequenceRows
from cntk.io.deserializers.ctf import native
from cntk.io.deserializers.ctf.bulk import read_block
from cntk.io.deserializers.ctf.decimals import PADDING
from cntk.io.deserializers.ctf.exact import LineError, Sample, read_line
from cntk.io.deserializers.ctf.index import ChunkPlace
from cntk.io.deserializers.ctf.layout import Input, Rows
from cntk.io.deserializers.ctf.lines import group_lines, line_starts, text_end
from cntk.io.problems import Problem, Problems
from cntk.sparse import SparseRows

# large enough to hide the calls, small enough to stay in the processor's cache
_BLOCK_BYTES = 256 << 10
# a block with an enormous line is read line by line: positions take many times its size
_LARGEST_BLOCK = 4 << 20
# zeros that short dense samples may add to a chunk: a small file must not fill the memory
_MOST_PADDING = 64 << 20


class ChunkParser:
    """Reads the text of one chunk.

    Args:
        text: the padded text.
        place: where the chunk lies in the file.
        chunk_id: number of the chunk.
        has_ids: whether lines carry sequence ids.
        inputs: what is wanted.
        problems: counts malformed lines.
    """

    def __init__(self, text, place: ChunkPlace, chunk_id, has_ids, inputs, problems) -> None:
        self.text, self.place, self.chunk_id, self.inputs = text, place, chunk_id, inputs
        self.problems: Problems = problems
        self.by_alias = {wanted.alias: wanted for wanted in inputs}
        self.end = text_end(text, place.size)
        self.begins = line_starts(text, PADDING, self.end)
        self.num_padded = 0
        groups = group_lines(text, self.begins, has_ids)
        self.sequence_of_line, self.prefix_ends, self.keys = groups
        if not has_ids:
            self.keys = self.keys + np.uint64(place.line)
        self.num_lines_of = np.bincount(self.sequence_of_line, minlength=len(self.keys))
        self.is_valid = np.ones(len(self.keys), bool)

    def parse(self) -> Chunk:
        """Return the chunk; sequences with a malformed line are marked as not valid."""
        rows, irregular = self._read_regular()
        if len(irregular):
            rows = self._merge(rows, self._read_lines(irregular))
        lengths = [self._lengths(part) for part in rows]
        self._check_sequences(lengths)
        streams = {}
        for wanted, part, length in zip(self.inputs, rows, lengths):
            if not self.is_valid.all():
                part = part.where(self.is_valid[self.sequence_of_line[part.lines]])
                length = self._lengths(part)
            streams[wanted.name] = SequenceRows(_matrix(part, wanted), length)
        self.problems.chunk_is_read(self.chunk_id)
        return Chunk(streams, self.keys, self.num_lines_of, self.is_valid)

    def _lengths(self, rows: Rows) -> np.ndarray:
        return np.bincount(self.sequence_of_line[rows.lines], minlength=len(self.keys))

    def _read_regular(self) -> tuple[list[Rows], np.ndarray]:
        """Return the samples of regular lines for each input, and the irregular lines."""
        if native.is_available():
            text, ends = self.text, self.prefix_ends
            return native.read_lines(text, self.begins, ends, self.end, self.inputs)
        return self._read_blocks()

    def _read_blocks(self) -> tuple[list[Rows], np.ndarray]:
        """Return the same by NumPy, block by block."""
        wanted_cuts = np.arange(PADDING + _BLOCK_BYTES, self.end, _BLOCK_BYTES)
        count = len(self.begins)
        inner = set(np.searchsorted(self.begins, wanted_cuts).tolist()) - {0, count}
        cuts = [0, *sorted(inner), count]
        parts: list[list[Rows]] = [[] for _ in self.inputs]
        irregular = []
        for first, last in zip(cuts, cuts[1:]):
            end = int(self.begins[last]) if last < count else self.end
            if end - int(self.begins[first]) > _LARGEST_BLOCK:
                irregular.append(np.arange(first, last))
                continue
            rows, flags = read_block(
                self.text, self.begins[first:last], self.prefix_ends[first:last], end, self.inputs
            )
            for part, own in zip(parts, rows):
                own.lines = own.lines + first
                part.append(own)
            irregular.append(np.flatnonzero(flags) + first)
        for part, wanted in zip(parts, self.inputs):
            part.append(_rows_of(wanted, []))
        return [_join(part) for part in parts], np.concatenate(irregular)

    def _read_lines(self, lines: np.ndarray) -> list[Rows]:
        """Return the samples of lines that are read one by one, for each input."""
        found: dict[bytes, list[tuple[int, Sample]]] = {alias: [] for alias in self.by_alias}
        for line in lines.tolist():
            start = int(self.begins[line])
            stop = int(self.begins[line + 1]) if line + 1 < len(self.begins) else self.end
            try:
                samples = read_line(self.text[start : stop - 1].tobytes(), self.by_alias)
                for alias, sample in samples.items():
                    self._report_short(line, self.by_alias[alias], sample)
            except LineError as error:
                place = self._place(line, error.column)
                self._skip(line, Problem(place, error.alias, error.expected, error.found))
                continue
            for alias, sample in samples.items():
                found[alias].append((line, sample))
        return [_rows_of(wanted, found[wanted.alias]) for wanted in self.inputs]

    def _report_short(self, line: int, wanted: Input, sample: Sample) -> None:
        """Report a dense sample that will be filled with zeros."""
        missing = 0 if wanted.is_sparse else wanted.dim - len(sample.values)
        if not missing:
            return
        expected, found = f"{wanted.dim} values", f"{len(sample.values)}"
        self.num_padded += missing
        if self.num_padded * 4 > _MOST_PADDING + 8 * self.place.size:
            found += " (too many values are missing in this part of the file to fill them)"
            raise LineError(sample.column, wanted.alias, expected, found)
        alias = wanted.alias.decode("utf-8", "replace")
        problem = Problem(self._place(line, sample.column), alias, expected, found)
        self.problems.warning(self.chunk_id, problem)

    def _skip(self, line: int, problem: Problem) -> None:
        self.problems.error(self.chunk_id, problem)
        self.is_valid[self.sequence_of_line[line]] = False

    def _place(self, line: int, column: int) -> str:
        byte = int(self.begins[line]) - PADDING + self.place.offset + column
        return f"line {self.place.line + line + 1}, column {column + 1} (byte {byte})"

    def _merge(self, regular: list[Rows], others: list[Rows]) -> list[Rows]:
        """Return all samples in the order of their lines."""
        merged = []
        for one, two in zip(regular, others):
            if len(two.lines):
                both = _join([one, two])
                one = _reorder(both, np.argsort(both.lines, kind="stable"))
            merged.append(one)
        return merged

    def _check_sequences(self, lengths: list[np.ndarray]) -> None:
        """Leave out sequences that lack an input, or whose inputs do not cover their lines."""
        longest = np.maximum.reduce(lengths)
        shortest = np.minimum.reduce(lengths)
        wrong = self.is_valid & ((shortest == 0) | (longest < self.num_lines_of))
        for sequence in np.flatnonzero(wrong).tolist():
            line = int(np.searchsorted(self.sequence_of_line, sequence))
            counts = [int(length[sequence]) for length in lengths]
            place = self._place(line, 0) + f", sequence {self.keys[sequence]}"
            if min(counts) == 0:
                wanted = self.inputs[counts.index(0)]
                alias = wanted.alias.decode("utf-8", "replace")
                problem = Problem(place, alias, "at least one sample in each sequence", "none")
            else:
                num_lines = int(self.num_lines_of[sequence])
                expected = f"an input with a sample in each of the {num_lines} lines"
                problem = Problem(place, "", expected, f"at most {max(counts)} samples")
            self._skip(line, problem)


def _matrix(rows: Rows, wanted: Input) -> np.ndarray | SparseRows:
    if not wanted.is_sparse:
        return rows.values
    indptr = np.concatenate(([0], np.cumsum(rows.counts)))
    return SparseRows(rows.values, rows.indices, indptr, wanted.dim)


def _rows_of(wanted: Input, found: list[tuple[int, Sample]]) -> Rows:
    lines = np.array([line for line, _ in found], np.int64)
    if not wanted.is_sparse:
        values = np.zeros((len(found), wanted.dim), np.float32)
        for row, (_, sample) in zip(values, found):
            row[: len(sample.values)] = sample.values
        return Rows(lines, values)
    values = np.array([value for _, sample in found for value in sample.values], np.float32)
    indices = np.array([index for _, sample in found for index in sample.indices], np.int64)
    return Rows(lines, values, indices, np.array([len(s.values) for _, s in found], np.int64))


def _join(parts: list[Rows]) -> Rows:
    if len(parts) == 1:
        return parts[0]
    arrays = [[getattr(part, name) for part in parts] for name in ("lines", "values")]
    if parts[0].counts is not None:
        arrays += [[part.indices for part in parts], [part.counts for part in parts]]
    return Rows(*(np.concatenate(each) for each in arrays))


def _reorder(rows: Rows, order: np.ndarray) -> Rows:
    if rows.counts is None:
        return Rows(rows.lines[order], rows.values[order])
    indptr = np.concatenate(([0], np.cumsum(rows.counts)))
    sparse = SparseRows(rows.values, rows.indices, indptr, 0)[order]
    return Rows(rows.lines[order], sparse.data, sparse.indices, rows.counts[order])
