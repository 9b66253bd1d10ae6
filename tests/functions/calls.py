"""Calls, composition, signatures, operators and indices of Functions.

Long because it is one list of questions; see :mod:`recording`.
"""

from __future__ import annotations

import numpy as np

import cntk as C
from cntk.layers import Dense
from cntk.layers.typing import Sequence, SparseTensor, Tensor

from .recording import case


def two():
    a = C.input_variable(2, name="a")
    b = C.input_variable(2, name="b")
    return a, b, C.minus(a, b * 2, name="f")


ROW = np.array([[1, 2]], "f")
OTHER = np.array([[3, 5]], "f")


@case
def call_pos():
    a, b, f = two()
    return f(ROW, OTHER)


@case
def call_kw():
    a, b, f = two()
    return f(a=ROW, b=OTHER)


@case
def call_kw_rev():
    a, b, f = two()
    return f(b=OTHER, a=ROW)


@case
def call_mixed():
    a, b, f = two()
    return f(ROW, b=OTHER)


@case
def call_dup():
    a, b, f = two()
    return f(ROW, OTHER, a=ROW)


@case
def call_dup2():
    a, b, f = two()
    return f(ROW, a=ROW)


@case
def call_unknown():
    a, b, f = two()
    return f(ROW, c=OTHER)


@case
def call_few():
    a, b, f = two()
    return f(ROW)


@case
def call_many():
    a, b, f = two()
    return f(ROW, OTHER, ROW)


@case
def call_none():
    a, b, f = two()
    return f()


@case
def call_dict():
    a, b, f = two()
    return f({a: ROW, b: OTHER})


@case
def call_list():
    a, b, f = two()
    return f([ROW, OTHER])


@case
def call_lists():
    a, b, f = two()
    return f([[1, 2]], [[3, 4]])


@case
def call_None():
    a, b, f = two()
    return f(None, ROW)


@case
def call_str():
    a, b, f = two()
    return f("x", ROW)


@case
def call_vars():
    a, b, f = two()
    p = C.input_variable(2, name="p")
    q = C.input_variable(2, name="q")
    return f(p, q)


@case
def call_vars_str():
    a, b, f = two()
    p = C.input_variable(2, name="p")
    q = C.input_variable(2, name="q")
    return str(f(p, q))


@case
def call_fn():
    a, b, f = two()
    p = C.input_variable(2, name="p")
    return f(p, C.relu(p))


@case
def call_mixed_var_arr():
    a, b, f = two()
    return f(a, OTHER)


@case
def call_mixed_var_const():
    a, b, f = two()
    return f(a, C.constant(OTHER[0]))


@case
def call_const_eval():
    a, b, f = two()
    return f(a, C.constant(OTHER[0])).eval({a: ROW})


@case
def call_param():
    a, b, f = two()
    return f(C.parameter(2, init=1), C.constant([1, 2])).eval()


@case
def call_shape_bad():
    a, b, f = two()
    return f(C.input_variable(3, name="p"), b)


@case
def call_shape_more():
    a, b, f = two()
    return f(C.input_variable((4, 2), name="p"), b)


@case
def call_seq():
    a, b, f = two()
    return f(C.sequence.input_variable(2, name="p"), b)


@case
def call_dtype():
    a, b, f = two()
    return f(C.input_variable(2, dtype=np.float64, name="p"), b)


@case
def call_sparse():
    a, b, f = two()
    return f(C.input_variable(2, is_sparse=True, name="p"), b)


@case
def call_multi_out_arg():
    a, b, f = two()
    m = C.combine([a + 1, b + 1])
    return f(*m.outputs)


@case
def call_multi_fn():
    a, b, f = two()
    m = C.combine([a + 1, b + 1])
    return f(m, b)


@case
def call_combine_result():
    a, b, f = two()
    m = C.combine([f, a * b])
    return m(ROW, OTHER)


@case
def call_combine_sym():
    a, b, f = two()
    m = C.combine([f, a * b])
    p = C.input_variable(2, name="p")
    return m(p, p)


