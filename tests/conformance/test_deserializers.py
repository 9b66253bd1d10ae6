"""Every reader hands over what it announces."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.io import CTFDeserializer, StreamDef, StreamDefs, StreamInformation, UserDeserializer
from cntk.testing import check_deserializer


class Squares(UserDeserializer):
    """Two chunks of three numbers and their squares."""

    def stream_infos(self):
        names = ("number", "square")
        return [StreamInformation(n, i, "dense", np.float32, (1,)) for i, n in enumerate(names)]

    def num_chunks(self):
        return 2

    def get_chunk(self, chunk_id):
        numbers = np.arange(3 * chunk_id, 3 * chunk_id + 3, dtype=np.float32).reshape(3, 1)
        return {"number": numbers, "square": numbers**2}


def test_data_of_a_script():
    check_deserializer(Squares())


@pytest.mark.parametrize("chunk_bytes", [64, 1 << 20])
def test_text_format(tmp_path, chunk_bytes):
    path = tmp_path / "train.ctf"
    lines = [f"{i // 3} |x {i} {i + 0.5} |y {i % 4}:1 {(i + 2) % 4}:-2\n" for i in range(30)]
    path.write_text("".join(lines))
    streams = StreamDefs(
        features=StreamDef(field="x", shape=2), labels=StreamDef(field="y", shape=4, is_sparse=True)
    )
    reader = CTFDeserializer(str(path), streams, chunk_bytes=chunk_bytes)
    assert (reader.num_chunks() > 1) == (chunk_bytes == 64)
    check_deserializer(reader)
