"""Copies of Functions by all three methods, with parts replaced."""

from __future__ import annotations

import numpy as np

import cntk as C
from cntk.layers import LSTM, BatchNormalization, Dense, Recurrence
from cntk.ops.functions import UserFunction

from .recording import case, each_method

ROW = np.array([[1, 2]], "f")


def net():
    x = C.input_variable(2, name="x")
    h = Dense(2, init=1, init_bias=0.5, name="h1")(x)
    r = C.relu(h, name="r")
    z = Dense(3, init=2, name="h2")(r)
    return x, h, r, z


def names(f):
    return [(v.name or "-", v.uid[:5]) for v in f.inputs]


@each_method
def clone(m):
    x, h, r, z = net()
    g = z.clone(m)
    return (
        names(g),
        [p.name for p in g.parameters],
        [p.name for p in g.constants],
        g.eval({g.arguments[0]: ROW}),
    )


@each_method
def clone_enum(m):
    x, h, r, z = net()
    g = z.clone(getattr(C.CloneMethod, m))
    return g


@each_method
def clone_indep(m):
    x, h, r, z = net()
    g = z.clone(m)
    z.h1.W.value = np.zeros((2, 2), "f")
    return g.eval({g.arguments[0]: ROW})


@each_method
def clone_sub_in(m):
    x, h, r, z = net()
    n = C.input_variable(2, name="n")
    g = z.clone(m, {x: n})
    return names(g), g.eval({n: ROW})


@each_method
def clone_sub_fn(m):
    x, h, r, z = net()
    n = C.input_variable(2, name="n")
    g = z.clone(m, {r: n})
    return names(g), g.eval({n: ROW})


@each_method
def clone_sub_out_fn(m):
    x, h, r, z = net()
    n = C.input_variable(2, name="n")
    g = z.clone(m, {r.output: n * 2})
    return names(g), g.eval({n: ROW})


@each_method
def clone_sub_block(m):
    x, h, r, z = net()
    n = C.input_variable(2, name="n")
    g = z.clone(m, {z.h1: n})
    return names(g), g.eval({n: ROW})


@each_method
def clone_ph(m):
    x, h, r, z = net()
    ph = C.placeholder(name="ph")
    g = z.clone(m, {x: ph})
    return g, g.arguments, g(C.input_variable(2, name="k"))


@each_method
def clone_part(m):
    x, h, r, z = net()
    ph = C.placeholder(name="ph")
    g = C.combine([r.owner]).clone(m, {x: ph})
    k = g(C.input_variable(2, name="k"))
    return k, [p.name for p in k.parameters]


@each_method
def clone_seq(m):
    x, h, r, z = net()
    g = z.clone(m, {x: C.sequence.input_variable(2, name="s")})
    return g


@each_method
def clone_bn(m):
    x = C.input_variable((2,), name="x")
    f = BatchNormalization()(x)
    g = f.clone(m)
    f.aggregate_mean.value = np.array([1, 2], "f")
    return g.aggregate_mean.value, [c.name for c in g.constants]


@each_method
def clone_lstm(m):
    x = C.sequence.input_variable((2,), name="x")
    f = Recurrence(LSTM(3, init=0.1), name="rec")(x)
    g = f.clone(m)
    return g, [p.name for p in g.parameters], g.eval({g.arguments[0]: [ROW]})


@each_method
def clone_lstm_sub(m):
    x = C.sequence.input_variable((2,), name="x")
    f = Recurrence(LSTM(3, init=0.1), name="rec")(x)
    n = C.sequence.input_variable(2, name="n")
    g = f.clone(m, {x: n})
    return g, g.eval({n: [ROW]})


@each_method
def clone_combine(m):
    x, h, r, z = net()
    g = C.combine([z, r, x]).clone(m)
    return [o.name for o in g.outputs], g


@each_method
def clone_const(m):
    c = C.constant(3, name="c")
    x = C.input_variable(2, name="x")
    f = x * c
    g = f.clone(m)
    c.value = np.array(5.0, "f")
    return g.eval({g.arguments[0]: ROW})


@each_method
def clone_const_sub(m):
    c = C.constant(3, name="c")
    x = C.input_variable(2, name="x")
    f = x * c
    p = C.parameter((), init=7, name="p")
    g = f.clone(m, {c: p})
    return g.parameters, g.constants, g.eval({g.arguments[0]: ROW})


