"""Models whose file is whole and whose content is not: a clear error, whatever it is."""

from __future__ import annotations

import copy
import random
import warnings

import numpy as np
import pytest

import cntk as C
from cntk.graph.files import function_of, model_dictionary
from cntk.storage import Dictionary, Double, Int, ModelFileError, Shape, SizeT, StoredAxis

from .networks import entry, stored, two_layers


@pytest.fixture
def model():
    return stored(two_layers())


def first(model, op):
    return next(f for f in model["primitive_functions"] if f["op"] == op)


def leaf(model, kind):
    return next(v for v in model["inputs"] if v["kind"] == kind)


def undefined_operand(model):
    first(model, 31)["inputs"][0] = "Parameter1"


def unknown_operation(model):
    first(model, 31)["op"] = SizeT(97)


def missing_attribute(model):
    del first(model, 31)["attributes"]["outputRank"]


def reshape_to_another_size(model):
    function = first(model, 31)
    function["op"] = SizeT(16)
    function["inputs"].pop()
    function["attributes"] = Dictionary(newShape=Shape((2,)))


def wrong_type_of_attribute(model):
    first(model, 31)["attributes"]["outputRank"] = Int(1)


def unknown_attribute(model):
    first(model, 31)["attributes"]["sharpness"] = Int(1)


def too_many_operands(model):
    first(model, 31)["inputs"] *= 2


def shapes_that_do_not_fit(model):
    x = leaf(model, 0)
    x["shape"] = Shape((7,))


def a_uid_twice(model):
    model["inputs"].append(copy.deepcopy(model["inputs"][0]))


def unknown_kind(model):
    leaf(model, 0)["kind"] = SizeT(1)


def unknown_element_type(model):
    leaf(model, 2)["data_type"] = SizeT(7)


def input_without_element_type(model):
    leaf(model, 0)["data_type"] = SizeT(0)


def value_of_another_shape(model):
    leaf(model, 2)["value"] = np.ones(3, np.float32)


def value_missing(model):
    del leaf(model, 2)["value"]


def dynamic_axis_that_is_static(model):
    leaf(model, 0)["dynamic_axis"] = [StoredAxis(0, "staticAxisIdx=0", True)]


def root_missing(model):
    model["root"] = "Plus1"


def function_that_is_no_dictionary(model):
    model["primitive_functions"][0] = SizeT(1)


def operand_that_is_no_text(model):
    first(model, 31)["inputs"][0] = SizeT(1)


def block_argument_that_is_no_placeholder(model):
    prefix = "block_function_composite_arguments_map_"
    block = first(model, 57)
    block[prefix + "keys"] = list(block[prefix + "values"])


def block_argument_bound_to_nothing(model):
    first(model, 57)["block_function_composite_arguments_map_values"].pop()


def block_root_missing(model):
    first(model, 57)["block_function_composite"]["root"] = "Plus1"


def block_attribute_of_no_kind(model):
    first(model, 57)["attributes"]["a"] = Dictionary()


def combine_of_nothing(model):
    f = first(model, 31)
    f["op"], f["inputs"] = SizeT(44), []


def variable_with_the_uid_of_an_output(model):
    uid = first(model, 31)["uid"] + "_Output_0"
    copied = copy.deepcopy(leaf(model, 0))
    copied["uid"] = uid
    model["inputs"].append(copied)


REASONS = {
    undefined_operand: "uses 'Parameter1', which nothing before it defines",
    unknown_operation: "the operation of function 'Times.*' is unknown",
    reshape_to_another_size: "does not fit its operands",
    missing_attribute: "has no attribute 'outputRank'",
    wrong_type_of_attribute: "key 'outputRank' of function 'Times.*' has the wrong type",
    unknown_attribute: "attributes that its operation 'Times' does not know",
    too_many_operands: "wrong number of operands",
    shapes_that_do_not_fit: "function 'Times.*' does not fit its operands",
    a_uid_twice: "has the uid '.*' of another part of the model",
    unknown_kind: "has an unknown kind",
    unknown_element_type: "stored data type 7 is not a type of the graph",
    input_without_element_type: "has no element type",
    value_of_another_shape: "the value of variable '.*' does not fit it",
    value_missing: "has no key 'value'",
    dynamic_axis_that_is_static: "has dynamic axes that are none",
    root_missing: "the root 'Plus1' is no function of the model",
    function_that_is_no_dictionary: r"primitive_functions\[0\] is no dictionary",
    operand_that_is_no_text: "key 'inputs' of function 'Times.*' holds something else than text",
    block_argument_that_is_no_placeholder: "binds an argument that is no placeholder",
    block_argument_bound_to_nothing: "arguments to",
    block_root_missing: "the root of function 'Block.*' is no function before it",
    block_attribute_of_no_kind: "attribute 'a' of function 'Block.*' is no attribute of a block",
    combine_of_nothing: "combines nothing",
    variable_with_the_uid_of_an_output: "has the uid of an output",
}


