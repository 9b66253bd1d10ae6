"""What a plan goes through: one pass, one file."""
