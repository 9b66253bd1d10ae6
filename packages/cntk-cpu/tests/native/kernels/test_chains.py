"""Chains of random formulas: each step as its reference, the same bits however they run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cntk as C
from cntk.axis import BATCH_AXIS
from cntk.errors import ExecutionError, ShapeError
from cntk.execution.kernels import candidates
from cntk.execution.passes.forms import DENSE, SCALAR, Form
from cntk.execution.passes.formula import Chain, Compute, Formula, Store
from cntk.execution.symbols import PlanGraph, Step, Symbol
from cntk.execution.threads import one_thread
from cntk.graph.infer import Spec
from cntk.layout import Layout
from cntk.native.kernels import chains
from cntk.native.library import operations
from cntk.operators.declare import registry
from cntk.sparse import DENSE as DENSE_STORAGE
from cntk.testing.chains import computed, loaded
from cntk.testing.chains import store as stored
from cntk.testing.interpreter import launch

AXES = (BATCH_AXIS,)
OF_OTHER_NAME = {"times": "element_times", "select": "element_select", "divide": "quotient",
                 "max": "element_max", "min": "element_min"}  # fmt: skip
OPERATORS = [
    registry[name]
    for name in sorted({OF_OTHER_NAME.get(name, name) for name in operations()})
    if name in registry and registry[name].family == "elementwise"
]
WIDTHS = [1, 2, 3, 6, 12, 64, 96, 510, 512, 1026]
ULPS = 8  # of one step, its reference's own error included


class Trial:
    """A formula with operands.

    Args:
        rows: None: its operands have none.
        width: elements of each row.
    """

    def __init__(self, rows: int | None, width: int, dtype: str = "f4", seed: int = 0) -> None:
        self.rows, self.width, self.dtype = rows, width, np.dtype(dtype)
        self.random = np.random.default_rng(seed)
        self.graph, self.formula = PlanGraph(training=False), Formula(width)
        self.symbols: list[Symbol] = []
        self.arrays: list[np.ndarray] = []

    @property
    def layout(self) -> dict:
        return {} if self.rows is None else {AXES: Layout(self.rows)}

    def symbol(self, shape: tuple[int, ...], has_rows: bool) -> Symbol:
        spec = Spec(shape, self.dtype, AXES if has_rows else (), DENSE_STORAGE, False)
        return self.graph.leaf("given", object(), spec)

    def operand(self, size: int, has_rows: bool) -> int:
        """Return the position of a new operand."""
        self.symbols.append(self.symbol((size,), has_rows))
        shape = (self.rows, size) if has_rows else (size,)
        self.arrays.append(self.random.choice([-2.5, -1, -0.0, 0.5, 1, 2], shape)
                           + self.random.normal(0, 0.1, shape))  # fmt: skip
        self.arrays[-1] = self.arrays[-1].astype(self.dtype)
        return len(self.symbols) - 1

    def load(self, draw) -> tuple:
        """Return a load of a new operand, or a number."""
        has_rows, width = self.rows is not None, self.width
        parts = [n for n in range(1, width + 1) if width % n == 0]
        kind = draw(st.sampled_from(["dense", "number", "scalar", "periodic", "rows", "strided"]))
        if kind == "number":
            return None, draw(st.sampled_from([-1.5, 0.0, 2.0]))
        if kind == "scalar":
            begin = draw(st.integers(0, 2))
            return self.operand(3, False), SCALAR._replace(begin=begin)
        if kind == "periodic":
            period = draw(st.sampled_from(parts))
            inner = [n for n in parts if (width // period) % n == 0]
            repeat, begin = draw(st.sampled_from(inner)), draw(st.integers(0, 3))
            return self.operand(period + begin, False), Form("periodic", repeat, period, begin)
        if kind == "rows" and has_rows:
            own = draw(st.sampled_from(parts))
            return self.operand(own, True), Form("periodic", width // own, 0)
        if kind == "strided":
            run = draw(st.sampled_from(parts))
            begin, more = draw(st.integers(0, 3)), draw(st.integers(0, 3))
            size = (run + begin + more) * (width // run)
            return self.operand(size, has_rows), Form("strided", run, run + begin + more, begin)
        return self.operand(width, has_rows), DENSE

    def run(self, stores: list[Store], in_place: int | None = None) -> list[np.ndarray]:
        """Return the memory of the results of the C kernel."""
        count = max(store.output for store in stores) + 1
        outputs, into = [], []
        for i in range(count):
            how = next(store for store in stores if store.output == i)
            size = self.width // how.width * how.stride if how.stride else self.width
            outputs.append(self.symbol((size,), self.rows is not None))
            shape = (size,) if self.rows is None else (self.rows, size)
            into.append(np.full(shape, 7, self.dtype))
        operands = [array.copy() for array in self.arrays]
        if in_place is not None:
            into[0] = operands[in_place]
        formula = Formula(self.width, self.formula.loads, self.formula.computes, stores)
        step = Step(Chain(formula, count), self.symbols, {}, 0)
        step.outputs = tuple(outputs)
        (kernel,) = candidates("chain")
        found = launch(kernel, step, operands, self.layout, into=into)
        for position, (array, before) in enumerate(zip(operands, self.arrays)):
            if position != in_place:
                np.testing.assert_array_equal(array, before)
        return [array.reshape(-1) for array in found]

    def values(self) -> list[np.ndarray]:
        """Return all values of the formula, computed in C; loads as NumPy reads them."""
        first, count = len(self.formula.loads), self.width * (1 if self.rows is None else self.rows)
        found = [
            np.full(count, form, self.dtype)
            if position is None
            else loaded(self.arrays[position].reshape(-1), form, count)
            for position, form in self.formula.loads
        ]
        stores = [Store(first + i, i) for i in range(len(self.formula.computes))]
        return [*found, *self.run(stores)]


def random_trial(draw) -> Trial:
    """Return a trial of a random formula."""
    rows = draw(st.sampled_from([None, 0, 1, 3, 7, 40]))
    dtype, seed = draw(st.sampled_from(["f4", "f8"])), draw(st.integers(0, 10**6))
    trial = Trial(rows, draw(st.sampled_from(WIDTHS)), dtype, seed)
    loads, computes = trial.formula.loads, trial.formula.computes
    loads += [trial.load(draw) for _ in range(draw(st.integers(1, 4)))]
    for _ in range(draw(st.integers(1, 12))):
        operator = draw(st.sampled_from(OPERATORS))
        known = st.integers(0, len(loads) + len(computes) - 1)
        sources = tuple(draw(known) for _ in operator.signature.operands)
        computes.append(Compute(operator, {}, sources))
    return trial


def close(found: np.ndarray, compute: Compute, operands: list[np.ndarray]) -> None:
    """Compare with a reference, whose own error counts as well."""
    info, expected = np.finfo(found.dtype), computed(compute, operands)
    slack = info.tiny
    if compute.operator.name == "log_add_exp":  # its two terms may be much larger than their sum
        sizes = np.abs(np.concatenate(operands))
        slack += ULPS * info.eps * sizes[np.isfinite(sizes)].max(initial=0)
    np.testing.assert_allclose(found, expected, rtol=ULPS * info.eps, atol=slack)


@settings(max_examples=150)
@given(st.data())
def test_each_step_is_its_reference(data):
    trial = random_trial(data.draw)
    values, first = trial.values(), len(trial.formula.loads)
    with np.errstate(all="ignore"):
        for compute, found in zip(trial.formula.computes, values[first:]):
            close(found, compute, [values[source] for source in compute.sources])


@settings(max_examples=100)
@given(st.data())
def test_what_is_kept_and_where_changes_no_bit(data):
    trial = random_trial(data.draw)
    values = trial.values()
    kept = data.draw(st.lists(st.integers(0, len(values) - 1), min_size=1, max_size=5))
    runs = [n for n in range(1, trial.width + 1) if trial.width % n == 0]
    stores = []
    for output, source in enumerate(kept):
        width, begin = data.draw(st.sampled_from(runs)), data.draw(st.integers(0, 3))
        joined = data.draw(st.booleans())
        how = (width, width + begin + data.draw(st.integers(0, 2)), begin) if joined else ()
        stores.append(Store(source, output, *how))
    for how, found in zip(stores, trial.run(stores)):
        expected = np.full_like(found, 7)
        stored(expected, values[how.source], how)
        np.testing.assert_array_equal(found, expected)


@settings(max_examples=60)
@given(st.data())
def test_a_result_may_lie_in_the_memory_of_an_operand(data):
    trial = random_trial(data.draw)
    trial.formula.loads[0] = (trial.operand(trial.width, trial.rows is not None), DENSE)
    last = len(trial.formula.loads) + len(trial.formula.computes) - 1
    position = trial.formula.loads[0][0]
    (found,) = trial.run([Store(last, 0)], in_place=position)
    np.testing.assert_array_equal(found, trial.values()[last])


@settings(max_examples=30)
@given(st.data())
def test_one_thread_and_three_give_the_same_bits(data):
    trial, usual = random_trial(data.draw), one_thread.count
    try:
        one_thread.count = 1
        alone = trial.values()
        one_thread.count = 3
        shared = trial.values()
    finally:
        one_thread.count = usual
    for one, other in zip(alone, shared):
        np.testing.assert_array_equal(one, other)


def test_a_large_chain_is_shared_by_threads(threads):
    x = C.input_variable(3000)
    y = C.tanh(x * 3) + C.exp(-x)
    data = np.random.default_rng(0).normal(size=(101, 3000)).astype(np.float32)
    found = [threads(count, lambda: y.eval({x: data})) for count in (1, 2, 3, 8)]
    for other in found[1:]:
        np.testing.assert_array_equal(found[0], other)
    np.testing.assert_allclose(found[0], np.tanh(data * 3) + np.exp(-data), rtol=1e-5, atol=1e-6)


def test_many_slices_of_one_vector_are_several_chains():
    x = C.input_variable(400)
    parts = [C.slice(x, 0, i, i + 2) for i in range(0, 400, 2)]
    y = parts[0] * parts[1]
    for i in range(2, 200, 2):
        y = y + parts[i] * parts[i + 1]
    data = np.random.default_rng(0).random((5, 400), np.float32)
    pairs = data.reshape(5, 100, 2, 2)
    expected = (pairs[:, :, 0] * pairs[:, :, 1]).sum(axis=1)
    np.testing.assert_allclose(y.eval({x: data}), expected, rtol=1e-5)


def test_a_formula_with_more_values_than_registers_is_refused():
    trial = Trial(None, 2)
    trial.formula.loads += [(trial.operand(2, False), DENSE) for _ in range(97)]
    trial.formula.computes.append(Compute(registry["plus"], {}, (0, 1)))
    with pytest.raises(ExecutionError, match="needs 98 registers, and its kernel has 96"):
        trial.run([Store(97, 0)])


def test_an_array_of_another_size_is_refused():
    trial = Trial(None, 4)
    trial.formula.loads.append((trial.operand(4, False), DENSE))
    trial.formula.computes.append(Compute(registry["exp"], {}, (0,)))
    trial.arrays[0] = trial.arrays[0][:3]
    with pytest.raises(ShapeError, match="came where a plan has"):
        trial.run([Store(1, 0)])


def test_operations_in_c_and_operators_know_each_other():
    known = {chains._OTHER_NAMES.get(op.name, op.name) for op in OPERATORS}
    assert set(operations()) - known <= {"copy", "max", "min"}
