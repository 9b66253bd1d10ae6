"""From a dictionary of typed values to the bytes of a message."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from cntk.storage.arrays import encode_array
from cntk.storage.dictionary import Double, Float, Int, Shape, SizeT, StoredAxis
from cntk.storage.joined import Joined
from cntk.storage.messages.payload import PayloadPlan
from cntk.storage.messages.shapes import encode_axis, encode_shape
from cntk.storage.messages.wire import MOST_NESTED_MESSAGES
from cntk.storage.messages.wire_writer import MessageWriter

VERSION = 2  # of every dictionary and value that CNTK 2.7 writes
_MESSAGES_IN_A_VALUE = 3  # at most: the value, its array, the array's shape


class Encoder:
    """Makes messages; with a plan, the arrays' values that it takes stay out of them."""

    def __init__(self, plan: PayloadPlan | None = None) -> None:
        self._plan = plan
        self._path: list[str] = []

    def file(self, dictionary: dict[str, Any]) -> MessageWriter:
        """Return the message of the outermost dictionary.

        Raises:
            TypeError: a value is of no type of the format.
            ValueError: a value cannot be stored, for example a text that is no Unicode.
        """
        return self._dictionary(dictionary, self._plan is not None, depth=1)

    def _dictionary(self, dictionary: dict[str, Any], moves: bool, depth: int) -> MessageWriter:
        message = MessageWriter()
        message.varint(1, VERSION)
        moving = self._plan.heaviest_key(dictionary) if self._plan and moves else None
        for key, value in dictionary.items():
            self._path.append(f".{key}")
            if type(key) is not str:
                self._refuse(TypeError, f"the key {key!r} is no text")
            entry = MessageWriter()
            entry.blob(1, self._text(key))
            entry.message(2, self._value(value, key == moving, depth + 2))
            message.message(2, entry)
            self._path.pop()
        return message

    def _vector(self, vector: list[Any], moves: bool, depth: int) -> MessageWriter:
        message = MessageWriter()
        for i, value in enumerate(vector):
            self._path.append(f"[{i}]")
            message.message(1, self._value(value, moves, depth + 1))
            self._path.pop()
        return message

    def _value(self, value: Any, moves: bool, depth: int) -> MessageWriter:
        if depth + _MESSAGES_IN_A_VALUE > MOST_NESTED_MESSAGES:
            self._refuse(ValueError, "the values are nested too deep to be read again")
        message = MessageWriter()
        message.varint(1, VERSION)
        kind = type(value)
        if value is None:
            message.varint(2, 0)
        elif kind is bool:
            message.varint(2, 1)
            message.varint(3, value)
        elif kind is Int:
            message.varint(2, 2)
            message.varint(4, value)
        elif kind is SizeT:
            message.varint(2, 3)
            message.varint(5, value)
        elif kind is Float:
            message.varint(2, 4)
            message.float32(6, value)
        elif kind is Double:
            message.varint(2, 5)
            message.float64(7, value)
        elif kind is str:
            message.varint(2, 6)
            message.blob(8, self._text(value))
        elif kind is Shape:
            message.varint(2, 7)
            message.message(9, encode_shape(value))
        elif kind is StoredAxis:
            message.varint(2, 8)
            message.message(10, encode_axis(value))
        elif kind is list:
            message.varint(2, 9)
            message.message(11, self._vector(value, moves, depth + 1))
        elif isinstance(value, dict):
            message.varint(2, 10)
            message.message(12, self._dictionary(value, moves, depth + 1))
        elif isinstance(value, (np.ndarray, Joined)):
            message.varint(2, 11)
            message.message(13, self._array(value, moves))
        else:
            self._refuse(TypeError, f"{kind.__name__} is no type of the format; {_hint(kind)}")
        return message

    def _array(self, array: np.ndarray | Joined, moves: bool) -> MessageWriter:
        try:
            moved = moves and self._plan is not None and self._plan.move(array)
            return encode_array(array, with_values=not moved)
        except TypeError as error:
            self._refuse(TypeError, str(error))

    def _text(self, text: str) -> bytes:
        try:
            return text.encode("utf-8")
        except UnicodeEncodeError as error:
            self._refuse(ValueError, f"a text is no Unicode: {error.reason}")

    def _refuse(self, error: type[Exception], why: str) -> NoReturn:
        raise error(f"{''.join(self._path).lstrip('.')} cannot be stored: {why}")


def _hint(kind: type) -> str:
    if kind is int:
        return "wrap the number in SizeT or Int"
    if kind is float:
        return "wrap the number in Double or Float"
    if kind is tuple:
        return "make it a list, or a Shape"
    return "from_python converts what scripts may save"
