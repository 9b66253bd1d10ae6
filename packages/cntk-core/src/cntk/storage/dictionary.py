"""The values a model file is made of, one Python class per stored type.

A reader of the format takes each key as exactly one type: an Int is no SizeT and a Float no
Double. Plain ``int`` and ``float`` cannot say which is meant, so these small classes do.

=========== =====================  =========== =====================
stored type Python                 stored type Python
=========== =====================  =========== =====================
None        ``None``               NDShape     :class:`Shape`
Bool        ``bool``               Axis        :class:`StoredAxis`
Int         :class:`Int`           Vector      ``list``
SizeT       :class:`SizeT`         Dictionary  :class:`Dictionary`
Float       :class:`Float`         NDArrayView ``numpy.ndarray``
Double      :class:`Double`        String      ``str``
=========== =====================  =========== =====================
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from cntk.storage.errors import ModelFileError

_T = TypeVar("_T")
_MISSING: Any = object()

# The dimensions without a size read as -1, -3 and -2 when taken as signed, which is how Python
# scripts spell them.
SPECIAL_DIMENSIONS = {2**64 - 1: "inferred", 2**64 - 3: "free", 2**64 - 2: "unknown"}
MOST_DIMENSIONS = 64


class Int(int):
    """A signed 32-bit integer."""

    __slots__ = ()

    def __new__(cls, value: int = 0) -> Int:
        value = operator.index(value)
        if not -(2**31) <= value < 2**31:
            raise ValueError(f"Int holds -2**31 ... 2**31 - 1, not {value}; SizeT holds more")
        return super().__new__(cls, value)


class SizeT(int):
    """An unsigned 64-bit integer."""

    __slots__ = ()

    def __new__(cls, value: int = 0) -> SizeT:
        value = operator.index(value)
        if not 0 <= value < 2**64:
            raise ValueError(f"SizeT holds 0 ... 2**64 - 1, not {value}")
        return super().__new__(cls, value)


class Float(float):
    """A 32-bit floating-point number: the value is rounded when made, not when stored."""

    __slots__ = ()

    def __new__(cls, value: float = 0.0) -> Float:
        try:
            return super().__new__(cls, struct.unpack("<f", struct.pack("<f", value))[0])
        except OverflowError:
            raise ValueError(f"Float holds 32 bits, {value} needs Double") from None


class Double(float):
    """A 64-bit floating-point number."""

    __slots__ = ()


class Shape(tuple[int, ...]):
    """A shape in the order of the file: the reverse of Python's.

    >>> Shape.from_python((28, -1)).to_python()
    (28, -1)
    """

    __slots__ = ()

    def __new__(cls, dimensions: Iterable[int] = ()) -> Shape:
        shape = super().__new__(cls, dimensions)
        if len(shape) > MOST_DIMENSIONS:
            raise ValueError(f"Shape holds up to {MOST_DIMENSIONS} dimensions, not {len(shape)}")
        for size in shape:
            if not (0 <= size < 2**63 or size in SPECIAL_DIMENSIONS):
                raise ValueError(f"{size} is no dimension: 0 ... 2**63 - 1, or a special one")
        return shape

    @classmethod
    def from_python(cls, shape: Iterable[int]) -> Shape:
        """Return the stored form of a Python shape; -1 inferred, -2 unknown, -3 free."""
        return cls(size % 2**64 if size < 0 else size for size in reversed(tuple(shape)))

    def to_python(self) -> tuple[int, ...]:
        """Return the shape in Python's order, with -1, -2 and -3 for the special dimensions."""
        return tuple(size - 2**64 if size >= 2**63 else size for size in reversed(self))


@dataclass(frozen=True, slots=True)
class StoredAxis:
    """An axis as stored: static axes count from the last Python axis."""

    static_index: int = 0
    name: str = ""
    is_ordered: bool = False

    def __post_init__(self) -> None:
        if not -(2**31) <= self.static_index < 2**31:
            raise ValueError(f"the index of an axis holds 32 bits, not {self.static_index}")


class Dictionary(dict[str, Any]):
    """Keys and typed values, in the order of the file; ``offset``, where they were in a file."""

    __slots__ = ("_offset",)

    @property
    def offset(self) -> int | None:
        """The byte of the file at which the dictionary began; None if it comes from none."""
        return getattr(self, "_offset", None)

    @offset.setter
    def offset(self, offset: int | None) -> None:
        self._offset = offset

    def require(self, key: str, stored: type[_T], where: str = "dictionary") -> _T:
        """Return the value of a key that has to be there, with exactly this type.

        Args:
            key: the key.
            stored: one of the classes of this module's table.
            where: what the dictionary describes, for the error.

        Raises:
            ModelFileError: the key is missing or holds another type.

        >>> Dictionary(version=SizeT(3)).require("version", SizeT)
        3
        """
        return self.optional(key, stored, _MISSING, where)

    def optional(self, key: str, stored: type[_T], default: _T, where: str = "dictionary") -> _T:
        """Return the value of a key, or the default where the key is missing."""
        value = self.get(key, _MISSING)
        if value is _MISSING:
            if default is not _MISSING:
                return default
            raise ModelFileError(
                f"{where} has no key '{key}'",
                offset=self.offset,
                expected=f"a value of type {stored_name(stored)}",
                actual="keys " + (", ".join(sorted(self)) or "none at all"),
                hint="save the model again; the file may come from another version",
            )
        if type(value) is not stored:
            raise ModelFileError(
                f"key '{key}' of {where} has the wrong type",
                offset=self.offset,
                expected=stored_name(stored),
                actual=stored_name(type(value)),
                hint="save the model again; the types of the format are exact",
            )
        return value


_STORED_NAMES = {
    type(None): "None",
    bool: "Bool",
    str: "String",
    Shape: "NDShape",
    StoredAxis: "Axis",
    list: "Vector",
    np.ndarray: "NDArrayView",
}


def stored_name(python: type) -> str:
    """Return the name that the format gives to the type of a Python class.

    >>> stored_name(list)
    'Vector'
    """
    return _STORED_NAMES.get(python, python.__name__)
