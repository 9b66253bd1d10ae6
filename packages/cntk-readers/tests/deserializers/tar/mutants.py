"""Tar files with changes that keep the checksums of headers right, so that they are looked at."""

from __future__ import annotations

import random

BLOCK = 512
_SIZES = [b"00000000000\0", b"77777777777\0", b"00000001000\0", b"\x80" + b"\xff" * 11,
          b"\x80" + bytes(3) + b"\x7f" + b"\xff" * 7, b"\xff" * 12, b"9" * 12,
          b" " * 12]  # fmt: skip
_NAMES = [b"../../a.png", b"/etc/a.cls", b"a", b".", b"./", b"a.", b".png", b"x" * 100, b"\xff.cls",
          b"data/0001.png", b"data/0001.cls", b""]  # fmt: skip


def mutant(body: bytes, source: random.Random) -> bytes:
    """Return a tar file with a few changes of headers, contents and order."""
    new = bytearray(body)
    for _ in range(source.randint(1, 3)):
        at = source.randrange(max(1, len(new) // BLOCK)) * BLOCK
        kind = source.randrange(7)
        if kind == 0:
            new[at + 124 : at + 136] = source.choice(_SIZES)
        elif kind == 1:
            new[at + 156 : at + 157] = source.choice(b"01234567xgLKSV\0").to_bytes(1, "big")
        elif kind == 2:
            new[at : at + 100] = source.choice(_NAMES).ljust(100, b"\0")
        elif kind == 3:
            new[source.randrange(len(new))] = source.randrange(256)
        elif kind == 4:
            del new[at : at + BLOCK * source.randint(1, 4)]
        elif kind == 5:
            new[at:at] = new[at : at + BLOCK * source.randint(1, 6)]
        else:
            del new[source.randrange(len(new)) :]
        if source.random() < 0.8 and len(new) >= at + BLOCK:
            new[at + 148 : at + 156] = b" " * 8
            new[at + 148 : at + 156] = b"%06o\0 " % sum(new[at : at + BLOCK])
        new = new or bytearray(1)
    return bytes(new)
