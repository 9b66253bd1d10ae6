"""Runs that get no memory: allocations fail where a test says so."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.errors import OutOfMemoryError

x = C.input_variable(4, name="x")


class Little:
    """NumPy with little memory.

    Args:
        most: bytes that an array may take.
    """

    def __init__(self, most: int) -> None:
        self.most = most

    def __getattr__(self, name: str):
        return getattr(np, name)

    def empty(self, shape, dtype=np.float64):
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        return np.empty(2**60 if size > self.most else shape, dtype)


@pytest.fixture
def little(monkeypatch):
    found = Little(1_000_000)
    monkeypatch.setattr("cntk.execution.pool.np", found)
    return found


def wide(size=1000):
    return C.times(x, C.parameter((4, size), init=0.1), name="wide")


def rows(count):
    return {x: np.ones((count, 4), "f")}


def test_the_error_tells_sizes_names_and_a_way_out(little):
    net = wide()
    with pytest.raises(MemoryError) as caught:
        net.eval(rows(1000))
    text = str(caught.value)
    assert text.startswith("there is no memory for what a minibatch computes")
    assert "minibatch 1000 samples" in text
    assert "in all    4 MB for this minibatch" in text
    assert "largest   4 MB: 1,000 rows of [1000] float32, operator" in text
    assert "'wide'" in text
    assert text.splitlines()[-1].startswith("  try: smaller minibatches")


def test_it_is_an_error_of_this_toolkit_and_of_python(little):
    with pytest.raises(OutOfMemoryError):
        wide().eval(rows(1000))


def test_smaller_minibatches_go_on(little):
    net = wide()
    for _ in range(3):
        with pytest.raises(MemoryError):
            net.eval(rows(1000))
        assert net.eval(rows(10)).shape == (10, 1000)


def test_idle_memory_of_other_plans_goes_first(monkeypatch):
    first, second = wide(), wide(2000)
    first.eval(rows(500))  # leaves 2 MB idle
    held = Held(2_500_000)
    monkeypatch.setattr("cntk.execution.pool.np", held)
    assert second.eval(rows(200)).shape == (200, 2000)
    assert held.refused == 1


class Held(Little):
    """As if idle memory were let go by the first refusal, and enough then."""

    refused = 0

    def empty(self, shape, dtype=np.float64):
        if shape and not self.refused:
            self.refused += 1
            raise MemoryError
        return np.empty(shape, dtype)


def test_a_step_without_memory_is_named():
    class Full(C.ops.functions.UserFunction):
        def forward(self, argument, device=None, outputs_to_retain=None):
            raise MemoryError

        def backward(self, state, root_gradients):
            return root_gradients

        def infer_outputs(self):
            return [C.output_variable((4,), np.float32, x.dynamic_axes)]

    net = C.user_function(Full([x], name="full"))
    with pytest.raises(MemoryError, match="no memory for operator 'forward of .*Full 'full'"):
        net.eval(rows(1))


def test_data_without_memory_are_named(monkeypatch):
    def fail(variable, data):
        raise MemoryError

    net = wide()
    monkeypatch.setattr("cntk.execution.program.rows_for", fail)
    with pytest.raises(MemoryError, match="there is no memory for the data of Input\\('x'"):
        net.eval(rows(1))


def test_a_value_without_memory_is_named():
    table = C.parameter((2**30, 2**30), init=C.glorot_uniform(), name="table")
    net = C.times(C.input_variable(2**30, is_sparse=True), table)
    with pytest.raises(MemoryError, match="there is no memory for Parameter\\('table'"):
        net.eval({net.arguments[0]: C.Value.one_hot([1], 2**30)})


def test_state_of_a_learner_without_memory_is_named(monkeypatch):
    weights = C.parameter((4, 3), name="weights")
    learner = C.adam([weights], 0.1, 0.9)
    trainer = C.Trainer(None, C.reduce_sum(C.times(x, weights)), learner)

    def fail(*given):
        raise MemoryError

    monkeypatch.setattr("cntk.learners.rule_learner.StateArray", fail)
    with pytest.raises(MemoryError, match="of the learner adam\n  parameter Parameter.'weights'"):
        trainer.train_minibatch(rows(2))
    monkeypatch.undo()
    assert trainer.train_minibatch(rows(2))
