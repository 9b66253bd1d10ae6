"""Variables, parameters, constants, records and axes.

Long because it is one list of questions; see :mod:`recording`.
"""

from __future__ import annotations

import copy
import pickle

import numpy as np

import cntk as C
from cntk.variables import Record

from .recording import case, each

ROW = np.array([[1, 2]], "f")


def kinds():
    x = C.input_variable(2, name="x")
    p = C.parameter(2, name="p")
    c = C.constant([1, 2], name="c")
    q = C.placeholder(name="q")
    o = C.relu(x).output
    return x, p, c, q, o


@each(
    [
        "is_input",
        "is_output",
        "is_parameter",
        "is_constant",
        "is_placeholder",
        "is_sparse",
        "shape",
        "dtype",
        "dynamic_axes",
        "name",
        "needs_gradient",
    ]
)
def kind(a):
    return [getattr(v, a) for v in kinds()]


@case
def uids():
    return [v.uid.rstrip("0123456789") for v in kinds()[:4]]


@case
def kindint():
    return [int(v.kind) for v in kinds()]


@case
def reprs():
    return [repr(v) for v in kinds()], [str(v) for v in kinds()]


@case
def as_par_bad():
    x, p, c, q, o = kinds()
    return x.as_parameter()


@case
def as_con_bad():
    x, p, c, q, o = kinds()
    return x.as_constant()


@case
def set_attr_var():
    x = kinds()[0]
    x.foo = 1
    return x.foo


@case
def getattr_bad():
    return kinds()[0].foo


@case
def var_eval():
    return kinds()[0].eval(ROW)


@case
def par_eval():
    return kinds()[1].eval()


@case
def var_call():
    return kinds()[0](ROW)


@case
def in_dict():
    x, p, c, q, o = kinds()
    d = {x: 1, p: 2}
    return d[(x + 1).arguments[0]], d[(x + p).parameters[0]]


@case
def in_lt():
    x, p, c, q, o = kinds()
    return x < p


@case
def sorted_():
    x, p, c, q, o = kinds()
    return sorted([p, x], key=lambda v: v.name)


@case
def np_asarray():
    return np.asarray(kinds()[1]).shape


@case
def par_value():
    p = C.parameter((2,), init=3)
    v = p.value
    v[0] = 7
    return p.value, v.dtype


@case
def par_set():
    p = C.parameter((2,), init=3)
    p.value = np.array([1, 2])
    return p.value


@case
def par_set_view():
    p = C.parameter((2,), init=3)
    p.value = C.NDArrayView.from_dense(np.array([4, 5], "f"))
    return p.value


@case
def par_set_parvalue():
    p = C.parameter((2,), init=3)
    p.value = C.parameter(2, init=8).value
    return p.value


@case
def par_set_0d():
    p = C.parameter((), init=3)
    p.value = np.array(1.0)
    return p.value


@case
def par_set_obj():
    p = C.parameter((1,), init=3)
    p.value = np.array([None])
    return p.value


@case
def par_set_bool():
    p = C.parameter((1,), init=3)
    p.value = np.array([True])
    return p.value


@case
def par_set_complex():
    p = C.parameter((1,), init=3)
    p.value = np.array([1j])
    return p.value


@case
def par_set_nan():
    p = C.parameter((1,), init=3)
    p.value = np.array([np.nan])
    return p.value


@case
def par_get_unknown():
    p = C.parameter((-1, 2), init=3)
    return p.value


@case
def par_set_fortran():
    p = C.parameter((2, 3), init=3)
    p.value = np.asfortranarray(np.arange(6).reshape(2, 3))
    return p.value


@case
def par_set_slice():
    p = C.parameter((2, 3), init=3)
    p.value = np.arange(12).reshape(2, 6)[:, ::2]
    return p.value


@case
def par_set_value():
    p = C.parameter((2,), init=3)
    p.set_value(C.NDArrayView.from_dense(np.array([4, 5], "f")))
    return p.value


@case
def par_asarray():
    p = C.parameter((2,), init=3)
    return p.asarray()


@case
def const_set():
    c = C.constant([1, 2])
    c.value = np.array([3, 4])
    return c.value


@case
def const_cls():
    c = C.Constant([1.5, 2], name="c")
    return c, c.dtype, c.value


@case
def const_cls64():
    c = C.Constant(np.array([1.5, 2]), name="c")
    return c, c.dtype


@case
def const_cls_shape():
    c = C.Constant(2, shape=(2, 3))
    return c.value


