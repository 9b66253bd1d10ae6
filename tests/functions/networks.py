"""Functions of several outputs, blocks in blocks, recurrences, layers and Python functions.

Long because it is one list of questions; see :mod:`recording`.
"""

from __future__ import annotations

import os
import tempfile

import numpy as np

import cntk as C
from cntk.layers import (
    GRU,
    LSTM,
    Activation,
    BatchNormalization,
    Convolution2D,
    Dense,
    Dropout,
    Embedding,
    For,
    Label,
    MaxPooling,
    Recurrence,
    RNNStep,
    Sequential,
)
from cntk.layers.typing import Sequence, Tensor
from cntk.ops.functions import BlockFunction

from .recording import case

D = tempfile.mkdtemp()
ROW = np.array([[1, 2]], "f")
S1 = [np.array([[1, 2], [3, 4], [5, 6]], "f"), np.array([[1, 1]], "f")]


def names(variables):
    return [(v.name or "-") for v in variables]


def rec():
    x = C.sequence.input_variable(2, name="x")
    return x, Recurrence(LSTM(3, init=0.1, init_bias=0.2, name="cell"), name="rec")(x)


def two_out():
    @C.Function
    def f(a, b):
        return a + b, a * b

    return f


def nested():
    i = C.placeholder(name="i")
    inner = C.as_block(
        C.relu(C.times(i, C.parameter((2, 2), init=2, name="Wi")), name="deep"),
        [(i, C.placeholder(name="o"))],
        "Inner",
        "inner",
    )
    j = inner.placeholders[0]
    x = C.input_variable(2, name="x")
    outer = C.as_block(
        C.plus(inner, C.parameter(2, init=1, name="bo"), name="mid"), [(j, x)], "Outer", "outer"
    )
    return x, outer


@case
def mo_sym():
    f = two_out()
    x = C.input_variable(2, name="x")
    g = f(x, x)
    return g, g.outputs


@case
def mo_str():
    return str(two_out())


@case
def mo_clone():
    f = two_out()
    g = f.clone("clone")
    return g, len(g.outputs)


@case
def mo_root():
    f = two_out()
    return f.root_function.op_name, f.is_block


@case
def mo_named():
    @C.Function
    def f(a):
        return C.relu(a, name="r"), C.tanh(a, name="t")

    return names(f.outputs), f.r, f.t


@case
def mo_named_access():
    @C.Function
    def f(a):
        return C.relu(a, name="r"), C.tanh(a, name="t")

    g = f(C.input_variable(2, name="x"))
    return g.r.output, g[0], g.outputs[1]


@case
def mo_block():
    @BlockFunction("Two", "two")
    def f(a):
        return C.relu(a, name="r"), C.tanh(a, name="t")

    g = f(C.input_variable(2, name="x"))
    return g, names(g.outputs), g.two, g.two.outputs


@case
def mo_block_clone():
    @BlockFunction("Two", "two")
    def f(a):
        return C.relu(a, name="r"), C.tanh(a, name="t")

    g = f(C.input_variable(2, name="x"))
    h = g.clone("clone")
    return h, names(h.outputs), h.two.block_root.r


@case
def mo_grad():
    @C.Function
    def f(a):
        return C.relu(a), C.tanh(a)

    x = C.input_variable(2, needs_gradient=True)
    g = f(x)
    return g.grad({x: ROW})


@case
def nest_find():
    x, o = nested()
    return [
        [len(o.find_all_with_name(n, d)) for d in (0, 1, 2, -1)]
        for n in ("Wi", "bo", "deep", "inner", "mid", "outer", "x", "i", "o")
    ]


@case
def nest_attr3():
    x, o = nested()
    return o.deep


@case
def nest_freeze():
    x, o = nested()
    g = o.clone("freeze")
    return names(g.parameters), names(g.constants), g.eval({g.arguments[0]: ROW})


@case
def nest_sub_inner():
    x, o = nested()
    y = C.input_variable(2, name="y")
    return o.clone("share", {o.outer.inner.output: y})


@case
def nest_save():
    x, o = nested()
    p = os.path.join(D, "n")
    o.save(p)
    g = C.load_model(p)
    return (
        g,
        g.eval(ROW),
        names(g.parameters),
        g.outer.inner.op_name,
        [[len(g.find_all_with_name(n, d)) for d in (0, 1, 2, -1)] for n in ("Wi", "deep", "inner")],
    )


@case
def nest_uid():
    x, o = nested()
    p = os.path.join(D, "n")
    o.save(p)
    g = C.load_model(p)
    return g.outer.uid == o.outer.uid, g.outer.inner.Wi.uid == o.outer.inner.Wi.uid


@case
def rec_find():
    x, f = rec()
    return [
        [len(f.find_all_with_name(n, d)) for d in (0, 1, 2, -1)]
        for n in ("W", "b", "cell", "rec", "x", "H", "dh", "dc")
    ]


