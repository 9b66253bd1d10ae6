"""Softmax, its logarithm and its cross entropy, a few rows at a time.

Operands are seen as ``[outer, n, inner]``, where n counts what is summed. So many rows that they
stay in a core's cache go through all passes before the next ones: memory is read and written once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from cntk.execution.kernels import Kernel, kernel
from cntk.execution.passes.simplify import number
from cntk.ops._linear.inner_product import entries, sparse_inner
from cntk.ops._reduction.axes import reduced
from cntk.shape import is_static

declared: list[Kernel] = []
_CHUNK = 1 << 16  # elements
_FEW = 32  # numbers in a row from which NumPy finds the largest quickly
_FLOATS = ("float32", "float64")  # float16 is summed in float32, by the references


def _are_neighbours(symbol, axis) -> bool:
    """Whether axes lie side by side, and all sizes are known."""
    if not is_static(symbol.shape) or symbol._dtype.name not in _FLOATS:
        return False
    static, rows = reduced(axis, len(symbol.shape))
    return not rows and bool(static) and static[-1] - static[0] == len(static) - 1


def _neighbours(symbol, axis) -> tuple[int, int]:
    """Return (n, inner) of axes that lie side by side."""
    static, _ = reduced(axis, len(symbol.shape))
    n = math.prod(symbol.shape[i] for i in static)
    return n, math.prod(symbol.shape[static[-1] + 1 :])


def _sees(position: int) -> Callable:
    """Return the condition that an operand can be seen as ``[outer, n, inner]``."""

    def condition(step) -> bool:
        return _are_neighbours(step.operands[position], step.attributes["axis"])

    return condition


def _parts(count: int, size: int) -> Iterator[slice]:
    """Yield slices of rows that hold ``size`` elements each."""
    step = max(1, _CHUNK // size)
    for start in range(0, count, step):
        yield slice(start, start + step)


def _largest(x: np.ndarray) -> np.ndarray:
    """Return the largest of each row of ``[outer, n, inner]`` as ``[outer, 1, inner]``."""
    if x.shape[2] == 1 and x.shape[1] <= _FEW:
        columns = np.ascontiguousarray(x[:, :, 0].T)
        return np.maximum.reduce(columns, axis=0)[:, None, None]
    return np.maximum.reduce(x, axis=1, keepdims=True)


def _sums(x: np.ndarray, ones: np.ndarray) -> np.ndarray:
    """Return the sum of each row as ``[outer, 1, inner]``."""
    if x.shape[2] == 1:  # BLAS is several times as fast
        return np.dot(x[:, :, 0], ones)[:, None, None]
    return np.add.reduce(x, axis=1, keepdims=True)


def _products(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the sum of the products of each two rows as ``[outer, 1, inner]``."""
    if left.shape[2] == 1:  # without the last axis einsum takes its fast way
        return np.einsum("on,on->o", left[:, :, 0], right[:, :, 0])[:, None, None]
    return np.einsum("oni,oni->oi", left, right)[:, None]


def _powers(x: np.ndarray, into: np.ndarray) -> np.ndarray:
    """Write ``exp(x - largest)`` of each row; return what was taken off."""
    shift = _largest(x)
    if not np.isfinite(shift).all():  # rows of infinities: let them be what they are
        shift = np.where(np.isfinite(shift), shift, x.dtype.type(0))
    np.subtract(x, shift, into)
    np.exp(into, into)
    return shift


@kernel("exp_shares", declared, writes=True, in_place=(0,), when=_sees(0))
def bind_exp_shares(step, inputs, outputs, context) -> Callable:
    """Bind ``exp(x) / sum(exp(x))``."""
    n, inner = _neighbours(step.operands[0], step.attributes["axis"])
    (source,), target = inputs, outputs[0]
    ones = np.ones(n, step.operands[0]._dtype)

    def run(slots):
        x, y = (slots[i].reshape(-1, n, inner) for i in (source, target))
        for part in _parts(len(x), n * inner):
            shares = y[part]
            _powers(x[part], shares)
            np.divide(shares, _sums(shares, ones), shares)

    return run


@kernel("log_shares", declared, writes=True, in_place=(0,), when=_sees(0))
def bind_log_shares(step, inputs, outputs, context) -> Callable:
    """Bind ``x - log(sum(exp(x)))``."""
    n, inner = _neighbours(step.operands[0], step.attributes["axis"])
    (source,), target = inputs, outputs[0]
    ones = np.ones(n, step.operands[0]._dtype)

    def run(slots):
        x, y = (slots[i].reshape(-1, n, inner) for i in (source, target))
        scratch = _scratch(x)
        for part in _parts(len(x), n * inner):
            ours, into = x[part], y[part]
            powers = scratch[: len(ours)]
            np.subtract(ours, _powers(ours, powers), into)
            np.subtract(into, np.log(_sums(powers, ones)), into)

    return run


