"""The operators behind ``cntk.sequence``, and those between batches and sequences."""
