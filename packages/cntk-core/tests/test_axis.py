from __future__ import annotations

import itertools

import pytest

import cntk as C
from cntk.axis import Axis, static_index

fresh = (f"name{n}" for n in itertools.count())


def flags(axis):
    return axis.is_static_axis, axis.is_sequence_axis, axis.is_batch_axis, axis.is_ordered


@pytest.mark.parametrize(
    "axis, text, expected, index",
    [
        (Axis(0), "staticAxisIdx=0", (True, False, False, True), 0),
        (Axis(-2), "staticAxisIdx=-2", (True, False, False, True), -2),
        (Axis("foo"), "foo", (False, True, False, True), 2147483647),
        (Axis("bar", False), "bar", (False, False, True, False), 2147483647),
        (Axis(), "", (False, True, False, True), 2147483647),
        (Axis.default_batch_axis(), "defaultBatchAxis", (False, False, True, False), 2147483647),
        (Axis.default_dynamic_axis(), "defaultDynamicAxis", (False, True, False, True), 2147483647),
        (Axis.all_static_axes(), "AllStaticAxes", (False,) * 4, 2147483646),
        (Axis.unknown_dynamic_axes()[0], "UnknownAxes", (False,) * 4, 2147483645),
        (Axis.all_axes(), "AllAxes", (False,) * 4, 2147483643),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_names_flags_and_indices(axis, text, expected, index):
    assert axis.name == text
    assert str(axis) == repr(axis) == f"Axis('{text}')"
    assert flags(axis) == expected
    assert axis.static_axis_index(False) == index
    if axis.is_static_axis:
        assert axis.static_axis_index() == index
    else:
        with pytest.raises(ValueError, match="^Cannot query the static axis index for a non-stat"):
            axis.static_axis_index()


def test_the_position_before_the_first_static_axis():
    axis = Axis.new_leading_axis()
    assert axis == Axis.end_static_axis()
    assert repr(axis) == "Axis('staticAxisIdx=2147483644')"
    assert axis.static_axis_index(False) == 2147483644


def test_the_number_of_a_kind_makes_an_axis_of_it():
    assert Axis(2147483646) == Axis.all_static_axes()
    assert Axis(2147483643) == Axis.all_axes()


def test_dynamic_axes_are_equal_by_name():
    assert Axis("t") == Axis("t")
    assert hash(Axis("t")) == hash(Axis("t", False))
    assert Axis("t") == Axis("t", False)
    assert Axis("t") != Axis("u")
    assert Axis() == Axis("")
    assert Axis("defaultDynamicAxis") == Axis.default_dynamic_axis()


def test_static_axes_are_equal_by_index():
    assert Axis(1) == Axis(1)
    assert Axis(1) != Axis(-1)
    assert Axis(0) != None  # noqa: E711
    assert {Axis(0): "first"}[Axis(0)] == "first"


def test_the_name_of_the_batch_axis_makes_the_batch_axis():
    assert flags(Axis("defaultBatchAxis")) == flags(Axis.default_batch_axis())
    x = C.input_variable(2, dynamic_axes=[Axis("defaultBatchAxis")], name="x")
    assert str(x) == "Input('x', [#], [2])"


def test_unique_names_count_from_the_second_on():
    a, b = next(fresh), next(fresh)
    made = [Axis.new_unique_dynamic_axis(name).name for name in (a, a, a, b, a, b)]
    assert made == [a, f"{a}1", f"{a}2", b, f"{a}3", f"{b}1"]


def test_a_unique_name_is_none_that_exists():
    name = next(fresh)
    Axis(name)
    Axis(f"{name}2")
    made = [Axis.new_unique_dynamic_axis(name).name for _ in range(2)]
    assert made == [f"{name}1", f"{name}3"]
    assert Axis.new_unique_dynamic_axis(f"{name}1").name == f"{name}11"


@pytest.mark.parametrize("wrong", [1.5, None, [1], True])
def test_what_is_no_axis(wrong):
    with pytest.raises(TypeError, match="Axis takes an int .static. or a str .dynamic."):
        Axis(wrong)


def test_default_axes_of_inputs():
    both = (Axis.default_batch_axis(), Axis.default_dynamic_axis())
    assert Axis.default_input_variable_dynamic_axes() == both


@pytest.mark.parametrize("axis, index", [(0, 0), (-1, 1), (Axis(1), 1), (Axis(-2), 0)])
def test_static_index(axis, index):
    assert static_index(axis, 2) == index


@pytest.mark.parametrize("axis", [2, -3, Axis(2)])
def test_static_index_out_of_bounds(axis):
    with pytest.raises(ValueError, match="is out of bounds for the rank '2' it applies to"):
        static_index(axis, 2)
