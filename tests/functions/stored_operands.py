"""Blocks and Functions that are applied to parameters and constants.

See :mod:`recording`.
"""

from __future__ import annotations

import numpy as np

import cntk as C

from .recording import case, each

NUMBERS = np.array([1, 2, 3], "f")


def constant():
    return C.constant(NUMBERS, name="c")


def dense():
    return C.layers.Dense(2, init=1)


def looked_at(function):
    root = function.root_function
    return [
        function,
        [x.name for x in function.inputs],
        [(str(inner), str(outer)) for inner, outer in root.block_arguments_mapping],
        [str(x) for x in function.arguments],
        [str(x) for x in function.parameters],
        [str(x) for x in function.constants],
    ]


def replaced(function, new):
    return {
        "called": lambda: function(new),
        "share": lambda: function.clone("share", {function.arguments[0]: new}),
        "clone": lambda: function.clone("clone", {function.arguments[0]: new}),
        "freeze": lambda: function.clone("freeze", {function.arguments[0]: new}),
    }


@each(["called", "share", "clone", "freeze"])
def a_constant_for_an_input(how):
    x = C.input_variable(3, name="x")
    function = replaced(dense()(x), constant())[how]()
    return [*looked_at(function), function.eval()]


@each(["called", "share", "clone", "freeze"])
def a_parameter_for_an_input(how):
    x = C.input_variable(3, name="x")
    parameter = C.parameter(3, init=2, name="p")
    function = replaced(dense()(x), parameter)[how]()
    return [*looked_at(function), function.eval()]


@case
def a_layer_on_a_constant():
    function = dense()(constant())
    return [*looked_at(function), function.eval()]


@case
def layers_on_a_constant():
    function = C.layers.Sequential([dense(), dense()])(constant())
    return [[x.name for x in function.inputs], function.eval()]


@case
def a_constant_for_a_placeholder():
    placeholder = C.placeholder(name="q")
    function = dense()(placeholder) + 1
    function.replace_placeholders({placeholder: constant()})
    return [function, [x.name for x in function.inputs], function.eval(), function.dynamic_axes]


@case
def a_constant_for_a_placeholder_with_a_batch():
    placeholder = C.placeholder(shape=(3,), dynamic_axes=[C.Axis.default_batch_axis()], name="q")
    block = dense()(placeholder)
    function = block + 1
    before = function.dynamic_axes
    function.replace_placeholders({placeholder: constant()})
    return [before, function, block, function.eval(), *looked_at(block)]


@case
def one_of_two_placeholders():
    layer = dense()

    @C.BlockFunction("Outer", "outer")
    def outer(a, b):
        return layer(a) + b

    first, second = C.placeholder(name="first"), C.placeholder(name="second")
    function = outer(first, second)
    five = C.constant(np.array([5, 6], "f"), name="five")
    function.replace_placeholders({first: C.input_variable(3, name="x"), second: five})
    return [*looked_at(function), function.eval(NUMBERS[None])]


@case
def a_block_in_a_block():
    layer = dense()

    @C.BlockFunction("Outer", "outer")
    def outer(a):
        return layer(a)

    function = outer(constant())
    inside = function.root_function.block_root
    return [*looked_at(function), len(inside.block_arguments_mapping), function.eval()]


@case
def a_block_made_on_a_constant():
    placeholder = C.placeholder(name="q")
    function = C.as_block(placeholder + 1, [(placeholder, constant())], "Plus1", "n")
    return [*looked_at(function), function.eval()]


@each(["share", "clone", "freeze"])
def a_clone_of_a_block_made_on_a_constant(how):
    placeholder = C.placeholder(name="q")
    function = C.as_block(placeholder + 1, [(placeholder, constant())], "Plus1", "n").clone(how)
    return [*looked_at(function), function.eval()]


@case
def a_constant_for_an_output():
    x = C.input_variable(3, name="x")
    low = C.layers.Dense(3, init=1, name="low")(x)
    top = C.layers.Dense(2, init=1, name="top")(low)
    function = top.clone("share", {low: constant()})
    return [*looked_at(function), function.eval()]


@case
def gradients_of_a_parameter_inside():
    parameter, layer = C.parameter(3, init=2, name="p"), dense()
    function = C.reduce_sum(layer(parameter))
    found = function.grad({}, [parameter, layer.W])
    return [found[parameter], found[layer.W]]


@case
def parts_of_a_layer_on_a_parameter():
    function = dense()(C.parameter(3, init=2, name="p"))
    names = ["p", "W", "no"]
    return [str(function.p), *(str(function.find_by_name(name, -1)) for name in names)]


@case
def a_cell_on_a_constant():
    state = C.constant(np.array([0.1, 0.2], "f"), name="state")
    function = C.layers.GRU(2, init=0.1)(state, C.input_variable(3, name="y"))
    return [*looked_at(function), function.eval(NUMBERS[None])]


@case
def a_recurrence_from_a_constant():
    state = C.constant(np.array([0.1, 0.2], "f"), name="state")
    x = C.sequence.input_variable(3, name="x")
    function = C.layers.Recurrence(C.layers.RNNStep(2, init=0.1), initial_state=state)(x)
    return [[v.name for v in function.inputs], function.eval([np.ones((2, 3), "f")])]


@case
def batch_normalization_of_a_constant():
    return C.layers.BatchNormalization()(constant())


@case
def called_again_on_data():
    return dense()(constant())(NUMBERS[None])
