"""Normalization over samples, channels or axes."""
