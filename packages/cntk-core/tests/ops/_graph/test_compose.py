from __future__ import annotations

import pytest

import cntk as C

x = C.input_variable(2, name="x")


@pytest.mark.parametrize("pairs", [{x: x}, [x], [(x, x, x)], x, None])
def test_a_block_takes_pairs(pairs):
    with pytest.raises(TypeError, match="is a list of .placeholder inside, variable outside. pair"):
        C.as_block(C.relu(C.placeholder()), pairs, "Op")


def test_a_block_has_an_operation():
    inside = C.placeholder()
    with pytest.raises(TypeError, match="block_op_name must be a str, not int 3"):
        C.as_block(C.relu(inside), [(inside, x)], 3)


@pytest.mark.parametrize("wrong", ["ab", 3, [x, 3], ["a"]])
def test_what_is_combined(wrong):
    with pytest.raises(TypeError, match="combine takes variables and Functions, not"):
        C.combine(wrong)


def test_an_operator_takes_one_output():
    both = C.combine([x, C.relu(x)])
    with pytest.raises(ValueError, match="expected single output, but got 2"):
        both + 1


def test_combining_what_was_not_found_says_so():
    with pytest.raises(TypeError, match="(?s)not NoneType.*find_by_name returns"):
        C.combine([C.relu(x).find_by_name("absent")])
