"""Placeholders and their replacement, in place."""

from __future__ import annotations

import numpy as np

import cntk as C
from cntk.layers import Dense

from .recording import case

ROW = np.array([[1, 2]], "f")


def net():
    x = C.input_variable(2, name="x")
    h = Dense(2, init=1, init_bias=0.5, name="h1")(x)
    r = C.relu(h, name="r")
    z = Dense(3, init=2, name="h2")(r)
    return x, h, r, z


def names(f):
    return [(v.name or "-", v.uid[:5]) for v in f.inputs]


@case
def rp_one():
    p = C.placeholder(name="p")
    f = C.relu(p)
    return f.replace_placeholder(C.input_variable(2, name="x")), f


@case
def rp_none():
    x, h, r, z = net()
    return z.replace_placeholder(x)


@case
def rp_two():
    p = C.placeholder(name="p")
    q = C.placeholder(name="q")
    f = p + q
    return f.replace_placeholder(C.input_variable(2, name="x"))


@case
def rp_dict():
    p = C.placeholder(name="p")
    q = C.placeholder(name="q")
    f = p + q
    x = C.input_variable(2, name="x")
    return f.replace_placeholders({p: x, q: x})


@case
def rp_foreign():
    p = C.placeholder(name="p")
    f = C.relu(p)
    x = C.input_variable(2, name="x")
    return f.replace_placeholders({C.placeholder(name="z"): x})


@case
def rp_input_key():
    x, h, r, z = net()
    return z.replace_placeholders({x: C.input_variable(2)})


@case
def rp_param_key():
    x, h, r, z = net()
    return z.replace_placeholders({z.h1.W: C.parameter((2, 2))})


@case
def rp_empty():
    x, h, r, z = net()
    return z.replace_placeholders({})


@case
def rp_list():
    p = C.placeholder(name="p")
    f = C.relu(p)
    return f.replace_placeholders([p])


@case
def rp_fn():
    p = C.placeholder(name="p")
    f = C.relu(p)
    return f.replace_placeholder(C.tanh(C.input_variable(2, name="x")))


@case
def rp_ph():
    p = C.placeholder(name="p")
    f = C.relu(p)
    return f.replace_placeholder(C.placeholder(name="q"))


@case
def rp_typed_shape():
    p = C.placeholder(3, name="p")
    f = C.relu(p)
    return f.replace_placeholder(C.input_variable(2, name="x"))


@case
def rp_inside_combine():
    p = C.placeholder(name="p")
    f = C.combine([p, C.relu(p)])
    return f.replace_placeholder(C.input_variable(2, name="x"))


@case
def rp_root():
    p = C.placeholder(name="p")
    f = C.relu(p)
    return f.root_function.replace_placeholder(C.input_variable(2, name="x")), f


@case
def rp_block():
    d = Dense(2, init=1, name="d")
    d.replace_placeholder(C.input_variable(2, name="x"))
    return d, d.eval(ROW)


@case
def rp_mapping_after():
    d = Dense(2, init=1, name="d")
    d.replace_placeholder(C.input_variable(2, name="x"))
    return d.root_function.block_arguments_mapping


@case
def ph_axes():
    p = C.placeholder(2, dynamic_axes=C.Axis.default_batch_axis(), name="p")
    return p + 1, p


@case
def ph_axes2():
    p = C.placeholder(2, dynamic_axes=[C.Axis.default_batch_axis()], name="p")
    return p + 1, p
