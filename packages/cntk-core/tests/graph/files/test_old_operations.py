"""Operations of early releases; the numbers are what CNTK 2.7 computed from the same files."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.files import function_of, model_dictionary
from cntk.graph.files.restore import restore_values
from cntk.storage import ModelFileError, SizeT

from .networks import stored

X = np.array([[0.1, 0.2, 0.7], [-1, 2, 0.5]], np.float32)
Y = np.array([[0, 1, 0], [1, 0, 0]], np.float32)

COMPUTED = {
    1: [[0.52497917, 0.54983395, 0.66818774], [0.26894143, 0.88079703, 0.62245935]],
    18: 2.5,
    34: 9.389999389648438,
    35: 4.509261131286621,
    51: [[-1.3679495, -1.2679496, -0.7679495], [-3.2413113, -0.2413113, -1.7413113]],
    56: X,
}
OF_TWO = {34, 35}


def old_model(op):
    """Return the dictionary of a model whose root is an old operation."""
    x, y = C.input_variable(3, name="x"), C.input_variable(3, name="y")
    model = stored(C.plus(x, y, name="n") if op in OF_TWO else C.sigmoid(x, name="n"))
    model["primitive_functions"][-1]["op"] = SizeT(op)
    return model


@pytest.mark.parametrize("op", COMPUTED)
def test_an_old_operation_computes_what_it_computed(op):
    model = old_model(op)
    function = function_of(model)
    feed = {variable: {"x": X, "y": Y}[variable.name] for variable in function.arguments}
    found = function.eval(feed)
    np.testing.assert_allclose(found, COMPUTED[op], 1e-5)
    assert np.shape(found) == np.shape(COMPUTED[op])
    assert function.name == function.root_function.name == "n"
    assert function.root_function.uid == model["root"]


@pytest.mark.parametrize("op", COMPUTED)
def test_it_is_restored_and_saved_in_the_form_of_today(op):
    model = old_model(op)
    function = function_of(model)
    restore_values(function, model)
    again = model_dictionary(function)
    assert not {f["op"] for f in again["primitive_functions"]} & COMPUTED.keys()


def test_an_old_operation_with_too_many_operands_is_unknown():
    model = old_model(34)
    model["primitive_functions"][-1]["inputs"] *= 2
    with pytest.raises(ModelFileError, match="the operation of function .* is unknown"):
        function_of(model)


def test_an_old_operation_without_attributes_is_refused():
    model = old_model(51)
    del model["primitive_functions"][-1]["attributes"]
    with pytest.raises(ModelFileError, match="has no key 'attributes'"):
        function_of(model)
