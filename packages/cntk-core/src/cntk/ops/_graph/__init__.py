"""Functions that make leaves of the graph, and functions of functions."""
