"""What cntk-readers adds to core."""

from __future__ import annotations

from cntk.plugins import hookimpl


@hookimpl
def cntk_deserializers():
    """The deserializers of this package."""
    from cntk.io.deserializers.arrays import NumPyDeserializer
    from cntk.io.deserializers.arrow import ArrowDeserializer
    from cntk.io.deserializers.cbf import CBFDeserializer
    from cntk.io.deserializers.ctf import CTFDeserializer
    from cntk.io.deserializers.htk import HTKFeatureDeserializer, HTKMLFDeserializer
    from cntk.io.deserializers.image import Base64ImageDeserializer, ImageDeserializer
    from cntk.io.deserializers.tar import TarDeserializer

    return {
        "ArrowDeserializer": ArrowDeserializer,
        "Base64ImageDeserializer": Base64ImageDeserializer,
        "CBFDeserializer": CBFDeserializer,
        "CTFDeserializer": CTFDeserializer,
        "HTKFeatureDeserializer": HTKFeatureDeserializer,
        "HTKMLFDeserializer": HTKMLFDeserializer,
        "ImageDeserializer": ImageDeserializer,
        "NumPyDeserializer": NumPyDeserializer,
        "TarDeserializer": TarDeserializer,
    }


@hookimpl
def cntk_data_formats():
    """The formats that ``python -m cntk convert`` reads and writes."""
    from cntk.io.data_formats import formats

    return formats()


@hookimpl
def cntk_reports():
    """Who reads text, and why it is not the reader in C where that is missing."""
    from cntk.io.deserializers.ctf import native

    if native.is_available():
        return [f"text is read by C, in {native.num_threads()} threads"]
    why = f"the reader in C did not load: {native.reason()}"
    way_out = "Install a C compiler and Python's headers, then cntk-readers again"
    return [f"text is read by NumPy; {why}. {way_out}"]
