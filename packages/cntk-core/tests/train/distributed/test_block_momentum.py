"""Block momentum; the weights were printed by CNTK 2.7, in one process."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import cntk as C
from cntk.errors import CNTKError

from .networks import Network, adam, descent, with_momentum

LONG = {"block_size": 30, "block_momentum_as_time_constant": 30}
WEIGHTS = [
    (descent, {**LONG, "block_size": 20},
     [1.29233, 0.86671, 0.7752, 0.62767, 0.54372, 0.23405, 0.17993, 0.18569]),
    (with_momentum, {**LONG, "block_size": 20},
     [1.59114, 1.51381, 1.43657, 1.40462, 1.35146, 1.22827, 1.21684, 1.18031]),
    (descent, {**LONG, "block_size": 24, "distributed_after": 30},
     [1.29233, 0.86671, 0.65211, 0.53663, 0.61699, 0.55131, 0.48244, 0.08392]),
    (with_momentum, {"block_size": 24},
     [1.59114, 1.51381, 1.40935, 1.37811, 1.32615, 1.25106, 1.23954, 1.20252]),
    (with_momentum, {"block_size": 24, "reset_sgd_momentum_after_aggregation": False},
     [1.59114, 1.51381, 1.40935, 1.2841, 1.14944, 1.00513, 0.86499, 0.72135]),
    (descent, {**LONG, "use_nestrov_momentum": False, "block_learning_rate": 0.7},
     [1.29233, 0.86671, 1.18594, 0.93146, 0.78651, 0.79935, 0.71162, 0.58429]),
]  # fmt: skip
# the fourth weight is that of a checkpoint after the fourth minibatch
WITH_CHECKPOINT = [
    (descent, LONG, [-0.16852, -0.09298, 0.05612, -0.26376, -0.15276]),
    (adam, {**LONG, "block_size": 20}, [1.56439, 1.55607, 1.53902, 1.52473, 1.51738]),
    (descent, {**LONG, "block_size": 24, "distributed_after": 30},
     [0.84311, 0.71415, 0.33161, 0.27288, 0.25733]),
]  # fmt: skip


def network(learner, **options):
    return Network(learner, functools.partial(C.block_momentum_distributed_learner, **options))


@pytest.mark.parametrize(("learner", "options", "weights"), WEIGHTS)
def test_blocks_move_the_weights_as_in_the_original(learner, options, weights):
    net = network(learner, **options)
    np.testing.assert_allclose([net.step(i) for i in range(8)], weights, atol=2e-5)
    assert net.learner.total_number_of_samples_seen == 81


@pytest.mark.parametrize(("learner", "options", "weights"), WITH_CHECKPOINT)
def test_a_checkpoint_ends_a_block_as_in_the_original(learner, options, weights, tmp_path):
    net = network(learner, **options)
    for i in range(4):
        net.step(i)
    net.trainer.save_checkpoint(tmp_path / "net")
    expected = pytest.approx(weights, abs=2e-5)
    assert [net.first, *map(net.step, range(4, 8))] == expected

    again = network(learner, **options)
    again.step(7)
    again.trainer.restore_from_checkpoint(tmp_path / "net")
    assert [again.first, *map(again.step, range(4, 8))] == expected


def test_a_checkpoint_between_blocks_changes_nothing(tmp_path):
    net = network(descent, **LONG)
    for i in range(3):  # 31 samples
        net.step(i)
    before = net.first
    net.trainer.save_checkpoint(tmp_path / "net")
    assert net.first == before
    untouched = network(descent, **LONG)
    assert [untouched.step(i) for i in range(8)][3:] == [net.step(i) for i in range(3, 8)]


def test_steps_of_another_network_are_refused(tmp_path):
    net = network(descent, **LONG)
    net.step(0)
    state = net.learner.create_checkpoint()
    assert [step.shape for step in state["blockLevelSmoothedGradient"]] == [(3, 2), (2,)]
    state["blockLevelSmoothedGradient"][0] = np.zeros((2, 3), np.float32)
    before = net.first
    with pytest.raises(CNTKError, match="does not belong to the parameters"):
        net.learner.restore_from_checkpoint(state)
    assert net.first == before


def test_values_that_are_set_before_training_are_where_the_first_block_begins():
    net, other = network(descent, **LONG), network(descent, **LONG)
    start = np.random.RandomState(1).randn(3, 2).astype(np.float32)
    net.weights.value = start * 0
    net.weights.value = start
    assert [net.step(i) for i in range(3)] == [other.step(i) for i in range(3)]


def test_state_of_blocks_is_two_arrays_for_each_parameter():
    plain, blocks = descent([C.parameter(5)]), network(descent, **LONG).learner
    assert blocks.state_bytes() == 2 * 4 * (6 + 2) + plain.state_bytes()


def test_half_precision_moves_by_float32():
    w = C.parameter(1, init=1, dtype=np.float16)
    learner = C.block_momentum_distributed_learner(C.sgd([w], 0.5), 1)
    assert learner.update({w: np.ones(1, np.float16)}, 1)
    assert w.value == 0.5 and w.value.dtype == np.float16
    assert learner.create_checkpoint()["blockLevelSmoothedGradient"][0].dtype == np.float32


@pytest.mark.parametrize(
    ("options", "error", "what"),
    [
        ({"block_size": 0}, ValueError, "Sync period is too small"),
        ({"block_size": -1}, OverflowError, "block_size"),
        ({"block_size": 2.5}, TypeError, "block_size"),
        ({"block_size": 8, "block_learning_rate": -1}, ValueError, "block_learning_rate"),
        ({"block_size": 8, "block_momentum_as_time_constant": "a"}, ValueError, "time_constant"),
        ({"block_size": 8, "distributed_after": -1}, OverflowError, "distributed_after"),
    ],
)
def test_numbers_that_make_no_blocks_are_refused(options, error, what):
    with pytest.raises(error, match=what):
        C.block_momentum_distributed_learner(descent([C.parameter(1)]), **options)
