import numpy as np
import pytest

import cntk as C


def tree(variable):
    if not variable.is_output:
        return variable.name
    return tuple(tree(operand) for operand in variable.owner.inputs)


def test_many_operands_make_a_balanced_tree():
    a, b, c, d, e = (C.input_variable(1, name=name) for name in "abcde")
    assert tree(C.plus(a, b, c).output) == ("a", ("b", "c"))
    assert tree(C.element_times(a, b, c, d).output) == (("a", "b"), ("c", "d"))
    assert tree(C.plus(a, b, c, d, e).output) == (("a", "b"), ("c", ("d", "e")))


def test_only_the_root_of_many_operands_is_named():
    x = C.input_variable(1)
    for total in (C.plus(x, x, x, "total"), C.plus(x, x, x, name="total")):
        assert total.name == "total"
        assert total.root_function.inputs[1].owner.name == ""


def test_a_string_behind_two_operands_is_the_name():
    assert C.plus([1], [2], "sum").name == "sum"


def test_numbers_among_many_operands_take_the_type_of_the_variables():
    x = C.input_variable(1, dtype=np.float64)
    y = C.plus(x, 0.1, 0.2)
    np.testing.assert_allclose(y.eval({x: np.ones((1, 1))}), [[1.3]], rtol=1e-15)


def test_one_operand_is_not_enough():
    with pytest.raises(TypeError, match="right"):
        C.plus([1])


def test_sparse_data_are_refused():
    sparse, dense = C.input_variable(3, is_sparse=True), C.input_variable(3)
    with pytest.raises(RuntimeError, match="Plus: .*sparse"):
        sparse + dense
