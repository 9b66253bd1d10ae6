"""Names for files that are no CNTK v2 models, so that the error can say what they are."""

from __future__ import annotations

from cntk.storage.errors import DamagedFileError, ForeignFileError
from cntk.storage.messages.payload import MAGIC
from cntk.storage.messages.schema import FIXED32, FIXED64, LENGTH, VARINT
from cntk.storage.messages.wire import WireReader

_KNOWN = {
    b"B\0C\0N\0": "a model of CNTK v1",
    b"PK\3\4": "a zip archive, such as models of PyTorch and Keras, or an npz file",
    b"\x89HDF": "an HDF5 file, such as older models of Keras",
    b"\x1f\x8b": "a file compressed by gzip",
    b"\x80": "a Python pickle",
}
_CONVERT_V1 = "convert it with CNTK 2.7: C.load_model(old).save(new)"
_WAY_OUT = "load a file that Function.save or Trainer.save_checkpoint wrote"
# A dictionary begins with one of its fields: version, data, seal.
_BEGINNINGS = (b"\x08", b"\x12", b"\xc2\x3e", MAGIC)
_GRAPH_OF_ONNX = 7
_FIELDS_LOOKED_AT = 100


def refuse_foreign(beginning: bytes, file: str) -> None:
    """Raise if a file that begins with these bytes (at least eight, or all) is no CNTK v2 file.

    Raises:
        ForeignFileError: it is empty or of another kind.
    """
    if not beginning:
        raise ForeignFileError("the file is empty", file=file, offset=0, hint=_WAY_OUT)
    if beginning.startswith(_BEGINNINGS):
        return
    kind = next((kind for magic, kind in _KNOWN.items() if beginning.startswith(magic)), None)
    raise ForeignFileError(
        "this is no CNTK v2 model or checkpoint",
        file=file,
        offset=0,
        actual=kind or f"it begins with {beginning[:8]!r}",
        hint=_CONVERT_V1 if kind == "a model of CNTK v1" else _WAY_OUT,
    )


def is_onnx(reader: WireReader) -> bool:
    """Tell whether the file's outermost message has a graph as ONNX models have."""
    reader.restart()
    try:
        for _ in range(_FIELDS_LOOKED_AT):
            tag = reader.varint()
            number, wire = tag >> 3, tag & 7
            if (number, wire) == (_GRAPH_OF_ONNX, LENGTH):
                return True
            if wire == VARINT:
                reader.varint()
            elif wire in (LENGTH, FIXED32, FIXED64):
                sizes = {FIXED32: 4, FIXED64: 8}
                reader.skip(sizes[wire] if wire in sizes else reader.length())
            else:
                return False
    except DamagedFileError:
        pass
    return False
