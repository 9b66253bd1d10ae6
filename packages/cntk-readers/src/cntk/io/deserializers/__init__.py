"""Deserializers by format."""
