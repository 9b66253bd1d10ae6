"""The comparison of signatures sees what a caller would."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.default_options import default_override_or

from .signatures import difference

FLOAT32 = np.dtype("f4")


@pytest.mark.parametrize(
    ("printed", "function"),
    [
        ("(x, axis=-1, name='')", lambda x, axis=-1, name="": 0),
        ("(x)", lambda x, more=1: 0),
        ("(x)", lambda x=1: 0),
        ("(*inputs, **kw_name)", lambda *inputs, name="": 0),
        ("(x, pad=[True], map={})", lambda x, pad=(True,), map=None: 0),
        ("(x, text='a, b')", lambda x, text="a, b": 0),
        ("(x, t=default(float32))", lambda x, t=default_override_or(FLOAT32): 0),
        ("(x, rate=inf)", lambda x, rate=float("inf"): 0),
    ],
)
def test_alike(printed, function):
    assert difference(function, printed) is None


@pytest.mark.parametrize(
    ("printed", "function", "expected"),
    [
        ("(x, axis=-1)", lambda x, axis=0: 0, "default axis=0, expected -1"),
        ("(x, axis=-1)", lambda x, axis: 0, "default axis"),
        ("(x, axis=-1)", lambda x, ax=-1: 0, "parameters ['x', 'ax']"),
        ("(x, axis=-1, name='')", lambda x, name="", axis=-1: 0, "parameters"),
        ("(x, axis=-1)", lambda x: 0, "parameters ['x']"),
        ("(x)", lambda x, more: 0, "works without ['more']"),
        ("(x, axis=-1)", lambda x, *, axis=-1: 0, "axis is no longer positional"),
        ("(x, flag=False)", lambda x, flag=0: 0, "default flag=0"),
        ("(x, rate=0.0)", lambda x, rate=0: 0, "default rate=0"),
        ("(x, pad=[True])", lambda x, pad=(False,): 0, "default pad"),
        ("(x, bias=default(True))", lambda x, bias=True: 0, "default bias"),
        ("(x, bias=default(0))", lambda x, bias=default_override_or(1): 0, "default bias"),
        ("(x, **kwargs)", lambda x: 0, "nothing takes ['**kwargs']"),
        ("(x, kind=<Kind.a: 1>)", lambda x, kind=1: 0, "default kind=1"),
    ],
)
def test_not_alike(printed, function, expected):
    assert expected in difference(function, printed)
