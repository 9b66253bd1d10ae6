"""What this package asks of oneDNN: its C interface, and the primitives made with it."""
