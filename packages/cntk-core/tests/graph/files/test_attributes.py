"""Attributes and axes as typed values."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.axis import ALL_AXES, ALL_STATIC_AXES, BATCH_AXIS, NEW_LEADING_AXIS, SEQUENCE_AXIS, Axis
from cntk.graph.files.attributes import (
    any_from_stored,
    any_to_stored,
    axis_of,
    from_stored,
    kind_of,
    stored_axis,
    to_stored,
)
from cntk.operators.stored import KINDS, Attribute
from cntk.storage import Dictionary, Double, Float, Int, ModelFileError, Shape, SizeT, StoredAxis

# as CNTK 2.7 stores them
AXES = {
    -1: StoredAxis(0, "staticAxisIdx=0", True),
    0: StoredAxis(-1, "staticAxisIdx=-1", True),
    BATCH_AXIS: StoredAxis(2147483647, "defaultBatchAxis", False),
    SEQUENCE_AXIS: StoredAxis(2147483647, "defaultDynamicAxis", True),
    Axis("own"): StoredAxis(2147483647, "own", True),
    ALL_STATIC_AXES: StoredAxis(2147483646, "AllStaticAxes", False),
    NEW_LEADING_AXIS: StoredAxis(2147483644, "staticAxisIdx=2147483644", True),
    ALL_AXES: StoredAxis(2147483643, "AllAxes", False),
}


@pytest.mark.parametrize("axis", AXES, ids=str)
def test_axes_are_stored_as_in_the_original(axis):
    assert stored_axis(axis) == AXES[axis]
    assert axis_of(AXES[axis]) == axis


def test_a_static_axis_object_is_stored_as_its_number():
    assert stored_axis(Axis(1)) == stored_axis(1) == StoredAxis(-2, "staticAxisIdx=-2", True)


VALUES = {
    "B": (True, True),
    "I": (-3, Int(-3)),
    "Z": (3, SizeT(3)),
    "F": (0.5, Float(0.5)),
    "D": (0.1, Double(0.1)),
    "S": ("Sum", "Sum"),
    "N": ((2, -1), Shape((2**64 - 1, 2))),
    "Ax": (-1, AXES[-1]),
    "T": (np.dtype("float16"), Int(4)),
    "B*": ((True, False), [True, False]),
    "I*": ((1, -2), [Int(1), Int(-2)]),
    "Z*": ((1, 2), [SizeT(1), SizeT(2)]),
    "D*": ((0.5,), [Double(0.5)]),
    "F*": ((0.5,), [Float(0.5)]),
    "Ax*": ((-1, BATCH_AXIS), [AXES[-1], AXES[BATCH_AXIS]]),
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_goes_there_and_back(kind):
    value, stored = VALUES[kind]
    attribute = Attribute("key", kind)
    found = to_stored(attribute, value)
    assert type(found) is type(stored) and found == stored
    assert from_stored(attribute, stored, "f") == value


def test_a_reversed_vector_is_reversed_in_the_file():
    attribute = Attribute("axisVec", "Ax*", reverse=True)
    assert to_stored(attribute, (-1, 0)) == [AXES[0], AXES[-1]]
    assert from_stored(attribute, [AXES[0], AXES[-1]], "f") == (-1, 0)


@pytest.mark.parametrize(
    "kind, value",
    [("I", SizeT(1)), ("Z", Int(1)), ("D", Float(1)), ("B", Int(1)), ("Z*", SizeT(1))],
)
def test_another_type_is_refused(kind, value):
    with pytest.raises(ModelFileError, match="key 'key' of function 'Plus3' has the wrong type"):
        from_stored(Attribute("key", kind), value, "function 'Plus3'")


def test_another_type_in_a_vector_is_refused():
    with pytest.raises(ModelFileError, match="wrong type"):
        from_stored(Attribute("key", "Z*"), [SizeT(1), Int(1)], "f")


@pytest.mark.parametrize("kind", sorted(KINDS - {"T"}))
def test_the_kind_of_a_stored_value_is_found(kind):
    assert kind_of(VALUES[kind][1]) == kind


def test_values_that_are_no_attributes_have_no_kind():
    for value in (None, Dictionary(), [SizeT(1), Int(1)], [[]], np.ones(1)):
        assert kind_of(value) is None
    assert kind_of([]) == "Z*"


@pytest.mark.parametrize(
    "value", [None, True, 3, 2**40, 0.5, "text", (1, ("a", -1.5)), Axis("own"), np.dtype("f8")]
)
def test_arguments_without_a_declared_form_go_there_and_back(value):
    assert any_from_stored(any_to_stored(value)) == value


def test_an_argument_that_files_cannot_hold_is_refused():
    with pytest.raises(TypeError, match="function cannot be saved"):
        any_to_stored((1, lambda: 1))
