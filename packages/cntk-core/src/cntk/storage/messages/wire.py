"""A reader of the protobuf wire format that trusts nothing.

It never reads past the end of the message it is in, so a length in the file can claim no
more than the file has. What it builds in memory is charged to an allowance that grows with the
file, so that no small file makes a big process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

from cntk.storage.messages.schema import LENGTH, VARINT, Message
from cntk.storage.stream import ByteReader

# Protobuf's own parser, CNTK 2.7's too, gives up below 100 nested messages.
MOST_NESTED_MESSAGES = 100
FREE_MEMORY = 64 * 2**20
MEMORY_PER_FILE_BYTE = 4

# Keys and types occur once per node: one string serves all of them.
LONGEST_KEPT_NAME = 64
MOST_KEPT_NAMES = 1000


class WireReader(ByteReader):
    """A cursor over the messages of one file.

    Args:
        stream: see ByteReader.
        size: see ByteReader.
        file: see ByteReader.
        skips_values: go past the values of arrays, which then have a type and a shape alone.
    """

    def __init__(self, stream: BinaryIO, size: int, file: str, skips_values: bool = False) -> None:
        super().__init__(stream, size, file)
        self.skips_values = skips_values
        self.wire = VARINT
        self.path: list[str | int] = []
        self._depth = 0
        self._names: dict[bytes, str] = {}
        self._memory = FREE_MEMORY + MEMORY_PER_FILE_BYTE * size

    def message(self, message: Message) -> Iterator[str]:
        """Yield the name of each field of the message that starts here with its length.

        The caller reads each field before it asks for the next; the field's wire type is in
        ``wire``.
        """
        end = self.length() + self.position
        return self.fields(message, end)

    def fields(self, message: Message, end: int) -> Iterator[str]:
        """Yield the name of each field of a message that goes from here to ``end``."""
        outer_end, self.end = self.end, end
        self._depth += 1
        if self._depth > MOST_NESTED_MESSAGES:
            self.fail(f"messages are nested more than {MOST_NESTED_MESSAGES} deep")
        seen = set()
        while self.position < end:
            start = self.position
            tag = self.varint()
            field = message.by_tag.get(tag)
            if field is None:
                self._refuse_field(message, tag, start)
            self.wire = tag & 7
            if not field.repeated:
                if field.number in seen:
                    self.fail(f"field {field.name} of {message.name} occurs twice", offset=start)
                seen.add(field.number)
            yield field.name
        self.end = outer_end
        self._depth -= 1

    def _refuse_field(self, message: Message, tag: int, start: int) -> NoReturn:
        field = message.by_number.get(tag >> 3)
        if field is None:
            self.fail(f"message {message.name} has no field {tag >> 3}", offset=start)
        self.fail(
            f"field {field.name} of {message.name} has wire type {tag & 7}",
            offset=start,
            expected=f"the wire type of {field.kind}",
        )

    def varint(self) -> int:
        """Return an unsigned integer of up to 64 bits."""
        position = self.position
        at = position - self._window_start
        if position < self.end and at < len(self._window) and self._window[at] < 0x80:
            self.position = position + 1  # most numbers are one byte, and there are many
            return self._window[at]
        return self._long_varint()

    def _long_varint(self) -> int:
        byte = self.next_byte()
        if byte < 0x80:
            return byte
        value, shift = byte & 0x7F, 7
        while byte >= 0x80:
            if shift > 63:
                self.fail("a number is longer than 64 bits")
            byte = self.next_byte()
            value |= (byte & 0x7F) << shift
            shift += 7
        if value >= 2**64:
            self.fail("a number is longer than 64 bits")
        return value

    def int32(self) -> int:
        """Return a signed integer; negative ones fill the 64 bits of the wire."""
        value = self.varint()
        signed = value - 2**64 if value >= 2**63 else value
        if not -(2**31) <= signed < 2**31:
            self.fail("a number does not fit its type", expected="32 bits", actual=signed)
        return signed

    def truth(self) -> bool:
        """Return a truth value, which is 0 or 1 and nothing else."""
        value = self.varint()
        if value > 1:
            self.fail("a truth value is neither 0 nor 1", actual=value)
        return value == 1

    def float32(self) -> float:
        """Return a 32-bit number."""
        return struct.unpack("<f", self.take(4))[0]

    def float64(self) -> float:
        """Return a 64-bit number."""
        return struct.unpack("<d", self.take(8))[0]

    def text(self) -> str:
        """Return a string with its length before it."""
        start = self.position
        length = self.length()
        if length > LONGEST_KEPT_NAME:
            self.charge(4 * length)
        encoded = self.take(length)
        text = self._names.get(encoded)
        if text is None:
            try:
                text = encoded.decode("utf-8")
            except UnicodeDecodeError as error:
                self.fail("a text is not UTF-8", offset=start, actual=error.reason)
            self.charge(60)
            if length <= LONGEST_KEPT_NAME and len(self._names) < MOST_KEPT_NAMES:
                self._names[encoded] = text
        return text

    def varints(self) -> Iterator[int]:
        """Yield what a repeated number holds here: one, or a packed run of them."""
        if self.wire != LENGTH:
            yield self.varint()
            return
        end = self.length() + self.position
        while self.position < end:
            yield self.varint()
        if self.position > end:
            self.fail("a packed run of numbers ends within a number")

    def run(self, item_size: int) -> int:
        """Return how many bytes of a repeated fixed-size number follow: one item, or a run."""
        if self.wire != LENGTH:
            if item_size > self.end - self.position:
                self.fail("the message ends too early")
            return item_size
        length = self.length()
        if length % item_size:
            self.fail("a packed run ends within a number", actual=f"{length} bytes")
        return length

    def length(self) -> int:
        """Return a length, which is no more than what is left of the message around it."""
        start = self.position
        length = self.varint()
        left = self.end - self.position
        if length > left:
            self.fail(
                "a length goes beyond its surroundings",
                offset=start,
                expected=f"at most {left} bytes",
                actual=f"{length} bytes",
            )
        return length

    def charge(self, count: int) -> None:
        """Charge what a value takes in memory, in bytes, to the file's allowance."""
        self._memory -= count
        if self._memory < 0:
            self.fail(
                "the values need far more memory than the file has bytes",
                expected=f"at most {FREE_MEMORY >> 20} MiB and {MEMORY_PER_FILE_BYTE} times "
                f"the {self.size} bytes of the file",
            )

    def restart(self) -> None:
        """Go back to the start of the file."""
        super().restart()
        self._depth = 0
        self.path.clear()

    def where(self) -> str:
        """Return the place in the dictionary as a user would write it."""
        steps = (f"[{step}]" if isinstance(step, int) else f".{step:.60}" for step in self.path)
        return "".join(steps).lstrip(".").encode("unicode_escape").decode("ascii")
