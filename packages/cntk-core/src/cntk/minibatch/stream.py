"""StreamInformation: what one stream of a minibatch source holds."""

from __future__ import annotations

import numpy as np

from cntk.dtypes import as_dtype, dtype_code
from cntk.errors import ArgumentError
from cntk.shape import as_shape, shape_text

_FORMATS = {"dense": 0, "sparse": 1}  # numbers of the original's StorageFormat


class StreamInformation:
    """Name, storage and static shape of a stream.

    Two are equal, and are the same key of a minibatch, when name and id are.

    Args:
        name: name of the stream.
        stream_id: number of the stream in its source.
        storage_format: 'dense' or 'sparse'.
        dtype: element type.
        shape: static shape of a sample.
        defines_mb_size: whether this stream's samples count for the minibatch size.

    >>> StreamInformation("x", 0, "dense", np.float32, (2, 3))
    x([2 x 3])
    """

    def __init__(
        self, name, stream_id, storage_format, dtype, shape, defines_mb_size=False
    ) -> None:
        if storage_format not in _FORMATS:
            raise ArgumentError(
                f"StreamInformation '{name}': storage_format is 'dense' or 'sparse', "
                f"not {storage_format!r}"
            )
        self.m_name = name
        self.m_id = stream_id
        self.m_storage_format = _FORMATS[storage_format]
        self.m_element_type = dtype_code(as_dtype(dtype))
        self.m_sample_layout = as_shape(shape)
        self.m_defines_mb_size = bool(defines_mb_size)
        self.m_is_binary = False
        self._dtype = as_dtype(dtype)

    @property
    def name(self) -> str:
        """Name of the stream."""
        return self.m_name

    @property
    def shape(self) -> tuple[int, ...]:
        """Static shape of a sample."""
        return self.m_sample_layout

    @property
    def dtype(self) -> np.dtype:
        """Element type."""
        return self._dtype

    @property
    def is_sparse(self) -> bool:
        """Whether samples are sparse."""
        return self.m_storage_format == _FORMATS["sparse"]

    def as_string(self) -> str:
        """Return e.g. ``x([2 x 3])``."""
        return f"{self.m_name}({shape_text(self.m_sample_layout)})"

    __repr__ = as_string

    def __eq__(self, other) -> bool:
        if not isinstance(other, StreamInformation):
            return NotImplemented
        return (self.m_name, self.m_id) == (other.m_name, other.m_id)

    def __hash__(self) -> int:
        return hash((self.m_name, self.m_id))