@case
def rec_params():
    x, f = rec()
    return names(f.parameters), names(f.inputs), names(f.constants)


@case
def rec_clone_eval():
    x, f = rec()
    g = f.clone("clone")
    return [
        bool(np.abs(a - b).max() < 1e-6)
        for a, b in zip(f.eval({x: S1}), g.eval({g.arguments[0]: S1}))
    ]


@case
def rec_clone_ph():
    x, f = rec()
    p = C.placeholder(name="p")
    g = f.clone("share", {x: p})
    y = C.sequence.input_variable(2, name="y")
    h = g(y)
    return h, [bool(np.abs(a - b).max() < 1e-6) for a, b in zip(f.eval({x: S1}), h.eval({y: S1}))]


@case
def rec_unapplied():
    r = Recurrence(LSTM(3, init=0.1), name="rec")
    return r, names(r.parameters), names(r.arguments)


@case
def rec_apply_twice():
    r = Recurrence(LSTM(3, init=0.1))
    x = C.sequence.input_variable(2, name="x")
    a = r(x)
    b = r(x * 2)
    return len((a + b).parameters)


@case
def rec_save():
    x, f = rec()
    p = os.path.join(D, "r")
    f.save(p)
    g = C.load_model(p)
    return g, [
        bool(np.abs(a - b).max() < 1e-6)
        for a, b in zip(f.eval({x: S1}), g.eval({g.arguments[0]: S1}))
    ]


@case
def rec_last_freeze():
    x, f = rec()
    g = C.sequence.last(f).clone("freeze")
    return names(g.parameters), names(g.constants)[:3], g


@case
def rec_inner_sub():
    x, f = rec()
    y = C.sequence.input_variable(3, name="y")
    return Dense(2, init=1)(f).clone("share", {f.output: y})


@case
def rec_dropout():
    x = C.sequence.input_variable(2, name="x")
    h = C.placeholder(name="h")
    f = C.plus(x, C.dropout(C.sequence.past_value(h), 0.5, seed=3, name="dr"))
    f.replace_placeholders({h: f.output})
    f.dr.set_attribute("dropoutRate", 0.0)
    return f.dr.attributes, f.eval({x: S1})


@case
def rec_dropout_bare():
    x = C.sequence.input_variable(2, name="x")
    r = Recurrence(RNNStep(2, init=0.1))(x)
    return names(r.parameters)


@case
def seq_model():
    m = Sequential([Dense(3, name="a"), [Dense(2, name="b"), C.relu], Label("lab")])
    return m, names(m.parameters), m.a, m.b, m.lab


@case
def seq_tuple():
    m = Sequential([(Dense(3, init=1), Dense(2, init=1)), C.splice])
    return m(C.input_variable(2)).eval(ROW)


@case
def for_model():
    m = For(range(3), lambda i: Dense(2, name=f"d{i}"))
    return m, names(m(C.input_variable(2, name="x")).find_all_with_name("d1"))


@case
def shared_layer():
    d = Dense(2, init=1, name="d")
    x = C.input_variable(2, name="x")
    f = d(d(x))
    return names(f.parameters), len(f.find_all_with_name("d")), f.eval(ROW)


@case
def shared_layer_attr():
    d = Dense(2, init=1, name="d")
    x = C.input_variable(2, name="x")
    f = d(d(x))
    return f.d


@case
def shared_clone():
    d = Dense(2, init=1, name="d")
    x = C.input_variable(2, name="x")
    f = d(d(x))
    g = f.clone("clone")
    return len(g.parameters), len({p.uid for p in g.parameters})


@case
def shared_freeze_part():
    d = Dense(2, init=1, name="d")
    e = Dense(2, init=1, name="e")
    x = C.input_variable(2, name="x")
    f = e(d(x))
    g = e(d.clone("freeze")(x))
    return names(f.parameters), names(g.parameters), names(g.constants)


@case
def layer_print():
    return [
        str(layer)
        for layer in (
            Dense(3, name="q"),
            Embedding(3),
            Dropout(0.5),
            BatchNormalization(),
            LSTM(3),
            Recurrence(GRU(2)),
            Convolution2D((3, 3), 2),
            MaxPooling((2, 2)),
            Label("l"),
            Activation(C.relu),
        )
    ]


@case
def layer_repr():
    return [
        repr(layer)
        for layer in (Dense(3, name="q"), Embedding(3), Dropout(0.5), LSTM(3), Label("l"))
    ]


@case
def dense_attr():
    d = Dense(3, init=1)
    return d.W, d.b, d.W.shape


@case
def dense_set():
    d = Dense(3, init=1)(C.input_variable(2))
    d.W.value = np.zeros((2, 3))
    return d.eval(ROW)


@case
def dense_W_before():
    d = Dense(3, init=1)
    return d.W.value


@case
def fn_defaults():
    @C.Function
    def f(x, scale=2):
        return x * scale

    return f, f(C.input_variable(2, name="x"))


