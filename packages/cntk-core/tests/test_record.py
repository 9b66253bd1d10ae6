"""Record: reading by attribute, and that nothing changes it."""

from __future__ import annotations

import copy
import pickle
from operator import attrgetter

import pytest

from cntk.record import Record


def test_entries_are_attributes():
    record = Record(loss=0.5, samples=4)
    assert (record.loss, record["samples"]) == (0.5, 4)
    assert record == {"loss": 0.5, "samples": 4} and repr(record) == "{'loss': 0.5, 'samples': 4}"


def test_entries_come_before_methods_of_dict():
    record = Record(values=1, items=2, keys=3)
    assert (record.values, record.items, record.keys) == (1, 2, 3)
    assert dict(**record) == {"values": 1, "items": 2, "keys": 3}


def test_updated_with_returns_a_copy():
    record = Record(a=1, b=2)
    assert record.updated_with(b=3, c=4) == Record(a=1, b=3, c=4)
    assert record.updated_with(c=4).c == 4 and record == Record(a=1, b=2)


def test_a_missing_entry():
    with pytest.raises(AttributeError, match="record has no attribute 'c'; it has a, b"):
        attrgetter("c")(Record(a=1, b=2))
    assert not hasattr(Record(), "anything") and getattr(Record(a=1), "b", 5) == 5


@pytest.mark.parametrize(
    "change",
    [
        lambda record: setattr(record, "a", 2),
        lambda record: setattr(record, "c", 2),
        lambda record: delattr(record, "a"),
        lambda record: record.__setitem__("a", 2),
        lambda record: record.__delitem__("a"),
        lambda record: record.update(a=2),
        lambda record: record.setdefault("b", 2),
        lambda record: record.pop("a"),
        lambda record: record.popitem(),
        lambda record: record.clear(),
        lambda record: record.__ior__({"a": 2}),
    ],
)
def test_nothing_changes_it(change):
    record = Record(a=1)
    with pytest.raises(AttributeError, match="record is immutable"):
        change(record)
    assert record == {"a": 1} and record.a == 1


@pytest.mark.parametrize(
    "clone", [copy.copy, copy.deepcopy, lambda r: pickle.loads(pickle.dumps(r))]
)
def test_copies_are_records(clone):
    twin = clone(Record(a=[1], keys=2))
    assert type(twin) is Record and twin == {"a": [1], "keys": 2} and twin.keys == 2
