"""What a column holds for a stream: decided once, from the column's type and the definition.

A column's type is lists within lists, around numbers, categories, or sparse pairs. What is inside
of the lists, and how many of them belong to one sample, follows from the stream's shape; one list
more around the samples is a sequence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from cntk.errors import ArgumentError
from cntk.io.deserializers.arrow.library import pyarrow

NUMBERS, CLASSES, CATEGORIES, PAIRS = "numbers", "classes", "categories", "pairs"
INDICES, VALUES = "indices", "values"


@dataclass(frozen=True)
class Layout:
    """How the values of one column become samples.

    Attributes:
        kind: NUMBERS, CLASSES (numbers of classes), CATEGORIES (words) or PAIRS (sparse).
        shape: static shape of a sample.
        is_sequence: whether a row is a sequence of samples.
        dims: sizes of the lists of a sample.
        is_sparse: whether samples are stored sparsely.
    """

    kind: str
    shape: tuple[int, ...]
    is_sequence: bool
    dims: tuple[int, ...]
    is_sparse: bool

    @property
    def width(self) -> int:
        """Values of a sample."""
        return math.prod(self.shape)

    @property
    def expected(self) -> str:
        """The words for what a row should hold."""
        if self.kind == CLASSES:
            what = f"classes from 0 to {self.width - 1}"
        elif self.kind == CATEGORIES:
            what = f"{self.width} categories"
        elif self.kind == PAIRS:
            what = f"indices from 0 to {self.width - 1}, and as many values"
        else:
            what = " x ".join(map(str, self.dims)) + " numbers" if self.dims else "a number"
        return f"a sequence of at least one sample ({what})" if self.is_sequence else what


def layout_of(
    where: str, given: Any, shape: tuple[int, ...] | None, is_sparse: bool, num_categories: int
) -> Layout:
    """Return how a column is read.

    Args:
        where: stream and column, for messages.
        given: type of the column.
        shape: static shape of a sample; None: what the type says.
        is_sparse: whether the stream is sparse.
        num_categories: how many there are, of a column of categories; else 0.

    Raises:
        ValueError: the column cannot be read so.
    """
    sizes, inner = unlisted(given)
    kind = _kind(where, given, inner, is_sparse, num_categories)
    if shape is None:
        shape = _inferred(where, given, kind, sizes, num_categories)
    if kind == NUMBERS:
        is_sequence, dims = _dims(where, given, sizes, shape)
        return Layout(kind, shape, is_sequence, dims, is_sparse)
    if len(shape) > 1 or len(sizes) > 1:
        raise ArgumentError(
            f"{where}: sparse samples have one axis, and a sequence of them is one list; "
            f"got shape={shape} and {given}"
        )
    if num_categories > shape[0]:
        raise ArgumentError(
            f"{where}: there are {num_categories} categories, more than shape={shape[0]}"
        )
    return Layout(kind, shape, bool(sizes), (), True)


def unlisted(given: Any) -> tuple[list[int | None], Any]:
    """Return the sizes of the lists of a type, from outside, and what is in them.

    A list of any length has the size None.
    """
    types = pyarrow().types
    sizes: list[int | None] = []
    while True:
        given = storage(given)
        if types.is_fixed_size_list(given):
            sizes.append(given.list_size)
        elif types.is_list(given) or types.is_large_list(given):
            sizes.append(None)
        else:
            return sizes, given
        given = given.value_type


def storage(given: Any) -> Any:
    """Return the type in which an extension type, such as that of tensors, is stored."""
    while isinstance(given, pyarrow().BaseExtensionType):
        given = given.storage_type
    return given


def is_number(given: Any) -> bool:
    """Return whether a type is that of numbers or truth values."""
    types = pyarrow().types
    checks = (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal)
    return any(check(given) for check in checks)


def is_text(given: Any) -> bool:
    """Return whether a type is that of text."""
    types = pyarrow().types
    return types.is_string(given) or types.is_large_string(given) or types.is_string_view(given)


def is_pair(given: Any) -> bool:
    """Return whether a type is that of sparse samples."""
    if not pyarrow().types.is_struct(given):
        return False
    index = [given.get_field_index(name) for name in (INDICES, VALUES)]
    if min(index) < 0:
        return False
    parts = [unlisted(given.field(i).type) for i in index]
    return (
        all(sizes == [None] for sizes, _ in parts)
        and pyarrow().types.is_integer(parts[0][1])
        and is_number(parts[1][1])
    )


def _kind(where: str, given: Any, inner: Any, is_sparse: bool, num_categories: int) -> str:
    types = pyarrow().types
    if num_categories and is_sparse:
        return CATEGORIES
    if types.is_dictionary(inner) or is_text(inner):
        raise ArgumentError(
            f"{where}: {given} is read as classes: give is_sparse=True"
            + (", and categories={stream: [...]} in the order of classes" * is_text(inner))
        )
    if is_pair(inner) and is_sparse:
        return PAIRS
    if is_sparse and types.is_integer(inner):
        return CLASSES
    if is_number(inner) and not is_sparse:
        return NUMBERS
    wanted = (
        f"integers, categories, or structs of the lists '{INDICES}' and '{VALUES}'"
        if is_sparse
        else "numbers, or lists of them"
    )
    words = "sparse" if is_sparse else "dense"
    raise ArgumentError(f"{where}: a {words} stream is read from {wanted}, not from {given}")


def _inferred(where: str, given: Any, kind: str, sizes: list, num_categories: int) -> tuple:
    tensor = getattr(given, "shape", None)  # of pyarrow's fixed_shape_tensor
    if kind == CATEGORIES:
        return (num_categories,)
    if kind == NUMBERS and isinstance(tensor, (list, tuple)):
        return tuple(tensor)
    if kind == NUMBERS and None not in sizes:
        return tuple(sizes) or (1,)
    raise ArgumentError(f"{where}: {given} does not say the shape of a sample; give shape=...")


def _dims(where: str, given: Any, sizes: list, shape: tuple) -> tuple[bool, tuple[int, ...]]:
    """Return whether rows are sequences, and the sizes of the lists of a sample."""
    width = math.prod(shape)
    for is_sequence in (False, True):
        inner = sizes[1:] if is_sequence else sizes
        if is_sequence and not sizes:
            break
        if not is_sequence and width == 1 and sizes == [None]:
            continue  # a list of numbers is a sequence of them
        for dims in (shape, (width,), () if width == 1 else None):
            if dims is not None and len(dims) == len(inner):
                if all(size in (None, dim) for size, dim in zip(inner, dims)):
                    return is_sequence, dims
        if None not in inner and inner and math.prod(inner) == width:
            return is_sequence, tuple(inner)
    raise ArgumentError(
        f"{where}: {given} does not hold samples of shape={shape}, one in a row or a list of them"
    )
