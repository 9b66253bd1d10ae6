"""Loops over time: found in a graph, run step by step, differentiated."""