@case
def fn_closure():
    p = C.parameter(2, init=3, name="pp")

    @C.Function
    def f(x):
        return x * p

    return f, names(f.parameters)


@case
def fn_typed():
    @C.Function.with_signature(Tensor[2])
    def f(x):
        return x * 2

    return f, f(ROW)


@case
def fn_typed_seq():
    @C.Function
    @C.layers.Signature(Sequence[Tensor[2]])
    def f(x):
        return C.sequence.last(x)

    return f, f(S1)


@case
def fn_order():
    @C.Function
    def f(a, b):
        return b - a

    return names(f.arguments), f(C.input_variable(2, name="p"), C.input_variable(2, name="q"))


@case
def fn_unused():
    @C.Function
    def f(a, b):
        return a

    return f


@case
def fn_identity():
    @C.Function
    def f(a):
        return a

    return f, f(C.input_variable(2, name="x")), f(C.input_variable(2, name="x")).eval(ROW)


@case
def fn_const():
    @C.Function
    def f(a):
        return C.constant(3)

    return f


@case
def fn_none():
    @C.Function
    def f(a):
        a + 1

    return f


@case
def fn_nested():
    @C.Function
    def g(a):
        return a * 2

    @C.Function
    def f(a):
        return g(a) + 1

    return f, f(C.input_variable(2, name="x")).eval(ROW)


@case
def fn_varargs():
    @C.Function
    def f(*a):
        return a[0]

    return f


@case
def fn_kwonly():
    @C.Function
    def f(a, *, b=1):
        return a + b

    return f


@case
def fn_param_inside():
    @C.Function
    def f(a):
        return a + C.parameter(2)

    return f


@case
def fn_layer_inside():
    @C.Function
    def f(a):
        return Dense(2)(a)

    return f


@case
def fn_name():
    @C.Function
    def myname(a):
        return a + 1

    return myname.name, myname.root_function.name


@case
def fn_class_method():
    class T:
        @staticmethod
        def go(a):
            return a + 1

    return C.Function(T.go)


@case
def fn_builtin():
    return C.Function(abs)


@case
def fn_recursion():
    h = C.layers.ForwardDeclaration("h")
    x = C.sequence.input_variable(2, name="x")
    f = x + C.sequence.past_value(h)
    h.resolve_to(f)
    return f.eval({x: S1})


@case
def ps_compose():
    a = Dense(3, init=1, name="a")
    b = Dense(2, init=1, name="b")
    m = a >> b
    return m, names(m.parameters), m.arguments, m.a, m.b


@case
def ps_compose_named():
    m = Dense(3, init=1, name="a") >> C.relu >> Label("q") >> Dense(1, init=1)
    f = m(C.input_variable(2, name="x"))
    return f.q, C.combine([f.q]).eval(ROW)


@case
def upd_loaded():
    d = Dense(2, init=1, name="d")(C.input_variable(2, name="x"))
    p = os.path.join(D, "d")
    d.save(p)
    g = C.load_model(p)
    return g.d, g.find_by_name("d").is_block, g.is_block, g.root_function.is_block, str(g)


@case
def name_lookup_order():
    x = C.input_variable(2, name="same")
    f = C.relu(x, name="same")
    return f.find_all_with_name("same")


@case
def name_space():
    x = C.input_variable(2, name="a b")
    f = C.relu(x, name="ü")
    return f, f.find_by_name("a b"), f.find_by_name("ü") is not None


@case
def save_unicode():
    x = C.input_variable(2, name="a b")
    f = C.relu(x, name="ü")
    p = os.path.join(D, "ü")
    f.save(p)
    return C.load_model(p).name


@case
def in_place_plus():
    x = C.input_variable(2, name="x")
    f = x
    f += 1
    f *= 2
    return f.eval(ROW)


@case
def deep():
    f = C.input_variable(2, name="x")
    for _ in range(300):
        f = C.relu(f)
    g = f.clone("clone")
    return len(C.logging.graph.depth_first_search(g, lambda n: True))


@case
def clone_clone():
    x, o = nested()
    g = o.clone("clone").clone("freeze").clone("clone")
    return names(g.parameters), names(g.constants)


@case
def replaced_in_clone():
    x = C.input_variable(2, name="x")
    h = C.relu(x, name="h")
    f = h + C.tanh(h)
    n = C.input_variable(2, name="n")
    return f.clone("share", {h: n}), f.clone("share", {h.output: n, x: n})


@case
def two_nodes():
    x = C.input_variable(2, name="x")
    a = C.relu(x, name="a")
    b = C.tanh(a, name="b")
    c = C.exp(b, name="c")
    part = C.combine([c.b]).clone("share", {a: C.placeholder(name="p")})
    return part, part(C.input_variable(2, name="n"))


@case
def combine_clone_multi():
    x = C.input_variable(2, name="x")
    a = C.relu(x, name="a")
    b = C.tanh(a, name="b")
    g = C.combine([a, b]).clone("share", {x: C.input_variable(2, name="y")})
    return names(g.outputs), g
