"""Files, values, gradients, and the graph as text.

Long because it is one list of questions; see :mod:`recording`.
"""

from __future__ import annotations

import os
import tempfile

import numpy as np

import cntk as C
from cntk.layers import LSTM, Dense, Recurrence
from cntk.logging import graph

from .recording import case

D = tempfile.mkdtemp()
ROW = np.array([[1, 2]], "f")


def net():
    x = C.input_variable(2, name="x")
    h = Dense(2, init=1, init_bias=0.5, name="h1")(x)
    r = C.relu(h, name="r")
    z = Dense(3, init=2, name="h2")(r)
    return x, h, r, z


def saved(z, n="m"):
    p = os.path.join(D, n)
    z.save(p)
    return p


@case
def sl():
    x, h, r, z = net()
    g = C.load_model(saved(z))
    return g, g.eval(ROW), [p.name for p in g.parameters], g.h1.W.value, g.arguments


@case
def sl_uid():
    x, h, r, z = net()
    g = C.load_model(saved(z))
    return (
        g.uid == z.uid,
        g.root_function.uid == z.root_function.uid,
        g.output.uid == z.output.uid,
        g.arguments[0].uid == x.uid,
    )


@case
def sl_bytes():
    x, h, r, z = net()
    g = C.load_model(open(saved(z), "rb").read())
    return g.eval(ROW)


@case
def sl_bytearray():
    x, h, r, z = net()
    g = C.load_model(bytearray(open(saved(z), "rb").read()))
    return g.eval(ROW)


@case
def sl_Function_load():
    x, h, r, z = net()
    return C.Function.load(saved(z)).eval(ROW)


@case
def sl_missing():
    return C.load_model(os.path.join("/nonexistent", "x"))


@case
def sl_None():
    return C.load_model(None)


@case
def sl_int():
    return C.load_model(3)


@case
def sl_device():
    x, h, r, z = net()
    return C.load_model(saved(z), device=C.cpu()).eval(ROW)


@case
def sl_format():
    x, h, r, z = net()
    return C.load_model(saved(z), format=C.ModelFormat.CNTKv2).eval(ROW)


@case
def save_ret():
    x, h, r, z = net()
    return z.save(os.path.join(D, "q"))


@case
def save_nodir():
    x, h, r, z = net()
    return z.save(os.path.join(D, "no", "x"))


@case
def save_ph():
    p = os.path.join(D, "ph")
    d = Dense(2, init=1)
    d.save(p)
    return C.load_model(p)


@case
def save_ph2():
    p = os.path.join(D, "ph")
    d = C.relu(C.placeholder(name="q"))
    d.save(p)
    return C.load_model(p)


@case
def save_combine():
    x, h, r, z = net()
    q = C.combine([z, r], name="cc")
    g = C.load_model(saved(q))
    return g, g.name, [o.name for o in g.outputs]


@case
def save_var():
    x = C.input_variable(2, name="x")
    q = C.combine([x])
    g = C.load_model(saved(q))
    return g


@case
def save_ext():
    x, h, r, z = net()
    z.save(os.path.join(D, "q"), use_external_files_to_store_parameters=True)
    return C.load_model(os.path.join(D, "q")).eval(ROW)


@case
def restore():
    x, h, r, z = net()
    p = saved(z)
    z.h1.W.value = np.zeros((2, 2))
    z.restore(p)
    return z.h1.W.value


@case
def restore_clone():
    x, h, r, z = net()
    p = saved(z)
    g = z.clone("clone")
    g.h1.W.value = np.zeros((2, 2))
    g.restore(p)
    return g.h1.W.value


@case
def restore_ret():
    x, h, r, z = net()
    return z.restore(saved(z))


@case
def ev_noarg():
    return C.plus(C.constant([1, 2]), 3).eval()


@case
def ev_noarg_dict():
    return C.plus(C.constant([1, 2]), 3).eval({})


@case
def ev_noarg_extra():
    x = C.input_variable(2)
    return C.plus(C.constant([1, 2]), 3).eval({x: ROW})


@case
def ev_name():
    x, h, r, z = net()
    return z.eval({"x": ROW})


@case
def ev_name_bad():
    x, h, r, z = net()
    return z.eval({"q": ROW})


@case
def ev_missing():
    x, h, r, z = net()
    return z.eval()


@case
def ev_outputs():
    x, h, r, z = net()
    return z.eval(ROW, outputs=[z.output])


@case
def ev_outputs_multi():
    x, h, r, z = net()
    return C.combine([z, r]).eval(ROW, outputs=[r.output])


@case
def ev_outputs_multi2():
    x, h, r, z = net()
    return C.combine([z, r]).eval(ROW, outputs=[r.output, z.output])


@case
def ev_outputs_none():
    x, h, r, z = net()
    return C.combine([z, r]).eval(ROW, outputs=[])


