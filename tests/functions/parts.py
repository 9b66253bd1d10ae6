"""Parts of Functions: found by name, listed, combined, hidden in blocks; attributes.

Long because it is one list of questions; see :mod:`recording`.
"""

from __future__ import annotations

import numpy as np

import cntk as C
from cntk.layers import Dense, Dropout
from cntk.ops.functions import BlockFunction, Function

from .recording import case

ROW = np.array([[1, 2]], "f")


def net():
    x = C.input_variable(2, name="x")
    h = Dense(2, init=1, init_bias=0.5, name="h1")(x)
    r = C.relu(h, name="r")
    z = Dense(3, init=2, name="h2")(r)
    return x, h, r, z


def kinds_of(items):
    operations = (v.op_name if isinstance(v, Function) else "var" for v in items)
    return [f"{v.name or '-'}:{operation}" for v, operation in zip(items, operations)]


@case
def fb_none():
    x, h, r, z = net()
    return z.find_by_name("q")


@case
def fb_fn():
    x, h, r, z = net()
    q = z.find_by_name("r")
    return q, q.is_composite, q.is_primitive, q.is_block


@case
def fb_block():
    x, h, r, z = net()
    q = z.find_by_name("h1")
    return q, q.is_composite, q.is_primitive, q.is_block


@case
def fb_var():
    x, h, r, z = net()
    q = z.find_by_name("x")
    return q, q.is_input


@case
def fb_param():
    x, h, r, z = net()
    return z.find_by_name("W")


@case
def fb_all():
    x, h, r, z = net()
    return z.find_all_with_name("W"), kinds_of(z.find_all_with_name("W"))


@case
def fb_all_depths():
    x, h, r, z = net()
    return [len(z.find_all_with_name("W", d)) for d in (0, 1, 2, -1, -2)]


@case
def fb_int():
    x, h, r, z = net()
    return z.find_by_name(3)


@case
def fb_None():
    x, h, r, z = net()
    return z.find_by_name(None)


@case
def fb_empty():
    x, h, r, z = net()
    return z.find_by_name(""), z.find_all_with_name("")


@case
def fb_unnamed_self():
    x, h, r, z = net()
    return (z + 1).find_by_name("h2").name


@case
def fb_nested():
    i = C.placeholder(name="i")
    inner = C.as_block(C.relu(i * 2, name="deep"), [(i, C.placeholder(name="o"))], "Inner", "inner")
    j = inner.placeholders[0]
    outer = C.as_block(
        C.plus(inner, 1, name="mid"), [(j, C.input_variable(2, name="x"))], "Outer", "outer"
    )
    return [
        [outer.find_by_name(n, d) is not None for d in (0, 1, 2, -1)]
        for n in ("deep", "inner", "mid", "outer", "x", "o", "i")
    ]


@case
def fb_nested_obj():
    i = C.placeholder(name="i")
    inner = C.as_block(C.relu(i * 2, name="deep"), [(i, C.placeholder(name="o"))], "Inner", "inner")
    j = inner.placeholders[0]
    outer = C.as_block(
        C.plus(inner, 1, name="mid"), [(j, C.input_variable(2, name="x"))], "Outer", "outer"
    )
    return (
        outer.find_by_name("deep", -1),
        outer.outer,
        outer.find_by_name("mid", 1),
        outer.outer.inner,
        outer.outer.inner.deep,
    )


@case
def attr_depth():
    x, h, r, z = net()
    return z.h1, z.h1.W, z.h1.b, z.x, z.r


@case
def attr_W_dup():
    x, h, r, z = net()
    return z.W


@case
def attr_nested_missing():
    x, h, r, z = net()
    return z.h1.nothing


@case
def attr_shape_named():
    x = C.input_variable(2, name="x")
    f = C.relu(C.tanh(x, name="shape"))
    return f.shape


@case
def attr_named_name():
    x = C.input_variable(2, name="x")
    f = C.relu(C.tanh(x, name="parameters"))
    return f.parameters


@case
def attr_named_value():
    x = C.input_variable(2, name="x")
    f = C.relu(C.tanh(x, name="value"))
    return f.value


@case
def attr_named_dtype():
    x = C.input_variable(2, name="x")
    f = C.relu(C.tanh(x, name="dtype"))
    return f.dtype


@case
def params():
    x, h, r, z = net()
    return z.parameters, z.constants, z.inputs, z.arguments, z.placeholders, z.outputs, z.output


