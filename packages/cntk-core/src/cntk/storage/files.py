"""Reading and writing whole model and checkpoint files."""

from __future__ import annotations

import io
import os
from typing import Any, BinaryIO

from cntk.storage import seal
from cntk.storage.atomic import replace_file
from cntk.storage.dictionary import Dictionary
from cntk.storage.errors import DamagedFileError, ForeignFileError, ModelFileAccessError
from cntk.storage.foreign import is_onnx, refuse_foreign
from cntk.storage.messages.decode import Decoder
from cntk.storage.messages.encode import Encoder
from cntk.storage.messages.payload import LARGE, PayloadPlan, PendingArrays, header, read_header
from cntk.storage.messages.wire import WireReader
from cntk.storage.messages.wire_writer import Block, MessageWriter
from cntk.storage.open_file import opened

BYTES = "<bytes>"


def read_dictionary(source: str | os.PathLike[str] | bytes) -> Dictionary:
    """Return the dictionary in a model or checkpoint file, or in its bytes.

    Reading runs no code from the file, and takes no more memory than the file's size allows.

    Args:
        source: a path, or the content of a file.

    Raises:
        ModelFileError: the file cannot be opened, is no CNTK v2 file, or is damaged.

    >>> from cntk.storage import SizeT
    >>> read_dictionary(dictionary_bytes({"version": SizeT(3)}))
    {'version': 3}
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _read(io.BytesIO(source), len(source), BYTES)[0]
    return read_stamped(source)[0]


def read_stamped(path: str | os.PathLike[str]) -> tuple[Dictionary, seal.Stamp | None]:
    """Return the dictionary in a file, and what tells the file's content from that of others.

    That is None for files without a checksum.

    Raises:
        ModelFileError: the file cannot be opened, is no CNTK v2 file, or is damaged.
    """
    with opened(path) as (stream, size, file):
        return _read(stream, size, file)


def describe_dictionary(
    path: str | os.PathLike[str],
) -> tuple[Dictionary, seal.Stamp | None]:
    """Return the dictionary in a file, and its size and checksum if it has one, unchecked.

    Its arrays have types and shapes, and no values: of large files only little is read.

    Raises:
        ModelFileError: the file cannot be opened, is no CNTK v2 file, or is damaged.
    """
    with opened(path) as (stream, size, file):
        return _read(stream, size, file, skips_values=True)


def write_dictionary(
    path: str | os.PathLike[str], dictionary: dict[str, Any], *, large: int = LARGE
) -> None:
    """Write a dictionary as a model or checkpoint file, as a whole or not at all.

    Args:
        path: is replaced when all bytes are on the disk; an interrupted write leaves it alone.
        dictionary: of the types of :mod:`cntk.storage.dictionary`.
        large: the size in bytes from which the arrays' values are kept apart from the message.

    Raises:
        ModelFileError: the operating system refuses.
        TypeError: a value is of no type of the format.
        ValueError: a value cannot be stored.
    """
    message, plan = encode(dictionary, large)
    file = os.fspath(path)
    try:
        with replace_file(path) as stream:
            write_message(stream, message, plan)
    except OSError as error:
        raise ModelFileAccessError.wrap(error, file, "the file cannot be written") from error


def dictionary_bytes(dictionary: dict[str, Any], *, large: int = LARGE) -> bytes:
    """Return what :func:`write_dictionary` would write."""
    message, plan = encode(dictionary, large)
    stream = io.BytesIO()
    write_message(stream, message, plan)
    return stream.getvalue()


def _read(
    stream: BinaryIO,
    size: int,
    file: str,
    skips_values: bool = False,
) -> tuple[Dictionary, seal.Stamp | None]:
    refuse_foreign(stream.read(8), file)
    stream.seek(0)
    reader = WireReader(stream, size, file, skips_values)
    found: list[seal.Seal] = []
    try:
        end = read_header(reader)
        pending = PendingArrays(room=size - end)
        decoder = Decoder(reader, pending)
        dictionary = decoder.file(end, on_seal=lambda: found.append(seal.Seal.read(reader)))
        pending.fill(reader)
        for each in found:
            if not skips_values:
                each.check(reader)
    except DamagedFileError as error:
        if is_onnx(reader):
            raise ForeignFileError(
                "this is an ONNX model, not a CNTK v2 model",
                file=file,
                offset=0,
                hint="load it with format=cntk.ModelFormat.ONNX",
            ) from error
        raise
    return dictionary, found[0].stamp if found else None


def encode(dictionary: dict[str, Any], large: int = LARGE) -> tuple[MessageWriter, PayloadPlan]:
    """Return the message of the dictionary, and the values that lie apart from it."""
    plan = PayloadPlan()
    message = Encoder().file(dictionary)
    if message.nbytes >= large:
        message = Encoder(plan).file(dictionary)
    if message.nbytes + seal.FIELD_SIZE >= LARGE:
        raise ValueError(
            f"the dictionary needs {message.nbytes} bytes beside the arrays that can lie apart; "
            "the format ends at 2 GiB"
        )
    return message, plan


def write_message(stream: BinaryIO, message: MessageWriter, plan: PayloadPlan) -> seal.Stamp | None:
    """Write what :func:`encode` returned; return what tells the file from others, if it is sealed.

    Args:
        stream: at its start.
        message: the message.
        plan: the values that lie apart from it.
    """
    # Only what can be written twice can hold its own checksum; a pipe cannot.
    start = seal.blank_field() if stream.seekable() else b""
    size = len(start) + message.nbytes
    parts: list[Block] = [message, *plan.blocks]
    rest = (chunk for part in parts for chunk in part.chunks())
    if plan.blocks:
        start = header(size) + start
    if stream.seekable():
        return seal.write_sealed(stream, start, rest)
    stream.write(start)
    stream.writelines(rest)
    return None
