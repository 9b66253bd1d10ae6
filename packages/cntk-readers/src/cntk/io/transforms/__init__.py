"""Transforms of images, for ImageDeserializer."""

from cntk.io.later import LATER, announced


def __getattr__(name: str):
    found = announced(__name__, name)
    if found is None:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return found


def __dir__():
    return sorted(LATER[__name__])
