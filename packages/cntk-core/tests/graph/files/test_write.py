"""Graphs as dictionaries of models."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.files import function_of, model_dictionary
from cntk.operators.declare import Operand, operator, registry
from cntk.storage import Deferred, Dictionary, Int, ModelFileError, Shape, SizeT, StoredAxis

from .networks import entry, output, stored, through_a_file, two_layers

AXIS = StoredAxis(2147483647, "defaultBatchAxis", False)


def test_an_input_is_stored_with_all_that_is_known_of_it():
    x = C.input_variable((2, C.FreeDimension), np.float64, True, True, name="x")
    model = stored(C.alias(x))
    assert model["inputs"] == [
        {
            "version": 1,
            "type": "Variable",
            "uid": x.uid,
            "kind": 0,
            "data_type": 2,
            "dynamic_axis": [AXIS],
            "is_sparse": True,
            "needs_gradient": True,
            "name": "x",
            "shape": Shape((2**64 - 3, 2)),
        }
    ]


def test_dynamic_axes_are_stored_from_the_last_on():
    x = C.input_variable(1, dynamic_axes=[C.Axis.default_batch_axis(), C.Axis("own")])
    axes = stored(C.alias(x))["inputs"][0]["dynamic_axis"]
    assert [axis.name for axis in axes] == ["own", "defaultBatchAxis"]


def test_a_product_lists_the_weights_first_and_has_exact_types():
    x, w = C.input_variable(3), C.parameter((3, 2))
    product = C.times(x, w, name="p")
    assert entry(stored(product), product.root_function.uid) == {
        "version": 24,
        "type": "PrimitiveFunction",
        "uid": product.root_function.uid,
        "op": 31,
        "name": "p",
        "inputs": [w.uid, x.uid],
        "attributes": {"outputRank": SizeT(1), "inferInputRankToMap": Int(-1)},
    }


def test_what_is_in_a_block_comes_before_it():
    network = two_layers()
    model = model_dictionary(network)
    uids = [function["uid"] for function in model["primitive_functions"]]
    assert uids[-1] == model["root"] == network.root_function.uid
    for function in model["primitive_functions"]:
        before = uids[: uids.index(function["uid"])]
        owners = [uid.split("_Output_")[0] for uid in function["inputs"] if "_Output_" in uid]
        if "block_function_composite" in function:
            owners.append(function["block_function_composite"]["root"])
        assert set(owners) <= set(before)


def test_a_shared_leaf_is_stored_once():
    x = C.input_variable(2)
    w = C.parameter(2)
    model = model_dictionary(C.combine([x * w, w + x]))
    assert sorted(leaf["uid"] for leaf in model["inputs"]) == sorted([x.uid, w.uid])


def test_arrays_are_not_copied():
    w = C.parameter(2)
    model = model_dictionary(C.alias(w))
    assert np.shares_memory(model["inputs"][0]["value"], w.data()._data)


def test_a_recurrent_edge_becomes_a_placeholder_with_the_uid_of_the_output():
    x, late = C.input_variable(2), C.placeholder(2, [C.Axis.default_batch_axis()])
    loop = C.plus(x, late, name="loop")
    loop.replace_placeholders({late: loop.output})
    model = model_dictionary(loop)
    leaf = entry(model, loop.output.uid)
    assert (leaf["kind"], leaf["shape"], leaf["data_type"]) == (4, (2,), 1)
    assert len(model["primitive_functions"]) == 1
    again = through_a_file(loop).root_function
    assert again.operands[1] is again.outputs[0]


def test_of_two_loads_of_one_file_the_second_gets_new_uids():
    network = two_layers()
    model = stored(network)
    both = C.combine([function_of(model), function_of(model)])
    again = through_a_file(both)
    uids = [leaf.uid for leaf in again.inputs]
    assert len(set(uids)) == len(uids) == 2 * len(network.inputs)
    assert {leaf.uid for leaf in network.inputs} < set(uids)


def test_a_parameter_of_unknown_size_cannot_be_saved():
    with pytest.raises(ValueError, match="apply the layer to an input first"):
        model_dictionary(C.alias(C.parameter((C.InferredDimension, 2), init=1)))


def test_custom_attributes_are_saved():
    network = two_layers()
    network.custom_attributes = {"epochs": 3, "notes": ["a", 0.5]}
    assert through_a_file(network).custom_attributes == {"epochs": 3, "notes": ["a", 0.5]}


@pytest.fixture
def thrice():
    """Declare an operator that CNTK 2.7 does not have."""

    @operator(family="elementwise")
    def thrice(x: Operand, offset: float = 0.0, axis=None, name: str = ""):
        """Return three times ``x`` plus an offset."""

    @thrice.reference
    def thrice_reference(x, offset):
        return 3 * x + x.dtype.type(offset)

    yield thrice
    del registry["thrice"]


def test_an_operator_of_a_plugin_is_saved_by_its_name(thrice):
    x = C.input_variable((2, 3))
    function = thrice(x, 0.5, C.Axis("own"), name="t")
    model = stored(function)
    root = entry(model, model["root"])
    assert (root["op"], root["operator"]) == (98, "thrice")
    again = function_of(model)
    assert again.root_function.arguments_by_name == {"offset": 0.5, "axis": C.Axis("own")}
    np.testing.assert_array_equal(output(again), output(function))


def test_arguments_that_a_file_lacks_take_their_defaults(thrice):
    model = stored(thrice(C.input_variable(2), 0.5))
    entry(model, model["root"])["attributes"] = Dictionary()
    assert function_of(model).root_function.arguments_by_name == {"offset": 0.0, "axis": None}


def test_an_operator_of_a_plugin_that_is_not_installed_is_named(thrice):
    model = stored(thrice(C.input_variable(2)))
    entry(model, model["root"])["operator"] = "fourfold"
    with pytest.raises(ModelFileError, match="is unknown") as raised:
        function_of(model)
    assert "fourfold with the attributes offset, axis" in str(raised.value)


def test_a_splice_keeps_all_its_operands():
    parts = [C.input_variable(2, name=f"x{i}") for i in range(3)]
    function = C.splice(*parts)
    again = through_a_file(function)
    assert [x.name for x in again.root_function.inputs] == ["x0", "x1", "x2"]
    model = stored(function)
    entry(model, model["root"])["inputs"] = []
    with pytest.raises(ModelFileError, match="has no operands"):
        function_of(model)


def test_an_empty_dictionary_of_attributes_is_there():
    x = C.input_variable(2)
    function = x + x
    root = entry(stored(function), function.root_function.uid)
    assert root["attributes"] == Dictionary() and "name" not in root


class Backwards:
    """An order that holds the elements from the last to the first."""

    def ordered(self, plain: np.ndarray) -> np.ndarray:
        return plain.reshape(-1)[::-1].copy()

    def spread(self, memory: np.ndarray, plain: np.ndarray) -> None:
        plain.reshape(-1)[...] = memory[::-1]


def test_weights_that_a_kernel_holds_in_its_order_are_made_as_they_are_written():
    w = C.parameter(init=np.arange(6, dtype=np.float32).reshape(2, 3))
    f = C.times(C.input_variable(2), w)
    order = Backwards()
    w.cell.read_in(order, w.shape, w._dtype)
    value = entry(model_dictionary(f), w.uid)["value"]
    assert isinstance(value, Deferred) and not w.cell.is_plain
    (found,) = through_a_file(f).parameters
    np.testing.assert_array_equal(found.value, [[0, 1, 2], [3, 4, 5]])
    assert not w.cell.is_plain
