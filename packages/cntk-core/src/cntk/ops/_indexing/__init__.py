"""Operators that pick parts of tensors, by range, by index or by size."""