@case
def const_fn_shape():
    c = C.constant(2, shape=(2, 3))
    return c.value


@case
def const_fn_64():
    c = C.constant(np.array([1.5, 2]))
    return c.dtype


@case
def const_shape_only():
    c = C.constant(shape=(2,))
    return c.value


@case
def const_shape_conflict():
    c = C.constant(np.ones(3, "f"), shape=(2,))
    return c.value


@case
def const_dt_str():
    return C.constant(1, dtype="float32").dtype


@case
def par_cls():
    p = C.Parameter((2,), init=1, name="p")
    return p, p.dtype


@case
def par_cls_rank1_int():
    p = C.Parameter(3)
    return p.shape, p.value


@case
def par_init_None():
    p = C.parameter((2,), init=None)
    return p.value


@case
def par_device():
    p = C.parameter((2,), device=C.cpu())
    return p.value


@case
def has_axes():
    x = C.input_variable(2)
    s = C.sequence.input_variable(2)
    return [(v.has_batch_axis(), v.has_sequence_axis()) for v in (x, s, C.constant(1))]


@case
def get_value():
    p = C.parameter(2, init=1)
    return type(p.get_value()).__name__


@case
def cp_axis():
    a = C.Axis("f")
    b = copy.copy(a)
    return a == b


@case
def dc2_value():
    return C.Value(np.ones((2, 2), "f")).deep_clone()


@case
def cp_fn():
    f = C.relu(C.input_variable(2))
    g = copy.copy(f)
    return g


@case
def pk_record():
    r = Record(a=1)
    return pickle.loads(pickle.dumps(r))


@case
def dc_record():
    r = Record(a=[1])
    s = copy.deepcopy(r)
    return s.a, type(s).__name__


@case
def rec():
    r = Record(a=1, b=2)
    return r.a, r["b"], len(r), sorted(r)


@case
def rec_missing():
    return Record(a=1).c


@case
def rec_upd():
    r = Record(a=1)
    s = r.updated_with(b=2, a=3)
    return dict(r), dict(s), type(s).__name__


@case
def rec_set():
    r = Record(a=1)
    r.a = 5
    return r.a


@case
def rec_new():
    r = Record(a=1)
    r.z = 5
    return dict(r)


@case
def rec_repr():
    return repr(Record(a=1)), str(Record(a=1))


@case
def rec_eq():
    return Record(a=1) == Record(a=1), Record(a=1) == {"a": 1}


@case
def rec_star():
    return dict(**Record(a=1))


@case
def rec_hasattr():
    return hasattr(Record(a=1), "b"), hasattr(Record(a=1), "a")


@case
def ax():
    a = C.Axis(0)
    return (
        a,
        a.name,
        a.is_static_axis,
        a.is_sequence_axis,
        a.is_batch_axis,
        a.is_ordered,
        a.static_axis_index(),
    )


@case
def ax_d():
    a = C.Axis("z")
    return (
        a,
        a.name,
        a.is_static_axis,
        a.is_sequence_axis,
        a.is_batch_axis,
        a.is_ordered,
        a.static_axis_index(False),
    )


@case
def ax_neg():
    return C.Axis(-1)


@case
def ax_unordered():
    a = C.Axis("u", False)
    return a, a.is_ordered, a.is_sequence_axis


@case
def ax_str():
    return [
        str(a)
        for a in (
            C.Axis.default_batch_axis(),
            C.Axis.default_dynamic_axis(),
            C.Axis.all_axes(),
            C.Axis.all_static_axes(),
            C.Axis.new_leading_axis(),
            C.Axis.unknown_dynamic_axes()[0],
        )
    ]


@case
def ax_end():
    return C.Axis.end_static_axis()


@case
def ax_lt():
    return C.Axis(0) < C.Axis(1)


@case
def ax_ctor_none():
    return C.Axis()


@case
def ax_dyn_index():
    return C.Axis("a").static_axis_index()


@case
def ng():
    x = C.input_variable(2, needs_gradient=True)
    return (
        x.needs_gradient,
        C.relu(x).needs_gradient,
        C.relu(C.input_variable(2)).needs_gradient,
        C.relu(C.parameter(2)).needs_gradient,
        C.stop_gradient(x).needs_gradient,
    )


@case
def outvar():
    o = C.output_variable((2,), np.float32, [C.Axis.default_batch_axis()], name="o")
    return o, o.is_output, o.needs_gradient


@case
def outvar_owner():
    o = C.output_variable((2,), np.float32, [C.Axis.default_batch_axis()], name="o")
    return o.owner
