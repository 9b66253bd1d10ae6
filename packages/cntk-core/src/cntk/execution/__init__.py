"""Execution: graphs become plans, plans run on data."""
