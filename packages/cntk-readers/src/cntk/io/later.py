"""Names of CNTK 2.7 that a later release brings: they exist, and calling one says so."""

from __future__ import annotations

from collections.abc import Callable

from cntk.errors import UnsupportedError

LATER = {
    "cntk.io": (
        "Base64ImageDeserializer",
        "CBFDeserializer",
        "HTKFeatureDeserializer",
        "HTKMLFBinaryDeserializer",
        "HTKMLFDeserializer",
        "ImageDeserializer",
        "LatticeDeserializer",
    ),
    "cntk.io.transforms": ("color", "crop", "mean", "scale"),
}


def announced(module: str, name: str) -> Callable | None:
    """Return a function that says that ``module.name`` comes later, None for other names.

    Scripts import such names beside those that they use, so importing must work.

    >>> announced("cntk.io", "CBFDeserializer")("train.cbf")
    Traceback (most recent call last):
        ...
    cntk.errors.UnsupportedError: cntk.io.CBFDeserializer is not in this release of cntk-readers.
      try: CTFDeserializer, a UserDeserializer, or a package that offers it by the hook ...
    """
    if name not in LATER[module]:
        return None

    def unavailable(*args, **kwargs):
        raise UnsupportedError(
            f"{module}.{name} is not in this release of cntk-readers.\n"
            "  try: CTFDeserializer, a UserDeserializer, or a package that offers it by the hook "
            "cntk_deserializers"
        )

    unavailable.__name__ = unavailable.__qualname__ = name
    unavailable.__module__ = module
    unavailable.__doc__ = f"{name} of CNTK 2.7; it comes with a later release."
    return unavailable
