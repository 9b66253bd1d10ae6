"""The messages of the format, byte by byte: package ``CNTK.proto``, proto3."""
