"""Layers that slide windows: convolutions, their transposes, pooling."""