@pytest.mark.parametrize("damage", REASONS, ids=lambda damage: damage.__name__)
def test_a_damaged_model_is_refused_with_a_reason(model, damage):
    damage(model)
    with pytest.raises(ModelFileError, match=REASONS[damage]):
        function_of(model)


def test_a_checkpoint_is_no_model():
    with pytest.raises(ModelFileError, match="the second file of a checkpoint"):
        function_of(Dictionary(Version=SizeT(1), Learners=[]))


@pytest.mark.parametrize("part", ["model", "leaf", "function", "block"])
def test_a_missing_key_is_named(model, part):
    optional = {"name", "attributes" if part == "model" else ""}
    find = {
        "model": lambda m: m,
        "leaf": lambda m: leaf(m, 2),
        "function": lambda m: first(m, 31),
        "block": lambda m: first(m, 57),
    }[part]
    for key in find(model):
        damaged = copy.deepcopy(model)
        del find(damaged)[key]
        if key in optional:
            function_of(damaged)
            continue
        with pytest.raises(ModelFileError, match=key if key != "primitive_functions" else "model"):
            function_of(damaged)


def test_the_error_names_the_file_and_where_the_entry_is_in_it(tmp_path, model):
    undefined_operand(model)
    from cntk.storage import write_dictionary

    write_dictionary(tmp_path / "a.model", model)
    with pytest.raises(ModelFileError) as raised:
        C.Function.load(tmp_path / "a.model")
    path = tmp_path / "a.model"
    offset = raised.value.offset
    assert str(raised.value).startswith(f"{path}, byte {offset}: function 'Times")
    assert b"Times" in path.read_bytes()[offset : offset + 200]


def nested_blocks(depth, copies):
    """Return a model of blocks in blocks, each with several copies of the one before."""
    p, x = C.placeholder(), C.input_variable(2)
    model = model_dictionary(C.as_block(C.sigmoid(p), [(p, x)], "Squash"))
    block = model["primitive_functions"].pop()
    inner_root = block["block_function_composite"]["root"]
    functions = model["primitive_functions"]
    for level in range(depth):
        inner = []
        for i in range(copies):
            made = copy.deepcopy(block)
            made["uid"] = f"Block{level}x{i}"
            made["block_function_composite"]["root"] = inner_root
            functions.append(made)
            inner.append(f"{made['uid']}_Output_0")
        inner_root = f"Combine{level}"
        functions.append(
            Dictionary(
                version=SizeT(24),
                type="PrimitiveFunction",
                uid=inner_root,
                op=SizeT(44),
                inputs=inner,
                attributes=Dictionary(),
            )  # fmt: skip
        )
    model["root"] = inner_root
    return model


def test_blocks_that_open_exponentially_are_refused():
    with pytest.raises(ModelFileError, match="too large when they are opened"):
        function_of(nested_blocks(depth=40, copies=2))


def test_blocks_that_are_nested_too_deep_are_refused():
    with pytest.raises(ModelFileError, match="nested more than 60 deep"):
        function_of(nested_blocks(depth=3000, copies=1))


def test_a_block_that_contains_itself_is_refused():
    x, p = C.input_variable(2), C.placeholder()
    block = C.as_block(C.sigmoid(p), [(p, x)], "Squash")
    model = model_dictionary(block)
    inside = first(model, 75)
    uid = f"{block.root_function.uid}_Output_0"
    late = copy.deepcopy(next(v for v in model["inputs"] if v["uid"] in inside["inputs"]))
    late["uid"] = uid
    model["inputs"].append(late)
    inside["inputs"] = [uid]
    with pytest.raises(ModelFileError, match="contains itself"):
        function_of(model)


def parts_of(value, found):
    """Collect (container, key) of everything in a dictionary."""
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        found.append((value, key))
        parts_of(value[key], found)
    return found


ODD_VALUES = [
    SizeT(0), SizeT(2**64 - 1), Int(-1), Int(2**31 - 1), "", [], Dictionary(), None, True,
    Double(float("nan")), Shape((0,)), Shape((2**64 - 1,)), Shape((3, 3, 3)),
    StoredAxis(5, "x", True), StoredAxis(-7, "", False), np.ones((2, 2), np.float32),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
def test_altered_models_are_built_or_refused(model, seed):
    chance = random.Random(seed)
    for _ in range(100):
        altered = copy.deepcopy(model)
        container, key = chance.choice(parts_of(altered, []))
        other_container, other_key = chance.choice(parts_of(altered, []))
        kind = chance.randrange(3)
        if kind == 0:
            del container[key]
        elif kind == 1:
            container[key] = copy.deepcopy(other_container[other_key])
        else:
            container[key] = chance.choice(ODD_VALUES)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                function = function_of(altered)
            except ModelFileError:
                continue
        assert function.outputs and isinstance(str(function), str)


def test_a_model_is_not_changed_by_reading_it(model):
    before = copy.deepcopy(model)
    function_of(model)
    assert entry(model, model["root"]) == entry(before, before["root"])
