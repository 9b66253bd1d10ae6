"""Weights go over to the order of a primitive when they have changed, and only then."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.threads import one_thread
from cntk.native.onednn.interface import WEIGHTS, argument_descriptor, dense
from cntk.native.onednn.order import CopiedOrder
from cntk.native.onednn.primitives import Convolution, forward

SAME = [False, True, True]


@pytest.fixture
def prepared(monkeypatch) -> list:
    """Return a list that grows whenever weights are put into another order."""
    found: list = []
    usual = CopiedOrder.ordered

    def counted(order, plain):
        found.append(plain.shape)
        return usual(order, plain)

    monkeypatch.setattr(CopiedOrder, "ordered", counted)
    return found


class Net:
    """A convolution of 16 channels with 16."""

    def __init__(self, weights) -> None:
        self.x, self.w = C.input_variable((16, 6, 6)), weights
        self.y = C.convolution(weights, self.x, auto_padding=SAME)

    def check(self, rows: int = 2) -> None:
        """Compare a run with that of another graph of float64, which NumPy computes."""
        data = samples(rows)
        x = C.input_variable(self.x.shape, dtype=np.float64)
        expected = C.convolution(C.constant(self.w.value.astype(np.float64)), x, auto_padding=SAME)
        found = self.y.eval({self.x: data})
        np.testing.assert_allclose(
            found, expected.eval({x: data.astype(np.float64)}), rtol=1e-5, atol=1e-5
        )


def samples(rows: int) -> np.ndarray:
    return np.random.default_rng(rows).uniform(-1, 1, (rows, 16, 6, 6)).astype(np.float32)


def kernel(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (16, 16, 3, 3)).astype(np.float32)


def test_what_stays_is_prepared_once(prepared):
    net = Net(C.parameter(init=kernel(1)))
    for rows in (2, 2, 3, 2):
        net.check(rows)
    assert len(prepared) <= 2  # counts of rows may want orders of their own
    before = len(prepared)
    for rows in (2, 3, 2):
        net.check(rows)
    assert len(prepared) == before


@pytest.mark.parametrize("make", [C.parameter, C.constant])
def test_an_assigned_value_is_seen(make, prepared):
    net = Net(make(kernel(1)) if make is C.constant else make(init=kernel(1)))
    net.check()
    for seed in (2, 3):
        net.w.value = kernel(seed)
        net.check()
    assert len(prepared) == 3


def test_an_update_is_seen():
    net = Net(C.parameter(init=kernel(1)))
    net.check()
    loss = C.reduce_sum(C.square(net.y))
    rate = C.learning_parameter_schedule(0.01)
    trainer = C.Trainer(net.y, loss, [C.sgd([net.w], rate)])
    for _ in range(2):
        before = net.w.value
        trainer.train_minibatch({net.x: samples(2)})
        assert not np.array_equal(before, net.w.value)
        net.check()


def test_an_assignment_by_the_graph_is_seen():
    net = Net(C.parameter(init=kernel(1)))
    net.check()
    C.assign(net.w, C.constant(kernel(2))).eval()
    np.testing.assert_array_equal(net.w.value, kernel(2))
    net.check()


def test_a_restored_model_is_seen(tmp_path):
    net = Net(C.parameter(init=kernel(1)))
    net.y.save(tmp_path / "model")
    net.w.value = kernel(2)
    net.check()
    net.y.restore(tmp_path / "model")
    np.testing.assert_array_equal(net.w.value, kernel(1))
    net.check()


def test_functions_of_one_structure_keep_their_weights_apart():
    nets = [Net(C.parameter(init=kernel(seed))) for seed in (1, 2)]
    for _ in range(2):
        for net in nets:
            net.check()


def test_the_number_of_threads_may_change():
    net, usual = Net(C.parameter(init=kernel(1))), one_thread.count
    try:
        for count in (1, 2, 1):
            one_thread.count = count
            net.check()
            net.w.value = kernel(count + 5)
            net.check()
    finally:
        one_thread.count = usual


def test_training_reads_row_major_arrays(prepared):
    net = Net(C.parameter(init=kernel(1)))
    net.y.grad({net.x: samples(2)}, [net.w])
    assert not prepared


def order_of(*weights: int) -> CopiedOrder:
    """Return the order that a convolution of 9 x 9 places with a 3 x 3 window wants."""
    groups = weights[0] if len(weights) == 5 else 1
    filters, channels = groups * weights[-4], groups * weights[-3]
    sizes = Convolution((2, channels, 9, 9), weights, (2, filters, 7, 7),
                        (1, 1), (1, 1), (0, 0), (0, 0))  # fmt: skip
    description = forward(sizes)
    return CopiedOrder(dense(weights), argument_descriptor(description, WEIGHTS), description)


@pytest.mark.parametrize("weights", [(16, 16, 3, 3), (5, 3, 3, 3), (70, 33, 3, 3), (3, 2, 5, 3, 3)])
def test_there_and_back_is_the_same_to_the_last_bit(weights):
    order = order_of(*weights)
    plain = np.random.default_rng(7).standard_normal(weights).astype(np.float32)
    plain.reshape(-1)[:4] = (np.nan, np.inf, -0.0, 1e-45)
    found = np.empty_like(plain)
    order.spread(order.ordered(plain), found)
    assert found.tobytes() == plain.tobytes()


def test_arrays_of_any_strides_may_be_read():
    order = order_of(16, 16, 3, 3)
    plain = kernel(1)
    turned = np.asfortranarray(plain)
    np.testing.assert_array_equal(order.ordered(turned), order.ordered(plain))


def test_orders_of_equal_primitives_are_equal():
    assert order_of(16, 16, 3, 3) == order_of(16, 16, 3, 3)
    assert order_of(16, 16, 3, 3) != order_of(32, 16, 3, 3)
    assert order_of(16, 16, 3, 3) not in [None]


def test_memory_of_an_order_is_aligned():
    for weights in ((1, 1, 3, 3), (128, 128, 3, 3)):
        assert order_of(*weights).ordered(np.zeros(weights, np.float32)).ctypes.data % 64 == 0
