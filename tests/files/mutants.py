"""Mutants of model files that are still shaped like files: trees of messages, changed and encoded.

``python -m tests.files.mutants 1000000`` loads that many and prints what became of them.
"""

from __future__ import annotations

import random
import resource
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from cntk.storage.messages.wire_writer import encode_varint

INTERESTING = [0, 1, 2, 3, 5, 7, 44, 57, 98, 127, 128, 255, 2**31 - 1, 2**31, 2**32, 2**53,
               2**62, 2**63 - 1, 2**63, 2**64 - 4, 2**64 - 3, 2**64 - 2, 2**64 - 1]  # fmt: skip
VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
DEEPEST = 40
LARGEST_LEAF = 4096  # bytes of values: they are not looked into
WARM = 200  # mutants after which all is imported that is imported at first need


class Node:
    """One field of a message: number, wire type, and a number, bytes, or the fields inside.

    ``kept`` is its encoding, as long as nothing in it changes.
    """

    __slots__ = ("content", "kept", "number", "wire")

    def __init__(self, number: int, wire: int, content) -> None:
        self.number, self.wire, self.content = number, wire, content
        self.kept: bytes | None = None


def parsed(content: bytes, depth: int = 0) -> list[Node] | None:
    """Return the fields of a message; None if the bytes are none, as far as one can see."""
    fields, at = [], 0
    while at < len(content):
        tag = _varint(content, at)
        if tag is None or not 0 < tag[0] >> 3 < 2000:
            return None
        at, number, wire = tag[1], tag[0] >> 3, tag[0] & 7
        if wire == VARINT:
            found = _varint(content, at)
            if found is None:
                return None
            value, at = found
        elif wire in (FIXED32, FIXED64):
            size = 4 if wire == FIXED32 else 8
            value, at = content[at : at + size], at + size
        elif wire == LENGTH:
            found = _varint(content, at)
            if found is None or found[0] > len(content) - found[1]:
                return None
            value, at = content[found[1] : found[1] + found[0]], found[1] + found[0]
            if depth < DEEPEST and 0 < len(value) < LARGEST_LEAF or not depth:
                value = parsed(value, depth + 1) or value
        else:
            return None
        if at > len(content):
            return None
        fields.append(Node(number, wire, value))
    return fields


def _varint(content: bytes, at: int) -> tuple[int, int] | None:
    value = shift = 0
    while at < len(content) and shift < 70:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    return None


def encoded(fields: list[Node]) -> bytes:
    """Return the bytes of fields, each length as it is now."""
    return b"".join(field.kept or _encoded_field(field) for field in fields)


def _encoded_field(field: Node) -> bytes:
    start, content = encode_varint(field.number << 3 | field.wire), field.content
    if isinstance(content, int):
        return start + encode_varint(content)
    if isinstance(content, list):
        content = encoded(content)
    return start + (encode_varint(len(content)) if field.wire == LENGTH else b"") + content


