"""Members that Functions of CNTK 2.7 have from their native class."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

ONES = np.ones((2, 3), np.float32)


def model():
    x = C.input_variable(3, name="x")
    return C.layers.Sequential([C.layers.Dense(4, C.tanh), C.layers.Dense(2, name="out")])(x)


def operations(function):
    """Return the names of the operations; blocks are not entered."""
    found = C.logging.graph.depth_first_search(function, lambda part: hasattr(part, "op_name"))
    return {part.root_function.op_name for part in found}


@pytest.mark.parametrize("method", ["clone", C.CloneMethod.clone, 1])
def test_a_flattened_clone_has_no_blocks_and_its_own_parameters(method):
    function = model()
    flat = function.clone_flattened(method)
    assert operations(flat) == {"Plus", "Times", "Tanh"}
    np.testing.assert_array_equal(flat.eval(ONES), function.eval(ONES))
    assert not {*flat.parameters} & {*function.parameters}
    assert len(flat.parameters) == 4


def test_a_flattened_clone_shares_or_freezes_parameters():
    function = model()
    assert {*function.clone_flattened(0).parameters} == {*function.parameters}
    frozen = function.clone_flattened("freeze")
    assert not frozen.parameters and len(frozen.constants) == 4
    with pytest.raises(ValueError, match="'3' is not a valid CloneMethod"):
        function.clone_flattened(3)


@pytest.mark.parametrize("cell", [C.layers.LSTM, C.layers.GRU, C.layers.RNNStep])
def test_recurrences_through_blocks_are_flattened(cell):
    x = C.sequence.input_variable(3)
    function = C.layers.Sequential(
        [C.layers.Recurrence(cell(4)), C.layers.Recurrence(cell(2), go_backwards=True)]
    )(x)
    flat = function.clone_flattened()
    assert operations(flat) > {"Times", "Plus", "PastValue", "FutureValue"}
    assert not operations(flat) & {"LSTM", "GRU", "RNNStep", "Recurrence"}
    np.testing.assert_array_equal(flat.eval([ONES])[0], function.eval([ONES])[0])


def test_several_outputs_are_flattened():
    function = model()
    both = C.combine([function, function.find_by_name("x"), C.reduce_sum(function)])
    flat = both.clone_flattened()
    (argument,) = flat.arguments
    found = flat.eval({argument: ONES})
    for output, expected in zip(flat.outputs, both.eval({both.arguments[0]: ONES}).values()):
        np.testing.assert_array_equal(found[output], expected)


def test_a_flattened_clone_goes_through_a_file(tmp_path):
    flat = model().clone_flattened()
    flat.save(tmp_path / "a.model")
    again = C.Function.load_from_buffer(bytearray((tmp_path / "a.model").read_bytes()), C.cpu())
    np.testing.assert_array_equal(again.eval(ONES), flat.eval(ONES))


def test_evaluate_fills_a_dictionary():
    function = model()
    outputs = {function.output: None}
    assert function.evaluate({function.arguments[0]: C.Value(ONES)}, outputs) is None
    np.testing.assert_array_equal(outputs[function.output].asarray(), function.eval(ONES))
    both = C.combine([function, function + 1])
    found = dict.fromkeys(both.outputs)
    both.evaluate({both.arguments[0]: ONES}, found)
    np.testing.assert_array_equal(found[both.outputs[1]].asarray(), function.eval(ONES) + 1)
    with pytest.raises(TypeError, match="outputs are a dictionary that is filled, .* not list"):
        function.evaluate({}, [function.output])


def test_gradients_fills_a_dictionary():
    function, data = model(), {"x": ONES}
    expected = function.grad(data, function.parameters)
    gradients = dict.fromkeys(function.parameters)
    function.gradients(data, gradients)
    for parameter, gradient in gradients.items():
        np.testing.assert_array_equal(gradient.asarray(), expected[parameter])
    with pytest.raises(TypeError, match="gradients are a dictionary"):
        function.gradients(data, function.parameters)


def test_custom_attributes_are_got_and_reset():
    function = model()
    function.custom_attributes = {"key": 1}
    assert function.get_custom_attributes() == {"key": 1}
    function.reset_custom_attributes()
    assert function.custom_attributes == {}


def test_native_user_functions_are_those_of_the_module():
    with pytest.raises(ValueError, match="has not been registered"):
        C.Function.native_user_function("Unknown", [C.input_variable(2)])
    with pytest.raises(RuntimeError, match="no_such_module"):
        C.Function.register_native_user_function("Unknown", "no_such_module", "make")


def test_a_part_may_have_the_name_of_a_native_member():
    x = C.input_variable(2)
    inner = C.plus(x, 1, name="serialize_me")
    assert (inner * 2).serialize_me.name == "serialize_me"
    with pytest.raises(AttributeError, match=r"'serialize' served .* try: save\(filename\)"):
        inner.serialize()
