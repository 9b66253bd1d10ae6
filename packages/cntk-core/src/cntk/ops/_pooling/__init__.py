"""Pooling, unpooling, and their shapes."""