class Mutator:
    """Makes mutants of one file.

    Args:
        content: the file, without a checksum, which would find all mutants first.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        tree = parsed(content)
        assert tree is not None and encoded(tree) == content
        self._tree = tree
        self._places = list(_places(tree, ()))
        for _, _, node in reversed(self._places):  # from the inside out
            node.kept = _encoded_field(node)

    def mutant(self, chance: random.Random) -> bytes:
        """Return another mutant."""
        undo: list[Callable[[], None]] = []
        for _ in range(chance.choice([1, 1, 1, 2, 3])):
            self._change(chance, undo)
        content = encoded(self._tree)
        for step in reversed(undo):
            step()
        return self._bend(content, chance) if chance.random() < 0.2 else content

    def _change(self, chance: random.Random, undo: list[Callable[[], None]]) -> None:
        """Change the tree at one place; note how to change it back."""
        around, siblings, node = chance.choice(self._places)
        for one in (*around, node):
            undo.append(partial(setattr, one, "kept", one.kept))
            one.kept = None
        kind = chance.randrange(8)
        if kind < 4 and any(one is node for one in siblings):
            before = list(siblings)
            undo.append(lambda: siblings.__setitem__(slice(None), before))
            position = next(i for i, one in enumerate(siblings) if one is node)
            if kind == 0:
                del siblings[position]
            elif kind == 1:
                siblings.insert(chance.randrange(len(siblings) + 1), node)
            elif kind == 2:
                chance.shuffle(siblings)
            else:  # what belongs elsewhere; a copy, so that nothing contains itself
                other = chance.choice(self._places)[2]
                siblings[position] = Node(node.number, other.wire, _bytes_of(other))
            return
        before = node.number, node.wire, node.content
        undo.append(lambda: _set(node, before))
        if kind == 4:
            node.number = chance.choice([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 1000])
        elif kind == 5:
            wraps = chance.choice([1, 5, 60, 2000])
            content = _bytes_of(node)
            for _ in range(wraps if isinstance(content, bytes) and len(content) < 500 else 0):
                content = encode_varint(node.number << 3 | LENGTH) + encode_varint(
                    len(content)
                ) + content  # fmt: skip
            node.wire, node.content = (LENGTH, content) if wraps else (node.wire, node.content)
            if isinstance(node.content, int):
                node.content = encode_varint(node.content)
        elif isinstance(node.content, int):
            step = node.content + chance.choice([-1, 1])
            node.content = chance.choice([*INTERESTING, max(step, 0) % 2**64])
        elif isinstance(node.content, bytes):
            node.content = self._other_bytes(node.content, chance)
        else:
            number = chance.choice(INTERESTING)
            node.content = encode_varint(1 << 3) + encode_varint(number)

    def _other_bytes(self, content: bytes, chance: random.Random) -> bytes:
        kind = chance.randrange(5)
        if kind == 0:
            return content[: chance.randrange(len(content) + 1)]
        if kind == 1:
            return content + chance.randbytes(chance.randint(1, 9))
        if kind == 2:  # perhaps another uid, name or key
            other = _bytes_of(chance.choice(self._places)[2])
            return other if isinstance(other, bytes) else content
        if kind == 3:
            return b"".join(encode_varint(chance.choice(INTERESTING)) for _ in range(3))
        return self._bend(content, chance) if content else b"\xff\xfe"

    @staticmethod
    def _bend(content: bytes, chance: random.Random) -> bytes:
        """Return bytes with some of them changed, cut out or put in."""
        bent = bytearray(content)
        for _ in range(chance.randint(1, 3)):
            at, kind = chance.randrange(len(bent) or 1), chance.randrange(4)
            if kind == 0 and bent:
                bent[at] ^= 1 << chance.randrange(8)
            elif kind == 1:
                bent[at : at + 1] = encode_varint(chance.choice(INTERESTING))
            elif kind == 2:
                del bent[at : at + chance.randint(1, 9)]
            else:
                bent = bent[:at] if chance.random() < 0.1 else bent
        return bytes(bent)


def _places(fields: list[Node], around: tuple[Node, ...]):
    """Yield each node with those around it and those beside it."""
    for field in fields:
        yield around, fields, field
        if isinstance(field.content, list):
            yield from _places(field.content, (*around, field))


def _bytes_of(node: Node):
    return encoded(node.content) if isinstance(node.content, list) else node.content


def _set(node: Node, before: tuple) -> None:
    node.number, node.wire, node.content = before


class Watch:
    """Sees what Python's audit hooks see while it is on: a load opens, imports and runs nothing."""

    HARMFUL = ("import", "exec", "compile", "open", "os.", "socket.", "subprocess.", "ctypes.",
               "pickle.", "marshal.", "shutil.", "tempfile.")  # fmt: skip

    def __init__(self) -> None:
        self.is_on = False
        self.events: list[tuple] = []
        sys.addaudithook(self._record)

    def _record(self, event: str, arguments: tuple) -> None:
        if self.is_on and event.startswith(self.HARMFUL):
            self.events.append((event, str(arguments)[:200]))


@cache
def _watch() -> Watch:
    """Return the watch of this process: audit hooks stay for ever."""
    return Watch()


@cache
def sources() -> dict[str, bytes]:
    """Return small files of many kinds, without checksums."""
    from cntk.graph.files import model_dictionary
    from cntk.storage import dictionary_bytes, read_dictionary, seal

    from .networks import GRAPHS

    found = {}
    for make in GRAPHS:
        if make.__name__ not in ("a_user_function", "names_of_all_alphabets"):
            dictionary = model_dictionary(make()[0])
            found[make.__name__] = dictionary_bytes(dictionary)[seal.FIELD_SIZE :]
    golden = Path(__file__).resolve().parents[1] / "data" / "golden" / "models"
    for name in ("mlp", "rnn_step", "free_dimension", "user_blocks", "with_losses", "float64"):
        content = (golden / f"{name}.model").read_bytes()
        found[name] = content
        read_dictionary(content)
    return found


def peak_memory() -> int:
    """Return the most memory that the process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(count: int, seed: int = 0, seconds: float = float("inf")) -> Counter:
    """Load mutants; return how many loaded and how many were refused, by class and worst times.

    Raises:
        AssertionError: one was neither, took too long, or did something.
    """
    import cntk as C
    from cntk.storage import ModelFileError

    chance, outcome = random.Random(seed), Counter()
    mutators = [Mutator(content) for content in sources().values()]
    watch = _watch()
    started, slowest = time.monotonic(), 0.0
    for number in range(count):
        mutant = mutators[number % len(mutators)].mutant(chance)
        begun = time.perf_counter()
        watch.is_on = True
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                C.Function.load(mutant)
            what = "loaded"
        except ModelFileError as error:
            what = type(error).__name__
            assert str(error).startswith("<bytes>, byte "), (number, str(error))
        except BaseException as error:
            watch.is_on = False
            Path(f"mutant-{seed}-{number}.model").write_bytes(mutant)
            raise AssertionError(f"mutant {number} of seed {seed}: {error!r:.300}") from error
        finally:
            watch.is_on = False
        took = time.perf_counter() - begun
        slowest = max(slowest, took)
        outcome[what] += 1
        if number < WARM:
            watch.events.clear()
        if watch.events:
            raise AssertionError(f"mutant {number} of seed {seed} did {watch.events[:3]}")
        if time.monotonic() - started > seconds:
            break
    outcome["slowest, ms"] = int(slowest * 1000)
    outcome["peak, MB"] = peak_memory()
    return outcome


if __name__ == "__main__":
    begun = time.monotonic()
    print(dict(run(int(sys.argv[1]), *map(int, sys.argv[2:3]))))
    print(f"{time.monotonic() - begun:.0f} s")
