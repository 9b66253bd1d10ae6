"""Keys of sequences, by which deserializers are joined."""

from __future__ import annotations

from hashlib import blake2b

_HASHED = 1 << 63  # keys that are no numbers have this bit


def key_of(text: object, number: int) -> int:
    """Return the key of a sample: a number as it is, of another text a hash.

    Args:
        text: what the data say; None: nothing.
        number: of the sample, which is the key then.

    >>> key_of("007", 3), key_of(None, 3), key_of("a", 3) == key_of(" a", 4)
    (7, 3, True)
    """
    if text is None:
        return number
    word = str(text).strip()
    if word.isascii() and word.isdigit() and len(word) < 19:
        return int(word)
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little") | _HASHED
