"""What cntk-readers adds to core."""

from __future__ import annotations

from cntk.plugins import hookimpl


@hookimpl
def cntk_deserializers():
    """The deserializers of this package."""
    from cntk.io.deserializers.ctf import CTFDeserializer
    from cntk.io.deserializers.image import Base64ImageDeserializer, ImageDeserializer

    return {
        "Base64ImageDeserializer": Base64ImageDeserializer,
        "CTFDeserializer": CTFDeserializer,
        "ImageDeserializer": ImageDeserializer,
    }
