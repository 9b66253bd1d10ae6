"""Whatever a binary file holds, reading gives data or a RuntimeError that names the file."""

from __future__ import annotations

import random
import re

import pytest

from cntk.io import CBFDeserializer
from cntk.io.deserializers.cbf.write import write_cbf
from cntk.io.problems import Problems

from ...mutants import mutant
from ...sequence_data import random_data

MANY = pytest.param(100_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])


@pytest.mark.parametrize("count", [2000, MANY])
def test_mutants(tmp_path, caplog, count):
    caplog.set_level("ERROR")
    write_cbf(tmp_path / "a.cbf", random_data(1, 3))
    body, path = (tmp_path / "a.cbf").read_bytes(), tmp_path / "b.cbf"
    source, num_read = random.Random(0), 0
    for number in range(count):
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
            assert re.search(r"byte|sequence \d+ \(chunk \d", str(error)), number
    assert num_read > count / 10
