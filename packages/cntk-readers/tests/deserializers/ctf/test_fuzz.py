"""Whatever a file holds, a source gives data or a RuntimeError that names the file, and ends."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cntk.io.problems import Problems

from ...ctf_files import DENSE, SPARSE, reader, source
from ...mutants import mutant

LIMITS = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
SEEDS = [
    (b"|a 1 2 |b 3\n|a 4.5 -6e-1 |b 7\n|b 8 |a 1 2\n", DENSE),
    (b"1 |a 1 2 |b 3\n1 |a 4 5\n2 |a 1 2 |b 3\n", DENSE),
    (b"|w 3:1 5:2 |y 1:1\n|w 2:0.5 |y 0:1\n|w |y\n", SPARSE),
]
MANY = pytest.param(100_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])
PLACES = re.compile(r"line \d+, column \d+ \(byte \d+\)|byte      \d+|at the offset \d+|is empty")


def read_all(path, body: bytes, streams, **options) -> int:
    """Return the samples of the first minibatches; refusals count as none."""
    try:
        reading = source(path, body, streams, **options)
        found = [reading.next_minibatch(3) for _ in range(10)]
    except RuntimeError as error:
        assert str(path) in str(error)
        return 0
    return sum(data.num_samples for minibatch in found for data in minibatch.values())


@LIMITS
@given(body=st.binary(max_size=300), max_errors=st.sampled_from([0, 2, 1000]))
def test_random_bytes(tmp_path, caplog, body, max_errors):
    caplog.set_level("ERROR")
    assert read_all(tmp_path / "f.ctf", body, DENSE, max_errors=max_errors) >= 0


@LIMITS
@given(
    seed=st.sampled_from(SEEDS),
    cuts=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.binary(max_size=3))),
    max_errors=st.sampled_from([0, 1000]),
    randomize=st.booleans(),
)
def test_damaged_files(tmp_path, caplog, seed, cuts, max_errors, randomize):
    caplog.set_level("ERROR")
    body, streams = seed
    for begin, length, new in cuts:
        body = body[:begin] + new + body[begin + length :]
    options = {"max_errors": max_errors, "randomize": randomize}
    assert read_all(tmp_path / "f.ctf", body, streams, **options) >= 0


@pytest.mark.parametrize("count", [2000, MANY])
def test_mutants(tmp_path, count):
    path, chosen, num_read = tmp_path / "f.ctf", random.Random(0), 0
    for number in range(count):
        body, streams = chosen.choice(SEEDS)
        reading = reader(path, mutant(body, chosen), streams)
        reading.problems = Problems(str(path), chosen.choice((0, 2, 1000)), trace_level=0)
        try:
            for chunk_id in range(reading.num_chunks()):
                chunk = reading.get_chunk(chunk_id)
                chunk.take(chunk.is_valid.nonzero()[0])
                num_read += 1
        except RuntimeError as error:
            assert str(path) in str(error), number
            assert PLACES.search(str(error)), number
    assert num_read > count / 10
