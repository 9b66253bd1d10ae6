"""Numbers and labels in the files of a sample: text, JSON and npy."""

from __future__ import annotations

import json
import math

import numpy as np

from cntk.io.deserializers.arrays.header import NotAnArrayError, read_array
from cntk.io.deserializers.image.unreadable import Unreadable, shown

LARGEST_TEXT = 1 << 20
"""Bytes of text or JSON that are read."""


def numbers_in(data: bytes, extension: str, member: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return the numbers in a file as an array of float32.

    Args:
        data: the file.
        extension: npy, json, or another one: text with numbers between blanks.
        member: of a JSON object; "": the whole.
        shape: of the array.

    Raises:
        Unreadable: the file is malformed, or holds others.
    """
    if extension == "npy":
        array = _array(data)
    elif extension == "json":
        array = _nested(_json(data, member))
    else:
        array = _nested([_number(word) for word in _text(data).split()])
    width = math.prod(shape)
    if array.size != width or (array.ndim > 1 and array.shape != shape):
        raise Unreadable(f"{width} numbers, of shape {shape}", f"an array of shape {array.shape}")
    with np.errstate(over="ignore", invalid="ignore"):
        found = array.reshape(shape).astype(np.float32)
    if extension != "npy" and not np.isfinite(found).all():
        raise Unreadable("numbers that are finite", "others, or such beyond float32")
    return found


def label_in(data: bytes, extension: str, member: str) -> str:
    """Return the text or number in a file.

    Raises:
        Unreadable: there is none.
    """
    if extension != "json":
        return _text(data).strip()
    value = _json(data, member)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise Unreadable("a whole number or a text", shown(repr(value)))
    return str(value)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("text in UTF-8", f"byte {data[error.start]:#04x}") from None


def _json(data: bytes, member: str) -> object:
    text = _text(data)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable("JSON", f"{shown(text)}: {error}") from None
    if not member:
        return value
    if not isinstance(value, dict) or member not in value:
        raise Unreadable(f"a JSON object with '{member}'", shown(text))
    return value[member]


def _nested(value: object) -> np.ndarray:
    try:
        array = np.array(value)
    except (ValueError, OverflowError):
        array = np.array("")
    if array.dtype.kind not in "biuf":
        raise Unreadable("numbers, or lists of one length", shown(repr(value)))
    return array


def _number(word: str) -> float:
    try:
        return float(word.replace("_", "x"))  # float takes 1_000
    except ValueError:
        raise Unreadable("numbers between blanks", shown(word)) from None


def _array(data: bytes) -> np.ndarray:
    try:
        return read_array(data)
    except NotAnArrayError as error:
        raise Unreadable(error.expected, error.found) from None
