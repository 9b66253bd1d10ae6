"""Operators that change shapes: reshape, splice, transpose, pad."""
