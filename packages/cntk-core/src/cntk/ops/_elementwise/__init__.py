"""Arithmetic, comparison and elementary functions: operands broadcast."""
