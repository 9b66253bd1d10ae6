"""Shapes: reshape, slice, splice, transpose, gather."""