@each_method
def clone_dropout(m):
    x = C.input_variable(2, name="x")
    f = C.dropout(x, 0.5, seed=3)
    g = f.clone(m)
    return g.root_function.attributes


@case
def clone_two_subs():
    x = C.input_variable(2, name="x")
    y = C.input_variable(2, name="y")
    f = x - y
    return f.clone("share", {x: y, y: x})


@case
def clone_swap_eval():
    x = C.input_variable(2, name="x")
    y = C.input_variable(2, name="y")
    f = x - y
    return f.clone("share", {x: y, y: x}).eval({x: ROW, y: ROW * 3})


@case
def clone_chain():
    x = C.input_variable(2, name="x")
    y = C.input_variable(2, name="y")
    w = C.input_variable(2, name="w")
    f = x - y
    return f.clone("share", {x: y, y: w}).eval({y: ROW, w: ROW * 3})


@case
def clone_root_sub():
    x, h, r, z = net()
    return z.clone("share", {z: x})


@case
def clone_root_sub_fn():
    x, h, r, z = net()
    return z.clone("share", {z: r})


@case
def clone_foreign():
    x, h, r, z = net()
    return z.clone("share", {C.input_variable(2): C.input_variable(2)})


@case
def clone_foreign_fn():
    x, h, r, z = net()
    return z.clone("share", {C.relu(C.input_variable(2)): C.input_variable(2)})


@case
def clone_None_val():
    x, h, r, z = net()
    return z.clone("share", {x: None})


@case
def clone_None_key():
    x, h, r, z = net()
    return z.clone("share", {None: x})


@case
def clone_list():
    x, h, r, z = net()
    return z.clone("share", [(x, x)])


@case
def clone_bad():
    x, h, r, z = net()
    return z.clone("foo")


@case
def clone_upper():
    x, h, r, z = net()
    return z.clone("Share")


@case
def clone_primitive_val():
    x, h, r, z = net()
    n = C.input_variable(2, name="n")
    return z.clone("share", {x: C.relu(n).root_function})


@case
def clone_to_const():
    x, h, r, z = net()
    return z.clone("share", {x: C.constant([1, 2])}).eval()


@case
def clone_name():
    x, h, r, z = net()
    g = z.clone("clone")
    return g.name, g.root_function.name, g.output.name, g.h1.name


@case
def clone_ph_inner():
    p = C.placeholder(name="p")
    f = C.relu(p) + 1
    return f.clone("share"), f.clone("share").placeholders == f.placeholders


@case
def clone_ph_by():
    p = C.placeholder(name="p")
    f = C.relu(p) + 1
    x = C.input_variable(2, name="x")
    return f.clone("share", {p: x}), f


@case
def clone_share_same_param():
    x, h, r, z = net()
    g = z.clone("share")
    return z.parameters == g.parameters, set(z.parameters) == set(g.parameters), g.h1.W == z.h1.W


@case
def clone_arg_identity():
    x, h, r, z = net()
    g = z.clone("share")
    return g.arguments[0] == x, g.arguments


@case
def clone_udf():
    class My(UserFunction):
        def __init__(self, a, name="my"):
            super().__init__([a], name=name)

        def forward(self, a, device=None, outputs_to_retain=None):
            return None, a * 2

        def backward(self, s, g):
            return g * 2

        def infer_outputs(self):
            return [
                C.output_variable(
                    self.inputs[0].shape, self.inputs[0].dtype, self.inputs[0].dynamic_axes
                )
            ]

        def clone(self, ci):
            return My(ci[0])

    x = C.input_variable(2, name="x")
    f = C.user_function(My(x))
    g = f.clone("share", {x: C.input_variable(2, name="y")})
    return g, g.eval({g.arguments[0]: ROW})


@case
def nested_block_clone():
    i = C.placeholder(name="i")
    inner = C.as_block(C.relu(i * 2), [(i, C.placeholder(name="o"))], "Inner", "inner")
    j = inner.placeholders[0]
    outer = C.as_block(inner + 1, [(j, C.input_variable(2, name="x"))], "Outer", "outer")
    g = outer.clone("clone")
    return (
        g,
        g.find_by_name("inner"),
        g.find_by_name("inner", depth=1),
        g.eval({g.arguments[0]: ROW}),
    )
