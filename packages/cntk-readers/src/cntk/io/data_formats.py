"""The data formats that ``python -m cntk convert`` reads and writes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cntk.errors import ArgumentError, describe
from cntk.io.deserializers.cbf import CBFDeserializer
from cntk.io.deserializers.cbf.write import write_cbf
from cntk.io.deserializers.ctf import CTFDeserializer
from cntk.io.deserializers.ctf.write import write_ctf
from cntk.io.streams import StreamDef, StreamDefs
from cntk.minibatch.formats import DataFormat

_STREAM = re.compile(r"([^=|#\s][^=|\s]*)=([0-9]+)(:sparse)?")


def formats() -> list[DataFormat]:
    """Return the formats of this package."""
    return [
        DataFormat("CTF", (".ctf", ".txt"), _read_text, write_ctf),
        DataFormat("CBF", (".cbf",), _read_binary, write_cbf),
    ]


def _read_text(path: str, streams: Sequence[str]) -> CTFDeserializer:
    definitions = {}
    for text in streams:
        match = _STREAM.fullmatch(text)
        if match is None or not 0 < int(match[2][:12]) < 2**31:
            raise ArgumentError(
                f"--stream {text}: expected NAME=DIM, or NAME=DIM:sparse for index:value"
            )
        field, dim, sparse = match.groups()
        definitions[field] = StreamDef(field=field, shape=int(dim), is_sparse=bool(sparse))
    if not definitions:
        raise ArgumentError(
            describe(
                f"{path}: a text file does not say which inputs it has, and of which size",
                hint="--stream features=784 --stream labels=10:sparse",
            )
        )
    return CTFDeserializer(path, StreamDefs(**definitions))


def _read_binary(path: str, streams: Sequence[str]) -> CBFDeserializer:
    if streams:
        raise ArgumentError(f"--stream is for text files; {path} knows its streams")
    return CBFDeserializer(path)