@case
def rootparams():
    x, h, r, z = net()
    q = z.root_function
    return q.parameters, q.constants, q.inputs, q.arguments, q.placeholders, q.outputs, q.output


@case
def blockmap():
    x, h, r, z = net()
    return z.root_function.block_arguments_mapping


@case
def blockroot_comp():
    x, h, r, z = net()
    return z.block_root


@case
def blockmap_comp():
    x, h, r, z = net()
    return z.block_arguments_mapping


@case
def blockroot_prim():
    x, h, r, z = net()
    return r.root_function.block_root


@case
def block_outputs_mapping():
    x, h, r, z = net()
    return z.root_function.block_outputs_mapping


@case
def block_composite():
    x, h, r, z = net()
    return z.root_function.block_composite


@case
def opnames():
    x, h, r, z = net()
    return z.op_name, z.root_function.op_name, r.root_function.op_name, z.h1.op_name


@case
def names_():
    x, h, r, z = net()
    return z.name, z.root_function.name, r.name, z.output.name, z.h1.output.name


@case
def name_set():
    x, h, r, z = net()
    g = z + 1
    g.name = "g"
    return g.name, g.output.name, g.root_function.name, g.find_by_name("g")


@case
def name_set2():
    x, h, r, z = net()
    z.name = "g"
    return z.name


@case
def name_set_same():
    x, h, r, z = net()
    z.name = "h2"
    return z.name


@case
def attrs_comp():
    x, h, r, z = net()
    return z.attributes, z.root_function.attributes, r.root_function.attributes


@case
def attrs_fresh():
    d = C.dropout(C.input_variable(2), 0.3, seed=5)
    a = d.root_function.attributes
    a["dropoutRate"] = 0.9
    return d.root_function.attributes


@case
def setattr_():
    d = C.dropout(C.input_variable(2), 0.3, seed=5)
    d.set_attribute("dropoutRate", 0.5)
    return d.root_function.attributes


@case
def setattr_seed():
    d = C.dropout(C.input_variable(2), 0.3, seed=5)
    d.set_attribute("rngSeed", 9)
    return d.root_function.attributes


@case
def setattr_bad():
    d = C.dropout(C.input_variable(2), 0.3, seed=5)
    d.set_attribute("foo", 9.5)
    return d.root_function.attributes


@case
def setattr_root():
    d = C.dropout(C.input_variable(2), 0.3, seed=5)
    d.root_function.set_attribute("dropoutRate", 0.25)
    return d.root_function.attributes


@case
def setattr_layer_in():
    d = Dropout(0.3, seed=5, name="dd")(C.input_variable(2))
    f = Dense(2)(d)
    f.dd.block_root.set_attribute("dropoutRate", 0.25)
    return f.dd.block_root.root_function.attributes


@case
def setattr_random():
    d = C.random.uniform(2, seed=3)
    d.set_attribute("rngSeed", 7)
    return d.root_function.attributes


@case
def setattr_many():
    x = C.input_variable(2)
    d1 = C.dropout(x, 0.3, seed=5)
    d2 = C.dropout(d1, 0.4, seed=6)
    d2.set_attribute("dropoutRate", 0.1)
    return d1.root_function.attributes["dropoutRate"], d2.root_function.attributes["dropoutRate"]


@case
def custom_attr_bad():
    f = C.relu(C.input_variable(2))
    f.custom_attributes = 3
    return f.custom_attributes


@case
def comb_list():
    x, h, r, z = net()
    return C.combine([z, r])


@case
def comb_args():
    x, h, r, z = net()
    return C.combine(z, r)


@case
def comb_tuple():
    x, h, r, z = net()
    return C.combine((z, r))


@case
def comb_one():
    x, h, r, z = net()
    q = C.combine([z])
    return q, q.root_function.op_name, q.name


@case
def comb_name():
    x, h, r, z = net()
    q = C.combine([z, r], name="cc")
    return q.name, [o.name for o in q.outputs]


@case
def comb_multi():
    x, h, r, z = net()
    q = C.combine([C.combine([z, r]), x])
    return q, q.root_function.inputs


@case
def comb_dup():
    x, h, r, z = net()
    q = C.combine([z, z])
    return (q.outputs,)


@case
def comb_dup_eval():
    x, h, r, z = net()
    q = C.combine([z, z])
    return len(q.eval(ROW))


