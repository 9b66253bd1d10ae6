"""Whatever npy and npz files hold, reading gives numbers or an error that names the file."""

from __future__ import annotations

import io
import random
import time

import numpy as np
import pytest
import scipy.sparse

from cntk.io import MinibatchSource, NumPyDeserializer, StreamDef, StreamDefs

from ...mutants import mutant

ARRAYS = {"x": np.arange(12.0).reshape(6, 2), "y": np.arange(6) % 3, "n": [1, 2, 3]}
DENSE = StreamDefs(x=StreamDef(), y=StreamDef(shape=3, is_sparse=True))
SPARSE = StreamDefs(x=StreamDef(is_sparse=True))
MATRIX = scipy.sparse.csr_matrix(np.eye(4, 5))
WORDS = (b"99999999999", b"-1", b"(2, 2)", b"(),", b"|O", b"<c8", b"True", b"[" * 60)
MOST_SECONDS = 1.0


def saved(save, *arguments, **arrays) -> bytes:
    file = io.BytesIO()
    save(file, *arguments, **arrays)
    return file.getvalue()


BODIES = {
    "stored": saved(np.savez, **ARRAYS),
    "compressed": saved(np.savez_compressed, **ARRAYS),
    "npy": saved(np.save, ARRAYS["x"]),
    "matrix": saved(scipy.sparse.save_npz, MATRIX, compressed=False),
    "compressed matrix": saved(scipy.sparse.save_npz, MATRIX),
}


def in_header(body: bytes, source: random.Random) -> bytes:
    """Return a body with a change of the text in a header of an array."""
    at = body.find(b"{'descr'", source.randrange(len(body)))
    at = max(at, 0) + source.randrange(80)
    word = source.choice(WORDS)
    return body[:at] + word + body[at + len(word) :]


def reader(path, kind: str) -> NumPyDeserializer:
    if "matrix" in kind:
        return NumPyDeserializer({"x": path}, SPARSE)
    if kind == "npy":
        return NumPyDeserializer(path, StreamDefs(x=StreamDef()))
    return NumPyDeserializer(path, DENSE, lengths="n")


def count_samples(given: NumPyDeserializer, max_errors: int) -> int:
    """Return the number of samples; a matrix may say that it has millions of columns."""
    reading = MinibatchSource(given, max_sweeps=1, max_errors=max_errors, trace_level=0)
    num_samples = 0
    while minibatch := reading.next_minibatch(4):
        num_samples += max(data.num_samples for data in minibatch.values())
    return num_samples


@pytest.mark.parametrize("kind", BODIES)
@pytest.mark.timeout(600)
@pytest.mark.parametrize("count", [200, pytest.param(3_000, marks=pytest.mark.slow)])
def test_mutants(tmp_path, kind, count):
    chosen, path, num_read = random.Random(count), tmp_path / "a", 0
    for number in range(count):
        change = in_header if chosen.random() < 0.3 else mutant
        path.write_bytes(change(BODIES[kind], chosen))
        begin = time.process_time()
        try:
            num_read += count_samples(reader(path, kind), chosen.choice((0, 9))) > 0
        except (RuntimeError, ValueError) as error:  # ValueError: another array than is defined
            assert str(path) in str(error), number
        assert time.process_time() - begin < MOST_SECONDS, number
    assert num_read > count / 100
