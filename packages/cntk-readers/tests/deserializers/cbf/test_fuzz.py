"""Whatever a binary file holds, reading gives data or a RuntimeError that names the file."""

from __future__ import annotations

import random

from cntk.io import CBFDeserializer
from cntk.io.deserializers.cbf.write import write_cbf
from cntk.io.problems import Problems

from ...sequence_data import random_data

MUTANTS = 2000
EDGES = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def mutant(body: bytes, source: random.Random) -> bytes:
    """Return a body with a few changes: bytes, whole words, cuts and repeated parts."""
    new = bytearray(body)
    for _ in range(source.randint(1, 3)):
        kind, at = source.randrange(4), source.randrange(max(1, len(new)))
        if kind == 0 and new:
            new[at] = source.randrange(256)
        elif kind == 1:
            at -= at % 4
            new[at : at + 4] = source.choice(EDGES).to_bytes(4, "little")
        elif kind == 2:
            del new[at : at + source.randint(1, 40)]
        else:
            new[at:at] = new[at : at + source.randint(1, 40)]
    return bytes(new)


def test_mutants(tmp_path, caplog):
    caplog.set_level("ERROR")
    write_cbf(tmp_path / "a.cbf", random_data(1, 3))
    body, path = (tmp_path / "a.cbf").read_bytes(), tmp_path / "b.cbf"
    source, num_read = random.Random(0), 0
    for number in range(MUTANTS):
        path.write_bytes(mutant(body, source))
        reader = CBFDeserializer(path)
        reader.problems = Problems(str(path), max_errors=10)
        try:
            for chunk_id in range(reader.num_chunks()):
                chunk = reader.get_chunk(chunk_id)
                chunk.take(chunk.is_valid.nonzero()[0])
                num_read += 1
        except RuntimeError as error:
            assert str(path) in str(error), number
    assert num_read > MUTANTS / 10