@case
def ev_outputs_var():
    x, h, r, z = net()
    return C.combine([z, r]).eval(ROW, outputs=r.output)


@case
def ev_not_numpy():
    x, h, r, z = net()
    return type(z.eval(ROW, as_numpy=False)).__name__


@case
def ev_device():
    x, h, r, z = net()
    return z.eval(ROW, device=C.cpu())


@case
def call_found2_eval():
    x, h, r, z = net()
    n = C.input_variable(2, name="n")
    return z.h2(n).eval({n: ROW})


@case
def sig_found():
    x, h, r, z = net()
    return z.h2.signature, z.r.signature, z.h2.arguments


@case
def grad1():
    x, h, r, z = net()
    return z.grad({x: ROW}, wrt=list(z.h2.parameters)[:1])


@case
def grad_par():
    x, h, r, z = net()
    return z.grad({x: ROW}, wrt=[z.h2.W])


@case
def grad_multi():
    x, h, r, z = net()
    return z.grad({x: ROW}, wrt=[z.h2.W, z.h2.b])


@case
def grad_none():
    x, h, r, z = net()
    return z.grad({x: ROW})


@case
def grad_ng():
    x = C.input_variable(2, needs_gradient=True)
    return C.square(x).grad({x: ROW})


@case
def grad_outputs():
    x = C.input_variable(2, needs_gradient=True)
    f = C.square(x)
    return f.grad({x: ROW}, wrt=[x], outputs=[f.output])


@case
def grad_const():
    x, h, r, z = net()
    return z.grad({x: ROW}, wrt=[C.constant(1)])


@case
def grad_multi_out():
    x = C.input_variable(2, needs_gradient=True)
    f = C.combine([C.square(x), x * 3])
    return f.grad({x: ROW})


@case
def grad_asnp():
    x = C.input_variable(2, needs_gradient=True)
    return type(C.square(x).grad({x: ROW}, as_numpy=False)).__name__


@case
def fwd():
    x, h, r, z = net()
    return z.forward({x: ROW})


@case
def bwd():
    x, h, r, z = net()
    s, o = z.forward({x: ROW}, [z.output], {z.output})
    return z.backward(s, {z.output: np.ones((1, 3), "f")}, {z.h2.b})


@case
def bwd_None():
    x, h, r, z = net()
    return z.backward(None, {z.output: np.ones((1, 3), "f")}, {z.h2.b})


@case
def g_dfs():
    x, h, r, z = net()
    return [v.name for v in graph.depth_first_search(z, lambda n: True)]


@case
def g_dfs1():
    x, h, r, z = net()
    return [v.name for v in graph.depth_first_search(z, lambda n: True, 1)]


@case
def g_dfs_all():
    x, h, r, z = net()
    return [
        v.name or v.uid.rstrip("0123456789")
        for v in graph.depth_first_search(z, lambda n: True, -1)
    ]


@case
def g_dfs_false():
    x, h, r, z = net()
    return graph.depth_first_search(z, lambda n: False)


@case
def g_dfs_root():
    x, h, r, z = net()
    return [v.name for v in graph.depth_first_search(z.root_function, lambda n: True)]


@case
def g_dfs_novis():
    x, h, r, z = net()
    return graph.depth_first_search(z, None)


@case
def g_dfs_lstm():
    x = C.sequence.input_variable(2, name="x")
    f = Recurrence(LSTM(2))(x)
    return [
        v.name or v.uid.rstrip("0123456789")
        for v in graph.depth_first_search(f, lambda n: True, -1)
    ]


@case
def g_plot():
    x, h, r, z = net()
    return graph.plot(z).replace("\n", "/")


@case
def g_plot_lstm():
    x = C.sequence.input_variable(2, name="x")
    f = Recurrence(LSTM(2))(x)
    return graph.plot(f).replace("\n", "/")


@case
def g_find_uid():
    x, h, r, z = net()
    return (
        graph.find_by_uid(z, x.uid),
        graph.find_by_uid(z, z.root_function.uid),
        graph.find_by_uid(z, "q"),
    )


@case
def g_outputs():
    x, h, r, z = net()
    return graph.get_node_outputs(z), graph.get_node_outputs(z, 1)


@case
def g_find():
    x, h, r, z = net()
    return (
        graph.find_by_name(z, "h1"),
        graph.find_by_name(z, "nope"),
        graph.find_all_with_name(z, "W"),
    )


@case
def f_str_block_multi():
    x, h, r, z = net()
    return str(C.combine([z, r]))


@case
def f_type_print():
    x, h, r, z = net()
    return str(z), str(z.root_function), str(z.h1), str(r.root_function), repr(r.root_function)


@case
def f_print_lstm():
    x = C.sequence.input_variable(2, name="x")
    f = Recurrence(LSTM(2, name="l"), name="rr")(x)
    return str(f), repr(f)


@case
def f_print_param():
    return str(C.relu(C.parameter(2))), repr(C.relu(C.parameter(2)))
