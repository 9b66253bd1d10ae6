"""From what users feed to packed rows."""
