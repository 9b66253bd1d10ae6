"""The commands of ``python -m cntk``."""
