from __future__ import annotations

import pytest

import cntk as C
from cntk.variables.uids import checked_name, lift_uid_counter, next_uid, skip_uids


def number(uid):
    return int(uid.lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))


def test_one_counter_serves_all_words():
    first, second = next_uid("Input"), next_uid("Plus")
    assert (first.startswith("Input"), number(second)) == (True, number(first) + 1)


def test_numbers_left_out():
    first = next_uid("A")
    skip_uids(3)
    assert number(next_uid("A")) == number(first) + 4


def test_numbers_of_a_loaded_file_are_not_given_again():
    far = number(next_uid("A")) + 100
    lift_uid_counter(far)
    assert number(next_uid("A")) == far + 1
    lift_uid_counter(5)
    assert number(next_uid("A")) > far


@pytest.mark.parametrize("name, kept", [("x", "x"), ("", ""), (None, "")])
def test_names(name, kept):
    assert checked_name(name) == kept


def test_what_is_no_name():
    x = C.input_variable(2)
    for make in (
        lambda: C.alias(x, name=5),
        lambda: C.combine([x], name=5),
        lambda: checked_name(5),
    ):
        with pytest.raises(TypeError, match="name must be a str, not int"):
            make()
