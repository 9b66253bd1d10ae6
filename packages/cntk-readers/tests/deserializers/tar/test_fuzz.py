"""Whatever a tar file holds, reading gives samples or an error that names the file."""

from __future__ import annotations

import random
import tarfile
import time

import numpy as np
import pytest

from cntk.io import StreamDef, StreamDefs

from ...mutants import mutant as other_mutant
from .mutants import mutant
from .tar_files import SCALE, packed, sample, source

STREAMS = StreamDefs(
    features=StreamDef(field="jpg;png", transforms=SCALE),
    labels=StreamDef(field="cls", shape=10),
    npy=StreamDef(field="npy", shape=2),
    size=StreamDef(field="json:size", shape=2),
    txt=StreamDef(field="txt", shape=2),
)
MEMBERS = sample(1) + sample(2, "p/" * 60 + "long") + sample(3)
BODIES = [packed(MEMBERS, format) for format in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT)]
MOST_SECONDS = 1.0


@pytest.mark.timeout(600)
@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.slow)])
def test_mutants(tmp_path, count):
    chosen, path, num_read = random.Random(count), tmp_path / "a.tar", 0
    for number in range(count):
        change = other_mutant if chosen.random() < 0.3 else mutant
        path.write_bytes(change(chosen.choice(BODIES), chosen))
        begin = time.process_time()
        try:
            reading = source(
                path, STREAMS, max_errors=chosen.choice((0, 9)), multithreaded_deserializer=False
            )
            while minibatch := reading.next_minibatch(2):
                num_read += 1
                # 0 to 255 are grey levels; npy files may hold any number
                levels = minibatch[reading.streams.features].asarray()
                assert 0 <= levels.min() and levels.max() <= 255, number
                assert np.isfinite(minibatch[reading.streams.txt].asarray()).all(), number
        except RuntimeError as error:
            assert str(path) in str(error), number
        assert time.process_time() - begin < MOST_SECONDS, number
    assert num_read > count / 10
