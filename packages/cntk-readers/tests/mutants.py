"""Files with a few changes, for readers of untrusted data."""

from __future__ import annotations

import random

WORDS = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def mutant(body: bytes, source: random.Random) -> bytes:
    """Return a body with a few changes: bytes, words of numbers, cuts and repeated parts."""
    new = bytearray(body)
    for _ in range(source.randint(1, 3)):
        kind, at = source.randrange(4), source.randrange(max(1, len(new)))
        if kind == 0 and new:
            new[at] = source.randrange(256)
        elif kind == 1:
            at -= at % 4
            new[at : at + 4] = source.choice(WORDS).to_bytes(4, source.choice(["little", "big"]))
        elif kind == 2:
            del new[at : at + source.randint(1, 40)]
        else:
            new[at:at] = new[at : at + source.randint(1, 40)]
    return bytes(new)
