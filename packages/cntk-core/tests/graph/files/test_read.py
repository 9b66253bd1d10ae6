"""Dictionaries of models as graphs."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.graph.files import function_of
from cntk.graph.files.restore import restore_values
from cntk.storage import Dictionary, SizeT

from .networks import entry, output, stored, through_a_file, two_layers


def test_a_network_computes_the_same_after_a_file(tmp_path):
    network = two_layers()
    network.save(tmp_path / "a.model")
    again = C.Function.load(tmp_path / "a.model")
    np.testing.assert_array_equal(output(again), output(network))
    from_bytes = C.Function.load((tmp_path / "a.model").read_bytes())
    np.testing.assert_array_equal(output(from_bytes), output(network))


def test_names_uids_and_the_order_of_leaves_stay():
    network = two_layers()
    again = through_a_file(network)
    assert (again.name, again.uid, again.output.uid) == ("out", network.uid, network.output.uid)
    for word in ("inputs", "parameters", "constants", "arguments"):
        ours, theirs = getattr(network, word), getattr(again, word)
        assert [(v.uid, v.name, v.shape) for v in ours] == [
            (v.uid, v.name, v.shape) for v in theirs
        ]
    assert again.hidden.root_function.is_block


def test_new_uids_are_larger_than_those_of_the_file():
    model = stored(two_layers())
    leaf = next(leaf for leaf in model["inputs"] if leaf["uid"].startswith("Input"))
    for function in model["primitive_functions"]:
        function["inputs"] = [
            "Input900001" if uid == leaf["uid"] else uid for uid in function["inputs"]
        ]
        values = "block_function_composite_arguments_map_values"
        if values in function:
            function[values] = ["Input900001" if u == leaf["uid"] else u for u in function[values]]
    leaf["uid"] = "Input900001"
    function_of(model)
    assert int(C.input_variable(1).uid.removeprefix("Input")) > 900001


def test_the_values_are_those_of_the_file_and_can_be_changed():
    network = two_layers()
    again = through_a_file(network)
    again.parameters[0].value = np.zeros((3, 4), np.float32)
    assert network.parameters[0].value.any()
    assert not np.array_equal(output(again), output(network))


def test_a_block_is_what_is_inside_whatever_its_name():
    model = stored(two_layers())
    block = next(f for f in model["primitive_functions"] if "block_function_op_name" in f)
    block["block_function_op_name"] = "GatherOp"
    block["attributes"] = Dictionary(axis=C.graph.files.attributes.stored_axis(0))
    again = function_of(model)
    found = next(
        f for f in (again.hidden.root_function, again.root_function) if f.uid == block["uid"]
    )
    assert found.op_name == "GatherOp"
    np.testing.assert_allclose(output(again), output(two_layers()), rtol=1e-6)


def test_the_attributes_of_a_block_stay():
    x = C.input_variable(2)
    function = C.leaky_relu(x, 0.25)
    again = through_a_file(function)
    assert again.root_function.attributes == function.root_function.attributes == {"alpha": 0.25}
    assert again.clone("share").root_function.attributes == {"alpha": 0.25}
    assert stored(again)["primitive_functions"] == stored(function)["primitive_functions"]


def test_several_outputs_keep_their_order():
    x = C.input_variable((2, 3))
    again = through_a_file(C.combine([x * 2, x + 1, x * 2]))
    first, second, third = again.outputs
    values = output(again)
    np.testing.assert_array_equal(values[first], values[third])
    assert values[second][0, 0, 0] == 0


def test_a_primitive_is_saved_as_a_network():
    network = two_layers()
    again = through_a_file(network.root_function)
    np.testing.assert_array_equal(output(again), output(network))


def test_a_newer_version_is_read_with_a_warning():
    model = stored(two_layers())
    model["version"] = SizeT(4)
    with pytest.warns(UserWarning, match="the model has version 4, newer than 3"):
        function_of(model)


def test_an_old_batch_normalization_gets_a_count():
    x = C.input_variable((2, 3))
    statistics = [C.parameter(2, init=1), C.parameter(2)]
    running = [C.constant(0, 2), C.constant(1, 2), C.constant(0)]
    function = C.batch_normalization(
        x, *statistics, running[0], running[1], True, running_count=running[2]
    )
    model = stored(function)
    root = entry(model, model["root"])
    root["version"], removed = SizeT(3), root["inputs"].pop()
    model["inputs"] = [leaf for leaf in model["inputs"] if leaf["uid"] != removed]
    again = function_of(model)
    assert len(again.root_function.inputs) == 6
    np.testing.assert_array_equal(output(again), output(function))


def test_an_onnx_file_needs_its_package(tmp_path):
    for call in (
        lambda: C.Function.load(tmp_path / "a.onnx", format=C.ModelFormat.ONNX),
        lambda: two_layers().save(tmp_path / "a.onnx", format=C.ModelFormat.ONNX),
    ):
        with pytest.raises(RuntimeError, match="pip install cntk-onnx"):
            call()


def test_float32_numbers_among_float64_operands_become_float64():
    """CNTK 2.7 writes the bounds of a clip of float64 as float32 constants."""
    x = C.input_variable(3, dtype=np.float64)
    network = C.clip(x, -0.5, 0.5)
    model = stored(network)
    for leaf in model["inputs"]:
        if leaf["kind"] == 3:  # constant
            leaf["value"], leaf["data_type"] = leaf["value"].astype(np.float32), SizeT(1)
    again = function_of(model)
    data = np.array([[-1.0, 0.25, 1.0]])
    found = again.eval({again.arguments[0]: data})
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [[-0.5, 0.25, 0.5]])
    restore_values(again, model)
    restore_values(network, model)
    np.testing.assert_array_equal(network.eval({x: data}), found)


def test_float64_constants_among_float32_operands_do_not_fit():
    model = stored(C.clip(C.input_variable(3), -0.5, 0.5))
    for leaf in model["inputs"]:
        if leaf["kind"] == 3:
            leaf["value"], leaf["data_type"] = leaf["value"].astype(np.float64), SizeT(2)
    with pytest.raises(ValueError, match="does not fit its operands"):
        function_of(model)


def test_a_number_is_no_model():
    with pytest.raises(ValueError, match="neither a file nor a byte buffer"):
        C.load_model(3)
