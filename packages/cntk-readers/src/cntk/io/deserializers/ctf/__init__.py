"""CNTK's text format."""

from .deserializer import CTFDeserializer as CTFDeserializer