@case
def comb_var():
    x = C.input_variable(2, name="x")
    return C.combine([x]), C.combine([x]).eval(ROW), C.combine([x]).output


@case
def comb_var2():
    x = C.input_variable(2, name="x")
    return C.combine(x, x + 1).outputs


@case
def comb_param():
    p = C.parameter(2, init=1, name="p")
    return C.combine([p]), C.combine([p]).eval()


@case
def comb_owner():
    x, h, r, z = net()
    return C.combine([z.r.owner]), C.combine([z.r.output])


@case
def comb_mixed_axes():
    x = C.input_variable(2, name="x")
    s = C.sequence.input_variable(2, name="s")
    q = C.combine([x, s])
    return q, q.eval({x: ROW, s: [ROW]})


@case
def comb_dtypes():
    x = C.input_variable(2, name="x")
    s = C.input_variable(2, dtype=np.float64, name="s")
    q = C.combine([x, s])
    return q


@case
def alias():
    x, h, r, z = net()
    q = C.alias(z, name="al")
    return q, q.name, q.output.name, q.root_function.op_name, q.root_function.inputs, q.al


@case
def alias_unnamed():
    x, h, r, z = net()
    q = C.alias(z)
    return q, q.name


@case
def alias_var():
    x = C.input_variable(2, name="x")
    q = C.alias(x, "y")
    return q, q.eval(ROW)


@case
def alias_arr():
    return C.alias(np.ones(2, "f"), "y")


@case
def as_comp():
    x, h, r, z = net()
    q = C.as_composite(z.root_function)
    return q, q.is_composite, q.name, q == z


@case
def as_comp_name():
    x, h, r, z = net()
    q = C.as_composite(z.root_function, "nn")
    return q.name, q.output.name


@case
def as_comp_comp():
    x, h, r, z = net()
    q = C.as_composite(z)
    return q, q.is_composite


@case
def as_block():
    p = C.placeholder(name="p")
    x = C.input_variable(2, name="x")
    q = C.as_block(C.relu(p), [(p, x)], "My", "nm")
    return (
        q,
        q.root_function.op_name,
        q.name,
        q.output.name,
        q.root_function.uid[:5],
        q.is_block,
        q.root_function.is_block,
        q.placeholders,
        q.arguments,
        q.root_function.block_arguments_mapping,
    )


@case
def as_block_missing():
    p = C.placeholder(name="p")
    q = C.placeholder(name="q")
    x = C.input_variable(2, name="x")
    return C.as_block(p + q, [(p, x)], "My", "nm")


@case
def as_block_empty():
    p = C.placeholder(name="p")
    return C.as_block(C.relu(p), [], "My", "nm")


@case
def as_block_foreign():
    p = C.placeholder(name="p")
    x = C.input_variable(2, name="x")
    return C.as_block(C.relu(p), [(p, x), (C.placeholder(name="z"), x)], "My", "nm")


@case
def as_block_input():
    y = C.input_variable(2, name="y")
    x = C.input_variable(2, name="x")
    return C.as_block(C.relu(y), [(y, x)], "My", "nm")


@case
def as_block_fn_arg():
    p = C.placeholder(name="p")
    x = C.input_variable(2, name="x")
    return C.as_block(C.relu(p), [(p, C.tanh(x))], "My", "nm")


@case
def as_block_noargs():
    return C.as_block(C.relu(C.parameter(2, name="w")), [], "My", "nm")


@case
def as_block_to_ph():
    p = C.placeholder(name="p")
    q = C.placeholder(name="q")
    return (C.as_block(C.relu(p), [(p, q)], "My", "nm"),)


@case
def as_block_same_ph():
    p = C.placeholder(name="p")
    return C.as_block(C.relu(p), [(p, p)], "My", "nm")


@case
def as_block_multi():
    p = C.placeholder(name="p")
    x = C.input_variable(2, name="x")
    q = C.as_block(C.combine([C.relu(p), C.tanh(p)]), [(p, x)], "My", "nm")
    return q, q.outputs, [o.name for o in q.outputs], q.eval(ROW) and 1


@case
def blockfunction():
    @BlockFunction("My", "nm")
    def f(a):
        return C.relu(a)

    return f, f(C.input_variable(2, name="x")), f.is_block, f.root_function.is_block


@case
def fn_lambda():
    return C.Function(lambda a, b: a + b)
