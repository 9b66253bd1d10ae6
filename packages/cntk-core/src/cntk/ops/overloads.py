"""What signs on variables mean beyond plain operators: indexing."""
