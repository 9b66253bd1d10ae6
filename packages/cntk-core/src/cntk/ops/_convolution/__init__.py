"""Convolution, transposed convolution, and the shapes of both."""
