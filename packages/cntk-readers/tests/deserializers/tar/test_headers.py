"""Headers of tar files: what Python's tarfile writes is read, all else is refused with its byte."""

from __future__ import annotations

import io
import tarfile

import pytest

from cntk.io.deserializers.tar.headers import BLOCK, DamagedTarError, members

from .tar_files import packed

LONG = "folder/" * 30 + "name.jpg"
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def listed(data: bytes) -> list:
    return list(members(io.BytesIO(data), len(data)))


@pytest.mark.parametrize("format", FORMATS)
def test_it_agrees_with_tarfile(format):
    names = ["a.jpg", "x/é.png", "p/" * 40 + "b.cls"] + [LONG] * (format != "ustar")
    data = packed([(name, b"x" * (300 * i)) for i, name in enumerate(names)], FORMATS[format])
    found = listed(data)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        expected = archive.getmembers()
    assert [(m.name, m.offset, m.size) for m in found] == [
        (m.name, m.offset_data, m.size) for m in expected
    ]
    assert [m.header for m in found] == [m.offset for m in expected]
    assert not any(m.what for m in found)


def test_a_size_in_a_pax_header_counts():
    member = tarfile.TarInfo("a.txt")
    member.pax_headers = {"size": "3", "comment": "a=b\nc"}
    data = packed([(member, b"abc"), ("b.txt", b"")], tarfile.PAX_FORMAT)
    assert [(m.name, m.size) for m in listed(data)] == [("a.txt", 3), ("b.txt", 0)]


def test_folders_and_global_headers_are_passed_over():
    folder = tarfile.TarInfo("folder")
    folder.type = tarfile.DIRTYPE
    file = io.BytesIO()
    options = {"format": tarfile.PAX_FORMAT, "pax_headers": {"comment": "of all"}}
    with tarfile.open(fileobj=file, mode="w", **options) as archive:
        archive.addfile(folder)
        archive.addfile(tarfile.TarInfo("a"))
    assert [m.name for m in listed(file.getvalue())] == ["a"]


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (tarfile.LNKTYPE, "a hard link"),
        (tarfile.SYMTYPE, "a symbolic link"),
        (tarfile.CHRTYPE, "a character device"),
        (tarfile.BLKTYPE, "a block device"),
        (tarfile.FIFOTYPE, "a pipe"),
        (b"S", "a sparse file"),
        (b"V", "a member of kind b'V'"),
    ],
)
def test_other_members_say_what_they_are(kind, what):
    member = tarfile.TarInfo("a.jpg")
    member.type, member.linkname = kind, "b.jpg"
    assert [m.what for m in listed(packed([(member, b"")]))] == [what]


TWO = packed([("a.txt", b"x" * 600), ("b.txt", b"y")])


def signed(header: bytearray) -> bytearray:
    """Return a header with its checksum."""
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return header


def with_size(field: bytes) -> bytes:
    return bytes(signed(bytearray(TWO[:124] + field + TWO[136:BLOCK]))) + TWO[BLOCK:]


def with_pax(record: bytes) -> bytes:
    header = signed(bytearray(TWO[:124] + b"%011o\0" % len(record) + TWO[136:156] + b"x" +
                              TWO[157:BLOCK]))  # fmt: skip
    return bytes(header) + record.ljust(BLOCK, b"\0") + TWO


@pytest.mark.parametrize(
    ("data", "byte", "expected", "found"),
    [
        (b"", 0, "a header of 512 bytes", "the end of a file of 0 bytes"),
        (TWO[:700], 0, "at most 188 bytes", "a size of 600"),
        (TWO[:1536], 1536, "two empty blocks at the end", "the end of a file of 1536 bytes"),
        (TWO[:1600], 1536, "a header of 512 bytes", "of 1600 bytes"),
        (TWO[: 2560 + BLOCK], 2560, "two empty blocks", "one"),
        (TWO + TWO, 2560, "nothing after the end", "more data"),
        (b"text\n" * 200, 0, "the header of a tar file", "checksum is another"),
        (TWO[:1536] + b"?" + TWO[1537:], 1536, "the header of a tar file", "'?.txt"),
        (with_size(b"77777777777\0"), 0, "bytes, which are left", "a size of 8589934591"),
        (with_size(b"\x80" + b"\xff" * 11), 0, "bytes, which are left", f"size of {2**88 - 1}"),
        (with_size(b"\xff" * 12), 0, "a size in octal digits", r"\xff"),
        (with_size(b"9          \0"), 0, "a size in octal digits", "b'9"),
        (with_pax(b"99 path=a\n"), 512, "a record of a pax header", "99 path"),
        (with_pax(b"no record\n"), 512, "a record of a pax header", "no record"),
        (with_pax(b"0 a=b\n"), 512, "a record of a pax header", "0 a=b"),
        (with_pax(b"12 size=-90\n"), 512, "a size in decimal digits", "-90"),
        (with_pax(b"29 size=" + b"9" * 20 + b"\n"), 512, "a size in decimal digits", "999"),
        (with_pax(b"17 size=99999999\n"), 1024, "bytes, which are left", "a size of 99999999"),
    ],
)
def test_damaged_files_are_refused_with_the_byte(data, byte, expected, found):
    with pytest.raises(DamagedTarError) as caught:
        listed(data)
    assert caught.value.byte == byte
    assert expected in caught.value.expected and found in caught.value.found


def test_a_long_name_has_a_limit():
    data = packed([("a/" * 40000 + "b", b"")], tarfile.GNU_FORMAT)
    with pytest.raises(DamagedTarError, match="a long name of at most 65536 bytes"):
        listed(data)
