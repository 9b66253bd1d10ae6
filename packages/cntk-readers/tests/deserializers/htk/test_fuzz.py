"""Whatever scripts, archives and label files hold: data, or an error that names the file."""

from __future__ import annotations

import random

import pytest

from cntk.io import HTKFeatureDeserializer, HTKMLFDeserializer, StreamDef, StreamDefs

from ...mutants import mutant
from .speech_files import FRAMES, features, labels, minibatches, write_archive, write_compressed

MANY = pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])


def read_mutants(path, read, max_errors: int, count: int) -> int:
    """Return how many mutants of a file give minibatches."""
    body, source, num_read = path.read_bytes(), random.Random(0), 0
    for number in range(count):
        path.write_bytes(mutant(body, source))
        try:
            num_read += bool(minibatches(read(), max_errors=max_errors))
        except RuntimeError as error:
            assert str(path.parent) in str(error), number
    return num_read


@pytest.mark.parametrize("count", [1000, MANY])
@pytest.mark.parametrize("max_errors", [0, 100])
@pytest.mark.parametrize("name", ["a.fea", "c.fea", "f.scp", "labels.mlf", "states"])
def test_mutants(folder, script, name, max_errors, count, caplog):
    caplog.set_level("ERROR")
    write_archive(folder / "a.fea", [[1, 2, 3]] * 10)
    write_compressed(folder / "c.fea", FRAMES)
    reads_labels = name in ("labels.mlf", "states")
    text = script.replace("a.fea", "c.fea") if name == "c.fea" else script
    (labels if reads_labels else lambda where: features(where, text))(folder)

    def read():
        if reads_labels:
            definition = StreamDef(shape=4, mlf=folder / "labels.mlf")
            return HTKMLFDeserializer(folder / "states", StreamDefs(l=definition))
        return HTKFeatureDeserializer(StreamDefs(f=StreamDef(shape=3, scp=folder / "f.scp")))

    assert read_mutants(folder / name, read, max_errors, count) > 0
