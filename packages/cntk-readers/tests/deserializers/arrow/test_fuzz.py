"""Whatever Parquet and Arrow files hold, reading gives rows or an error that names the file."""

from __future__ import annotations

import random
import time

import pytest

from cntk.io import ArrowDeserializer

from ...mutants import mutant
from .tables import ALL, numbered, read, write

MOST_SECONDS = 2.0


def near_the_end(body: bytes, source: random.Random) -> bytes:
    """Return a body with a change where both formats say what is where."""
    at = len(body) - source.randrange(1, min(len(body), 4000))
    return body[:at] + mutant(body[at:], source)


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
@pytest.mark.parametrize("count", [200, pytest.param(5_000, marks=pytest.mark.slow)])
def test_mutants(tmp_path, suffix, count):
    body = write(numbered(20), tmp_path / f"t{suffix}", 8).read_bytes()
    chosen, path, num_read = random.Random(count), tmp_path / f"a{suffix}", 0
    for number in range(count):
        change = near_the_end if chosen.random() < 0.5 else mutant
        path.write_bytes(change(body, chosen))
        begin = time.process_time()
        try:
            given = ArrowDeserializer(path, ALL)
            num_read += bool(read(given, max_errors=chosen.choice((0, 100))))
        except (RuntimeError, ValueError) as error:  # ValueError: other columns than are defined
            assert str(path) in str(error) or "ArrowDeserializer: stream" in str(error), number
        assert time.process_time() - begin < MOST_SECONDS, number
    assert num_read > count / 50