@case
def rsh():
    a, b, f = two()
    g = Dense(3, init=1)
    return (f >> g).eval({a: ROW, b: OTHER})


@case
def rsh_op():
    a, b, f = two()
    return f >> C.relu


@case
def rsh_tuple():
    a, b, f = two()
    return f >> (C.relu, C.tanh)


@case
def rsh_multi_tuple():
    a, b, f = two()
    return C.combine([f, a]) >> (C.relu, C.tanh)


@case
def rsh_multi_one():
    a, b, f = two()
    return C.combine([f, a]) >> C.plus


@case
def rsh_lambda():
    a, b, f = two()
    return f >> (lambda x: x + 1)


@case
def lsh():
    a, b, f = two()
    g = Dense(3, init=1)
    return g << f


@case
def lsh2():
    a, b, f = two()
    return f << a


@case
def lsh_arr():
    a = C.input_variable(2)
    return C.relu(a) << ROW


@case
def chain3():
    return (Dense(3, init=1) >> C.relu >> Dense(1, init=1))(C.input_variable(2)).eval(ROW)


@case
def chain_str():
    return str(Dense(3, init=1) >> C.relu >> Dense(1, init=1))


@case
def fn_of_fn_multi():
    a, b, f = two()
    g = Dense(3, init=1)
    return g(f)


@case
def amap():
    a, b, f = two()
    return f.argument_map(ROW, OTHER)


@case
def amap_kw():
    a, b, f = two()
    return f.argument_map(b=1, a=2)


@case
def amap_few():
    a, b, f = two()
    return f.argument_map(1)


@case
def amap_none():
    return C.relu(C.constant(1)).argument_map()


@case
def call_noarg():
    return C.plus(C.constant([1, 2]), 3)()


@case
def sig():
    a, b, f = two()
    return f.signature


@case
def sig_dense():
    return Dense(3).signature


@case
def upd_sig():
    d = Dense(3, init=1)
    d.update_signature(4)
    return d


@case
def upd_sig_ret():
    return Dense(3).update_signature(4)


@case
def upd_sig_type():
    d = Dense(3, init=1)
    d.update_signature(Sequence[Tensor[4]])
    return d


@case
def upd_sig_kw():
    d = Dense(3, init=1)
    d.update_signature(x=(2, 4))
    return d


@case
def upd_sig_kw_bad():
    d = Dense(3, init=1)
    d.update_signature(y=(2, 4))
    return d


@case
def upd_sig_many():
    d = Dense(3, init=1)
    d.update_signature(2, 3)
    return d


@case
def upd_sig_none():
    d = Dense(3, init=1)
    d.update_signature()
    return d


@case
def upd_sig_None():
    d = Dense(3, init=1)
    d.update_signature(None)
    return d


@case
def upd_sig_sparse():
    d = Dense(3, init=1)
    d.update_signature(SparseTensor[4])
    return d.arguments[0].is_sparse


@case
def partial_upd():
    p = C.placeholder(name="p")
    q = C.placeholder(name="q")
    f = p * 2 + q
    f.update_signature(q=3)
    return f.arguments


@case
def type_multi():
    a, b, f = two()
    return str(C.combine([f, a]).type)


@case
def bool_f():
    a, b, f = two()
    return bool(f)


@case
def bool_v():
    return bool(C.input_variable(2))


@case
def idx_multi():
    a, b, f = two()
    return C.combine([f, a])[1]


@case
def idx_multi_neg():
    a, b, f = two()
    return C.combine([f, a])[-1]


@case
def idx_multi_slice():
    a, b, f = two()
    return C.combine([f, a])[0:1]


@case
def idx():
    a, b, f = two()
    return f[0]


@case
def idx_neg():
    a, b, f = two()
    return f[-1].eval({a: ROW, b: OTHER})


@case
def idx_slice():
    a, b, f = two()
    return f[0:2].eval({a: ROW, b: OTHER})


@case
def idx_slice1():
    a, b, f = two()
    return f[1:].eval({a: ROW, b: OTHER})


