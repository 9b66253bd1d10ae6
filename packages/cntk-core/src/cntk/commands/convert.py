"""``python -m cntk convert SOURCE TARGET``: networks, weights or data in another kind of file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cntk.errors import ArgumentError, describe
from cntk.graph.files import load
from cntk.graph.files.formats import FileFormat, format_of
from cntk.graph.function import Function
from cntk.minibatch.formats import DataFormat, data_format_of
from cntk.weights.files import SUFFIXES, read, write
from cntk.weights.names import arrays
from cntk.weights.values import assign


def convert(
    source: str, target: str, network: str | None = None, streams: Sequence[str] = ()
) -> str:
    """Write what is in one file to another, whose suffix says of which kind; return what was done.

    Args:
        source: a model, a file of weights, or a file of data.
        target: another one; data become data, networks and weights are made of each other.
        network: for weights that become a model, a model of the network that they belong to.
        streams: for data in text, ``NAME=DIM`` or ``NAME=DIM:sparse`` of each input.

    Raises:
        ValueError: a suffix is unknown, a file is damaged, or weights lack their network.
    """
    data = data_format_of(source), data_format_of(target)
    if any(data):
        return _convert_data(source, target, data, list(streams))
    if streams:
        raise ArgumentError(f"--stream goes with files of data; {source} is none")
    if _is_weights(source):
        if network is None and not _is_weights(target):
            raise ArgumentError(
                describe(
                    f"{source} has weights and no network to make {target} of",
                    hint="--network MODEL, a model of the network that they belong to",
                )
            )
        values = read(source)
        if network is None:
            write(target, values)
            return f"{target}: {len(values)} arrays"
        function = _read(network)
        assign(function, values)
    else:
        if network is not None:
            raise ArgumentError("--network goes with a source that has weights alone")
        function = _read(source)
    if _is_weights(target):
        write(target, arrays(function))
        return f"{target}: {len(arrays(function))} arrays"
    _format(target).save(function, target)
    return f"{target}: {function}"


def _convert_data(
    source: str,
    target: str,
    formats: tuple[DataFormat | None, DataFormat | None],
    streams: list[str],
) -> str:
    """Write the sequences of one file of data to another."""
    reads, writes = formats
    if reads is None or writes is None:
        other = source if reads is None else target
        raise ArgumentError(
            describe(
                f"{source} to {target}: {other} is no file of data by its suffix",
                hint="a text file of data ends in .ctf or .txt, a binary one in .cbf",
            )
        )
    count = writes.write(target, reads.read(source, streams))
    return f"{target}: {count} sequences"


def _is_weights(path: str) -> bool:
    return Path(path).suffix.lower() in SUFFIXES


def _read(path: str) -> Function:
    """Return the model of a file; one without a known suffix is of CNTK's own format."""
    known = format_of(path)
    return load(path) if known is None else known.load(path)


def _format(path: str) -> FileFormat:
    found = format_of(path)
    if found is None:
        raise ArgumentError(
            describe(
                f"{path}: nobody here reads or writes files with this suffix",
                hint="models end in .model or .dnn, weights in .safetensors or .npz; "
                "pip install cntk-onnx brings .onnx",
            )
        )
    return found
