"""The function of checkpoints has the outputs that CNTK 2.7's has, in its order."""

from __future__ import annotations

import pytest

import cntk as C
from cntk.axis import ALL_AXES

SUM = {
    "reductionOpName": "Sum",
    "axis": ("unordered", "static", "AllAxes"),
    "reductionKeepDimensions": False,
}


@pytest.fixture
def network():
    x, y = C.input_variable(3, name="x"), C.input_variable(2, name="y")
    return C.times(x, C.parameter((3, 2)), name="z"), y


def outputs(model, criterion):
    loss = criterion[0] if isinstance(criterion, tuple) else criterion
    trainer = C.Trainer(model, criterion, C.sgd(loss.parameters, 0.1))
    return [output.owner for output in trainer.training_function.outputs]


def test_loss_and_metric_are_followed_by_their_sums(network):
    z, y = network
    loss, metric = C.squared_error(z, y, name="loss"), C.classification_error(z, y, name="metric")
    nodes = outputs(z, (loss, metric))
    names = ["z", "loss", "aggregateLoss", "metric", "aggregateEvalMetric"]
    assert [node.name for node in nodes] == names
    for criterion, summed in (nodes[1:3], nodes[3:5]):
        assert (summed.op_name, dict(summed.attributes)) == ("ReduceElements", SUM)
        assert summed.inputs[0].owner is criterion


def test_a_loss_alone(network):
    z, y = network
    nodes = outputs(None, C.squared_error(z, y, name="loss"))
    assert [node.name for node in nodes] == ["loss", "aggregateLoss"]


def test_a_loss_that_is_summed_already_is_followed_by_what_has_its_samples(network):
    z, y = network
    loss = C.reduce_mean(C.square(z - y, name="square"), axis=ALL_AXES, name="loss")
    assert [node.name for node in outputs(z, loss)] == ["z", "loss", "square"]


def test_what_has_its_samples_is_there_once(network):
    z, _ = network
    loss = C.reduce_sum(z, axis=ALL_AXES, name="loss")
    metric = C.reduce_mean(z, axis=ALL_AXES, name="metric")
    assert [node.name for node in outputs(z, (loss, metric))] == ["z", "loss", "metric"]
