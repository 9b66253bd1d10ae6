"""Samples in tar files, as WebDataset writes them."""

from .deserializer import TarDeserializer as TarDeserializer
