"""Backends that come with cntk-core: sets of kernels, one folder each."""
