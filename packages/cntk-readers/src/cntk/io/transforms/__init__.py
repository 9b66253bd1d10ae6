"""Transforms of images, for ImageDeserializer."""

from cntk.namespace import attribute_getter

__getattr__ = attribute_getter(__name__)
