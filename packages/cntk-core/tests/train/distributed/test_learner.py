"""Distributed learners, in one process."""

from __future__ import annotations

import functools

import pytest

import cntk as C
from cntk.train.checkpoint import samples_seen

from .networks import RATE, Network, adam, descent, with_momentum


def plain(learner):
    return learner


def distributed(**options):
    return functools.partial(C.data_parallel_distributed_learner, **options)


@pytest.mark.parametrize("learner", [descent, with_momentum, adam])
@pytest.mark.parametrize(
    "around",
    [distributed(), distributed(num_quantization_bits=1), distributed(distributed_after=24)],
)
def test_one_process_updates_as_the_learner_does(learner, around):
    net, expected = Network(learner, around), Network(learner, plain)
    assert [net.step(i) for i in range(4)] == [expected.step(i) for i in range(4)]
    assert net.trainer.previous_minibatch_loss_average == (
        expected.trainer.previous_minibatch_loss_average
    )


def test_it_tells_what_the_learner_tells():
    net = Network(descent, distributed(distributed_after=5))
    learner, local = net.learner, descent([net.weights])
    assert isinstance(learner, C.DistributedLearner)
    assert learner.learning_rate() == 0.1 and learner.communicator().is_main()
    assert learner.parallelization_after() == 5 and learner.minibatch_size_scale_factor() == 1
    assert learner.minibatch_size == local.minibatch_size
    assert learner.is_compatible_mode() == local.is_compatible_mode()
    net.step(0)
    assert learner.total_number_of_samples_seen == learner.total_number_of_samples_seen() == 7
    assert learner.total_number_of_minibatches_seen() == 1
    assert net.trainer.total_number_of_samples_seen == 7


def test_the_rate_is_changed_through_it():
    w = C.parameter(1)
    local = C.sgd([w], RATE)
    learner = C.data_parallel_distributed_learner(local)
    learner.reset_learning_rate(C.learning_parameter_schedule(0.5))
    learner.scale_learning_rate(0.5)
    assert local.learning_rate() == learner.learning_rate() == 0.25


def test_rates_are_not_reported_as_in_the_original(capsys):
    net = Network(descent, distributed())
    trainer = C.Trainer(None, net.trainer.loss_function, net.learner, C.logging.ProgressPrinter(1))
    trainer.train_minibatch({net.x: [[1, 2, 3]], net.y: [[1, 2]]})
    assert "Learning rate" not in capsys.readouterr().out


@pytest.mark.parametrize("before", [plain, distributed()])
@pytest.mark.parametrize("after", [plain, distributed()])
def test_checkpoints_are_exchanged_with_those_of_plain_learners(before, after, tmp_path):
    net, again = Network(with_momentum, before), Network(with_momentum, after)
    net.step(0)
    net.trainer.save_checkpoint(tmp_path / "net", {"epoch": 1})
    assert samples_seen(tmp_path / "net") == 7
    assert again.trainer.restore_from_checkpoint(tmp_path / "net") == {"epoch": 1}
    assert again.step(1) == net.step(1)


def test_what_is_no_learner_is_refused():
    with pytest.raises(TypeError, match="(?s)made of a learner, not of 5.*try: C.sgd"):
        C.data_parallel_distributed_learner(5)
    with pytest.raises(RuntimeError, match="Asynchronous parameter update is not yet supported"):
        C.data_parallel_distributed_learner(
            descent([C.parameter(1)]), use_async_buffered_parameter_update=True
        )
    with pytest.raises(TypeError, match="num_quantization_bits"):
        C.data_parallel_distributed_learner(descent([C.parameter(1)]), num_quantization_bits="a")