@kernel("exp_shares_slope", declared, writes=True, in_place=(0,), when=_sees(1))
def bind_exp_shares_slope(step, inputs, outputs, context) -> Callable:
    """Bind ``y * (dy - sum(y * dy))``."""
    n, inner = _neighbours(step.operands[1], step.attributes["axis"])
    (incoming, shares), target = inputs, outputs[0]

    def run(slots):
        dy, y, dx = (slots[i].reshape(-1, n, inner) for i in (incoming, shares, target))
        for part in _parts(len(y), n * inner):
            ours, into = y[part], dx[part]
            np.subtract(dy[part], _products(dy[part], ours), into)
            np.multiply(into, ours, into)

    return run


@kernel("log_sum_exp_over", declared, writes=True, when=_sees(0))
def bind_log_sum_exp_over(step, inputs, outputs, context) -> Callable:
    """Bind ``log(sum(exp(x)))``."""
    n, inner = _neighbours(step.operands[0], step.attributes["axis"])
    (source,), target = inputs, outputs[0]
    ones = np.ones(n, step.operands[0]._dtype)

    def run(slots):
        x, y = slots[source].reshape(-1, n, inner), slots[target].reshape(-1, 1, inner)
        scratch = _scratch(x)
        for part in _parts(len(x), n * inner):
            _log_sums(x[part], y[part], ones, scratch)

    return run


def _scratch(x: np.ndarray) -> np.ndarray:
    """Return memory for the rows that are worked on together."""
    first = next(_parts(len(x), x.shape[1] * x.shape[2]), slice(0))
    return np.empty_like(x[first])


def _log_sums(x: np.ndarray, into: np.ndarray, ones: np.ndarray, scratch: np.ndarray) -> None:
    """Write the logarithm of the sum of exponentials of each row."""
    powers = scratch[: len(x)]
    shift = _powers(x, powers)
    np.log(_sums(powers, ones), into)
    np.add(into, shift, into)


def _sees_output(step) -> bool:
    """Whether output and target are alike and can be seen as ``[outer, n, inner]``."""
    by_name = dict(zip(step.operator.signature.operands, step.operands))
    output, target = by_name["output"], by_name["target"]
    fits = _are_neighbours(output, step.attributes["axis"])
    return fits and output.has_rows == target.has_rows


@kernel("softmax_cross_entropy", declared, writes=True, when=_sees_output)
def bind_softmax_cross_entropy(step, inputs, outputs, context) -> Callable:
    """Bind ``log(sum(exp(output))) - sum(target * output)``, and the first part by itself."""
    output, target = step.operands
    n, inner = _neighbours(output, step.attributes["axis"])
    (z_slot, t_slot), (y_slot, log_slot) = inputs, outputs
    ones = np.ones(n, output._dtype)

    def run(slots):
        z = slots[z_slot].reshape(-1, n, inner)
        y, log_sum = (slots[i].reshape(-1, 1, inner) for i in (y_slot, log_slot))
        scratch = _scratch(z)
        for part in _parts(len(z), n * inner):
            _log_sums(z[part], log_sum[part], ones, scratch)
        if target.is_sparse:
            product = sparse_inner(z[:, :, 0], slots[t_slot])[:, :, None]
        else:
            product = _products(z, slots[t_slot].reshape(-1, n, inner))
        np.subtract(log_sum, product, y)

    return run


def _is_first_slope(step) -> bool:
    """Whether the step is a gradient, not one of those that a second derivative brings."""
    return step.operands[0].number == step.operands[1].number and _sees_output(step)


@kernel("softmax_cross_entropy_slope", declared, writes=True, in_place=(2,), when=_is_first_slope)
def bind_softmax_cross_entropy_slope(step, inputs, outputs, context) -> Callable:
    """Bind ``dy * (exp(output - log_sum) - target)``."""
    _, dy, output, target, _ = step.operands
    n, inner = _neighbours(output, step.attributes["axis"])
    is_scaled = number(dy) != 1.0
    _, dy_slot, z_slot, t_slot, log_slot = inputs
    dx_slot = outputs[0]

    def run(slots):
        dy, log_sum = (slots[i].reshape(-1, 1, inner) for i in (dy_slot, log_slot))
        z, dx = (slots[i].reshape(-1, n, inner) for i in (z_slot, dx_slot))
        t = None if target.is_sparse else slots[t_slot].reshape(-1, n, inner)
        for part in _parts(len(z), n * inner):
            into = dx[part]
            np.subtract(z[part], log_sum[part], into)
            np.exp(into, into)
            if t is not None:
                np.subtract(into, t[part], into)
            if is_scaled:
                np.multiply(into, dy[part], into)
        if t is None:
            row, column, value = entries(slots[t_slot])
            np.subtract.at(dx[:, :, 0], (row, column), value * dy[row, 0, 0])

    return run
