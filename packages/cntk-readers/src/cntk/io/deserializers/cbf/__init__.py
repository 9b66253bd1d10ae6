"""CNTK's binary format."""

from .deserializer import CBFDeserializer as CBFDeserializer
