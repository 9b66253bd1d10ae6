"""Training sessions: what they are told, where their data come from, what they save."""
