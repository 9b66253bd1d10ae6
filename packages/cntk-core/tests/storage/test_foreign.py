"""Files of other kinds are called by their name."""

from __future__ import annotations

import pytest

from cntk.storage import ForeignFileError, read_dictionary

from .samples import GOLDEN


@pytest.mark.parametrize(
    "content, kind",
    [
        (b"", "the file is empty"),
        (b"B\0C\0N\0V\0e\0r\0", "a model of CNTK v1"),
        (b"PK\3\4....", "a zip archive"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b"\x1f\x8b\x08\x00", "compressed by gzip"),
        (b"\x80\x04\x95", "a Python pickle"),
        (b"hello, world", "it begins with b'hello, w'"),
    ],
)
def test_the_error_says_what_it_is(content, kind):
    with pytest.raises(ForeignFileError, match=kind):
        read_dictionary(content)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.onnx")), ids=lambda path: path.name)
def test_onnx_models_are_recognised(path):
    with pytest.raises(ForeignFileError) as raised:
        read_dictionary(path)
    assert str(raised.value) == (
        f"{path}, byte 0: this is an ONNX model, not a CNTK v2 model\n"
        "  try: load it with format=cntk.ModelFormat.ONNX"
    )


def test_a_v1_model_comes_with_advice():
    with pytest.raises(ForeignFileError) as raised:
        read_dictionary(b"B\0C\0N\0")
    assert raised.value.offset == 0
    assert "convert it with CNTK 2.7" in str(raised.value)
