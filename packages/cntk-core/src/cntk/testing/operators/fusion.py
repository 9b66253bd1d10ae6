"""Fusion: value and gradients in one plan, whose elementwise steps become chains."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from cntk.operators.declare import Operator
from cntk.testing.backends import only
from cntk.testing.calls import Call
from cntk.testing.chains import chain_kernel
from cntk.testing.derivatives import Derivatives
from cntk.testing.mismatch import assert_close, tolerance

_WAYS: dict[str, Callable[[], AbstractContextManager]] = {
    "the kernels of choice": nullcontext,
    "chains run the plain way": lambda: only("numpy", also=[chain_kernel]),
    "one kernel for each step": lambda: only("numpy"),
}


def check_fusion(operator: Operator, number: int, dtype) -> None:
    """Compute outputs and gradients in one plan, fused and not, and compare with the references.

    Raises:
        Mismatch: they differ by more than the rounding of the type explains.
    """
    graph = Derivatives(Call(operator, number, dtype))
    wanted = [y for y in (*graph.outputs, *graph.first) if y is not None]
    expected = graph.interpreter().values(wanted)
    for way, backends in _WAYS.items():
        with backends():
            found = graph.planned(wanted)
        for ours, theirs in zip(found, expected, strict=True):
            what = f"a value or gradient by {way}"
            assert_close(ours, theirs, tolerance(dtype), what, *graph.call.describe())