@case
def idx_2d():
    x = C.input_variable((2, 3))
    return x[1, 2].eval({x: np.arange(6).reshape(1, 2, 3).astype("f")})


@case
def idx_list():
    x = C.input_variable((4,))
    return x[[0, 3]].eval({x: np.arange(4).reshape(1, 4).astype("f")})


@case
def idx_list2():
    x = C.input_variable((2, 4))
    return x[1, [0, 3]].eval({x: np.arange(8).reshape(1, 2, 4).astype("f")})


@case
def idx_none():
    x = C.input_variable((4,))
    return x[None]


@case
def idx_ellipsis():
    x = C.input_variable((2, 3))
    return x[..., 0].eval({x: np.arange(6).reshape(1, 2, 3).astype("f")})


@case
def idx_ellipsis_mid():
    x = C.input_variable((2, 3, 4))
    return x[0, ..., 1]


@case
def idx_float():
    x = C.input_variable((4,))
    return x[1.5]


@case
def idx_str():
    x = C.input_variable((4,))
    return x["a"]


@case
def idx_step():
    x = C.input_variable((6,))
    return x[0:6:2].eval({x: np.arange(6).reshape(1, 6).astype("f")})


@case
def idx_step_neg():
    x = C.input_variable((6,))
    return x[0:6:-1].eval({x: np.arange(6).reshape(1, 6).astype("f")})


@case
def idx_full():
    x = C.input_variable((6,))
    return x[:]


@case
def idx_nparr():
    x = C.input_variable((6,))
    return x[np.array([1, 2])]


@case
def idx_bool():
    x = C.input_variable((6,))
    return x[True]


@case
def arith():
    a, b, f = two()
    return (1 + f - f * 2 / 4).eval({a: ROW, b: OTHER})


@case
def arith_r():
    a, b, f = two()
    return (1 - f).eval({a: ROW, b: OTHER})


@case
def arith_div():
    a, b, f = two()
    return (1 / f).eval({a: ROW, b: OTHER})


@case
def arith_neg():
    a, b, f = two()
    return abs(-f).eval({a: ROW, b: OTHER})


@case
def arith_mat():
    a, b, f = two()
    return (f @ C.constant([[1], [2]])).eval({a: ROW, b: OTHER})


@case
def arith_rmat():
    return ([[1.0, 2.0]] @ C.parameter((2, 1), init=1)).eval()


@case
def arith_eq():
    a, b, f = two()
    return f == 2


@case
def arith_eq_self():
    a, b, f = two()
    return f == f


@case
def arith_ne():
    a, b, f = two()
    return f != 2


@case
def arith_multi():
    a, b, f = two()
    return C.combine([f, a]) + 1


@case
def arith_iadd():
    a, b, f = two()
    g = f
    g += 1
    return g


@case
def arith_list():
    a, b, f = two()
    return ([1, 2] + f).eval({a: ROW, b: OTHER})


@case
def arith_matmul_fn():
    a, b, f = two()
    return f @ f


@case
def contains():
    a, b, f = two()
    return a in f.arguments, a in (f,)


@case
def attr_multi():
    a, b, f = two()
    return C.combine([f, a]).shape


@case
def attr_multi_unknown():
    a, b, f = two()
    return C.combine([f, a]).foo


@case
def attr_unknown():
    a, b, f = two()
    return f.foo


@case
def attr_set():
    a, b, f = two()
    f.foo = 3
    return f.foo


@case
def attr_fwd():
    a, b, f = two()
    return (
        f.shape,
        f.dtype,
        f.dynamic_axes,
        f.is_sparse,
        f.needs_gradient,
        f.is_output,
        f.is_input,
        f.is_parameter,
        f.is_constant,
        f.is_placeholder,
    )


@case
def hasattr_():
    a, b, f = two()
    return hasattr(f, "nothing"), hasattr(f, "shape"), hasattr(f, "__len__"), hasattr(f, "_x")


@case
def getattr_private():
    a, b, f = two()
    return f._abc
