"""Binary files are byte for byte those of the original's converter."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from cntk.io import CBFDeserializer, CTFDeserializer, StreamDef, StreamDefs
from cntk.io.deserializers.cbf.write import write_cbf
from cntk.minibatch import StreamInformation

from ...sequence_data import InMemory

DATA = Path(__file__).parents[5] / "tests" / "data" / "golden"
FOLDER = Path(os.environ.get("CNTK_GOLDEN", DATA)) / "readers"


def test_a_text_file_becomes_the_file_of_the_original(tmp_path):
    streams = StreamDefs(
        features=StreamDef(field="features", shape=3), labels=StreamDef(field="labels", shape=4)
    )
    assert write_cbf(tmp_path / "a.cbf", CTFDeserializer(FOLDER / "dense.ctf", streams)) == 11
    assert (tmp_path / "a.cbf").read_bytes() == (FOLDER / "dense.cbf").read_bytes()


@pytest.mark.parametrize("name", ["dense.cbf", "sequences.cbf"])
def test_a_file_of_the_original_is_written_again_as_it_was(tmp_path, name):
    write_cbf(tmp_path / name, CBFDeserializer(FOLDER / name))
    assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()


def test_what_does_not_fit_leaves_no_file(tmp_path):
    info = StreamInformation("x", 0, "dense", np.float16, (2,))
    with pytest.raises(ValueError, match="holds float32 or float64"):
        write_cbf(tmp_path / "a.cbf", InMemory([info], []))
    assert not list(tmp_path.iterdir())
