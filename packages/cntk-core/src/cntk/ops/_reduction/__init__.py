"""Reductions: sums, means and largest elements over axes."""
