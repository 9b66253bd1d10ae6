"""Arrays of NumPy in files."""
