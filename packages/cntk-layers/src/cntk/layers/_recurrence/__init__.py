"""Layers over time: cells, recurrences, delays and windows."""
