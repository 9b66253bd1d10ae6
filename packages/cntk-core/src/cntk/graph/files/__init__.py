"""Saving and loading networks in the format of CNTK v2.

The dictionary of a model is flat: a list of leaves and a list of functions that name their operands
by uid. Files are written and read by :mod:`cntk.storage`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from cntk.errors import ArgumentError
from cntk.graph.files.formats import FileFormat as FileFormat
from cntk.graph.files.formats import format_named
from cntk.graph.files.read import function_of as function_of
from cntk.graph.files.restore import restore_values as restore_values
from cntk.graph.files.write import model_dictionary as model_dictionary
from cntk.graph.function import Function, ModelFormat
from cntk.storage import ModelFileError, dictionary_bytes, read_dictionary, write_dictionary

Source = str | os.PathLike[str] | bytes


def save(
    function: Function, path: str | os.PathLike[str], format: ModelFormat = ModelFormat.CNTKv2
) -> None:
    """Write a network to a file; see :meth:`Function.save`."""
    if format is not ModelFormat.CNTKv2:
        format_named(format.name).save(function, path)
        return
    write_dictionary(path, model_dictionary(function))


def to_bytes(function: Function) -> bytes:
    """Return what :func:`save` would write to a file."""
    return dictionary_bytes(model_dictionary(function))


def load(source: Source, format: ModelFormat = ModelFormat.CNTKv2) -> Function:
    """Return the network in a file, or in its bytes; see :meth:`Function.load`."""
    if not isinstance(source, (str, bytes, bytearray, os.PathLike)):
        raise ArgumentError(
            f"Cannot load the model {source!r} that is neither a file nor a byte buffer."
        )
    if format is not ModelFormat.CNTKv2:
        return format_named(format.name).load(source)
    dictionary = read_dictionary(source)
    with _named(source):
        return function_of(dictionary)


def restore(function: Function, source: Source) -> None:
    """Read the values of an equal network; see :meth:`Function.restore`."""
    dictionary = read_dictionary(source)
    with _named(source):
        restore_values(function, dictionary)


@contextmanager
def _named(source: Source) -> Iterator[None]:
    """Let errors name the file that the dictionary came from."""
    try:
        yield
    except ModelFileError as error:
        name = "<bytes>" if isinstance(source, (bytes, bytearray)) else os.fspath(source)
        raise error.located(file=name) from error.__cause__
