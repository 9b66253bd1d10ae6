"""Arrays that NumPy and SciPy saved."""

from .deserializer import NumPyDeserializer as NumPyDeserializer
