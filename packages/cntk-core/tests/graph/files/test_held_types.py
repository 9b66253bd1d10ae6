"""Parameters of int8 and int16, which CNTK 2.7 can hold and save, and compute nothing with."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.files import function_of
from cntk.storage import ModelFileError, SizeT

from .networks import stored

HELD = [np.int8, np.int16]


def model_with(dtype, make):
    """Return the dictionary of a network of a parameter, which is then of another type."""
    model = stored(make(C.parameter(init=np.array([-3, 0, 100], np.float32), name="p")))
    (leaf,) = [entry for entry in model["inputs"] if entry["kind"] == 2]
    leaf["value"] = leaf["value"].astype(dtype)
    leaf["data_type"] = SizeT({np.int8: 5, np.int16: 6}[dtype])
    return model


@pytest.mark.parametrize("dtype", HELD)
def test_a_parameter_of_integers_is_read_and_written(dtype):
    model = model_with(dtype, C.alias)
    function = function_of(model)
    (parameter,) = function.parameters
    assert parameter.value.dtype == dtype and parameter.value.tolist() == [-3, 0, 100]
    assert f"np.{np.dtype(dtype).name}" in str(function)
    again = stored(function)
    assert again["inputs"][0]["data_type"] == model["inputs"][0]["data_type"]
    np.testing.assert_array_equal(again["inputs"][0]["value"], model["inputs"][0]["value"])


@pytest.mark.parametrize("dtype", HELD)
def test_computing_with_it_is_refused(dtype):
    with pytest.raises(ModelFileError, match="computes with 'Parameter.*' of type int") as raised:
        function_of(model_with(dtype, C.sigmoid))
    assert "custom_proxy_op" in str(raised.value)
    with pytest.raises(TypeError, match="int.* is not supported"):
        function_of(model_with(dtype, C.alias)) + 1.0


def test_an_input_of_integers_is_refused():
    model = stored(C.alias(C.input_variable(3)))
    model["inputs"][0]["data_type"] = SizeT(5)
    with pytest.raises(ModelFileError, match="stored data type 5 is not a type of the graph"):
        function_of(model)
