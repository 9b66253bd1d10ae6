"""Kernels in NumPy for operators whose reference is too slow to train with."""
