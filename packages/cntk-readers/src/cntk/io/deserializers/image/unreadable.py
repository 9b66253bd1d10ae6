"""What is raised where an image or a line cannot be used."""

from __future__ import annotations


class Unreadable(Exception):
    """Something is not as expected; whoever knows the line makes a problem of it.

    Args:
        expected: what would be well-formed.
        found: what is there.
    """

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected {expected}, found {found}")
        self.expected, self.found = expected, found


def shown(text: str, most: int = 80) -> str:
    """Return a text in quotes, cut if it is long."""
    return repr(text if len(text) <= most else text[:most] + "...")
