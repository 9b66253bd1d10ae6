"""What Google's protobuf reads from our bytes, and what we read from its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from cntk.storage import dictionary_bytes, read_dictionary

from .referee import Referee
from .samples import DICTIONARIES, GOLDEN_FILES, one_of_each, typed

PACKED, UNPACKED = Referee(), Referee(packed=False)


@settings(max_examples=80, deadline=None)
@given(DICTIONARIES)
def test_protobuf_reads_what_we_write(dictionary):
    assert typed(PACKED.read(dictionary_bytes(dictionary))) == typed(dictionary)


@settings(max_examples=80, deadline=None)
@given(DICTIONARIES)
def test_we_read_what_protobuf_writes(dictionary):
    assert typed(read_dictionary(PACKED.write(dictionary))) == typed(dictionary)
    assert typed(read_dictionary(UNPACKED.write(dictionary))) == typed(dictionary)


def test_every_type_is_read_alike():
    dictionary = one_of_each()
    assert typed(PACKED.read(dictionary_bytes(dictionary))) == typed(dictionary)
    assert typed(read_dictionary(UNPACKED.write(dictionary))) == typed(dictionary)


@pytest.mark.parametrize("path", GOLDEN_FILES, ids=lambda path: path.name)
def test_files_of_the_original_are_read_alike(path):
    assert typed(read_dictionary(path)) == typed(PACKED.read(path.read_bytes()))


def test_the_deepest_dictionary_that_we_write_is_read_by_protobuf():
    deep = one_of_each()
    with pytest.raises(ValueError, match="nested too deep"):
        while True:
            content, deep = dictionary_bytes(deep), {"deeper": [deep]}
    assert (
        typed(read_dictionary(content)) == typed(PACKED.read(content)) == typed(deep["deeper"][0])
    )
