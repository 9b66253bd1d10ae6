"""What to read: StreamDef, StreamDefs, StreamConfiguration."""

from __future__ import annotations

from numbers import Integral

from cntk.errors import ArgumentError
from cntk.record import Record


def StreamDef(  # a function with a class's name, as in CNTK 2.7
    field=None,
    shape=None,
    is_sparse=False,
    transforms=None,
    context=None,
    scp=None,
    mlf=None,
    broadcast=None,
    defines_mb_size=False,
    max_sequence_length=65535,
) -> Record:
    """Return the description of one stream, to be used with :class:`StreamDefs`.

    Args:
        field: name of the input in the file (CTF: what follows the pipe).
        shape: static shape of a sample: an int or a tuple of ints.
        is_sparse: whether values are stored as ``index:value``.
        transforms: list of transforms from ``cntk.io.transforms`` (images).
        context: frames ``(left, right)`` to add on each side (speech features).
        scp: script file or list of them (speech features).
        mlf: label file or list of them (speech labels).
        broadcast: whether the features belong to the whole sequence (speech features).
        defines_mb_size: whether this stream's samples count for the minibatch size.
        max_sequence_length: longest sequence that is read (speech), in frames.

    >>> StreamDef(field="S0", shape=943, is_sparse=True).dim
    943
    """
    given = {
        "stream_alias": field,
        "dim": shape,
        "is_sparse": is_sparse,
        "transforms": transforms,
        "context": context,
        "scp": scp,
        "mlf": mlf,
        "broadcast": broadcast,
        "defines_mb_size": bool(defines_mb_size),
        "max_sequence_length": max_sequence_length,
    }
    # names that are always there in CNTK 2.7; the others only when given
    always = ("stream_alias", "is_sparse", "defines_mb_size", "max_sequence_length")
    return Record(**{k: v for k, v in given.items() if k in always or v is not None})


class StreamDefs(Record):
    """The streams to read: ``StreamDefs(features=StreamDef(...), labels=StreamDef(...))``.

    >>> StreamDefs(x=StreamDef(field="x", shape=2)).x.stream_alias
    'x'
    """


class StreamConfiguration:
    """One stream of a text file, in the older way of writing.

    Args:
        name: name of the stream.
        dim: number of values of a sample.
        is_sparse: whether values are stored as ``index:value``.
        stream_alias: name in the file; default: ``name``.
        defines_mb_size: whether this stream's samples count for the minibatch size.
    """

    def __init__(self, name, dim, is_sparse=False, stream_alias="", defines_mb_size=False) -> None:
        self.m_stream_name = name
        self.m_dim = dim
        self.m_is_sparse = bool(is_sparse)
        self.m_stream_alias = stream_alias or name
        self.m_defines_mb_size = bool(defines_mb_size)

    def __repr__(self) -> str:
        name, alias = self.m_stream_name, self.m_stream_alias
        return f"StreamConfiguration({name!r}, {self.m_dim}, alias {alias!r})"


def sample_shape(reader: str, name: str, definition: Record) -> tuple[int, ...]:
    """Return the static shape in a stream's definition.

    Args:
        reader: deserializer, for messages.
        name: name of the stream.
        definition: what :func:`StreamDef` returned.

    Raises:
        ValueError: there is no shape, or it is not made of positive ints.
    """
    shape = definition.get("dim")
    sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    if not sizes or not all(isinstance(n, Integral) and 0 < int(n) < 2**31 for n in sizes):
        raise ArgumentError(
            f"{reader}: stream '{name}' needs shape=..., a positive int or a tuple of them, "
            f"got {shape!r}"
        )
    return tuple(int(n) for n in sizes)
