"""What cntk-readers adds to core."""

from __future__ import annotations

from cntk.plugins import hookimpl


@hookimpl
def cntk_deserializers():
    """The deserializers of this package."""
    from cntk.io.deserializers.ctf import CTFDeserializer

    return {"CTFDeserializer": CTFDeserializer}
