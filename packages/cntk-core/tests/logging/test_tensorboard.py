"""TensorBoardProgressWriter: its event files, read back."""

from __future__ import annotations

import struct
import sys

import numpy as np
import pytest

import cntk as C
from cntk.logging import TensorBoardProgressWriter


def events(folder) -> list:
    """Return the events of a log: records of a length, a checksum, the event, a checksum."""
    from tensorboardX.proto.event_pb2 import Event

    (path,) = folder.iterdir()
    data, found = path.read_bytes(), []
    while data:
        (size,) = struct.unpack("<Q", data[:8])
        found.append(Event.FromString(data[12 : 12 + size]))
        data = data[16 + size :]
    return found


def points(folder) -> dict[str, list[tuple[int, float]]]:
    """Return {name of a curve: its points}."""
    found: dict[str, list] = {}
    for event in events(folder):
        for value in event.summary.value:
            found.setdefault(value.tag, []).append((event.step, value.simple_value))
    return found


def trained(writer, metric: bool = True):
    x, y = C.input_variable(2), C.input_variable(1)
    z = C.times(x, C.parameter((2, 1), init=0.1))
    loss = C.squared_error(z, y)
    criterion = (loss, C.abs(z - y)) if metric else loss
    trainer = C.Trainer(z, criterion, C.sgd(z.parameters, 0.01), writer)
    data = {x: np.ones((2, 2), "f"), y: np.ones((2, 1), "f")}
    losses = []
    for _ in range(5):
        trainer.train_minibatch(data)
        losses.append(trainer.previous_minibatch_loss_average)
    trainer.summarize_training_progress()
    if metric:
        trainer.test_minibatch(data)
        trainer.summarize_test_progress()
    return losses


def test_curves(tmp_path):
    writer = TensorBoardProgressWriter(freq=2, log_dir=tmp_path)
    losses = trained(writer)
    writer.close()
    found = points(tmp_path)
    means = [(2, np.mean(losses[:2])), (4, np.mean(losses[2:4]))]
    np.testing.assert_allclose(found["minibatch/avg_loss"], means, rtol=1e-5)
    np.testing.assert_allclose(found["summary/avg_loss"], [(1, np.mean(losses))], rtol=1e-5)
    assert [step for step, _ in found["minibatch/avg_metric"]] == [2, 4]
    assert [step for step, _ in found["summary/avg_metric"]] == [1]
    assert [step for step, _ in found["minibatch/test_avg_metric"]] == [5]


def test_steps_go_on_in_the_next_epoch(tmp_path):
    writer = TensorBoardProgressWriter(freq=2, log_dir=tmp_path)
    for _ in range(2):
        writer.update_training(1, 1.0, None)
        writer.update_training(1, 3.0, None)
        writer.write_training_summary(3.0, None)
    writer.close()
    assert points(tmp_path)["minibatch/avg_loss"] == [(2, 1.5), (4, 1.5)]
    assert points(tmp_path)["summary/avg_loss"] == [(1, 1.5), (2, 1.5)]


def test_without_a_frequency_only_epochs_are_written(tmp_path):
    writer = TensorBoardProgressWriter(log_dir=tmp_path)
    trained(writer, metric=False)
    writer.close()
    assert not [name for name in points(tmp_path) if name.startswith("minibatch/")]
    assert "summary/avg_loss" in points(tmp_path)


def test_values_pictures_and_histograms(tmp_path):
    writer = TensorBoardProgressWriter(log_dir=tmp_path)
    writer.write_value("rate", 0.5, 7)
    writer.write_image("face", {C.input_variable((3, 4, 5)): np.full((2, 3, 4, 5), 300.0)}, 1)
    writer.write_histogram("weights", [1.0, 2.0, np.nan, 4.0], 2)
    writer.flush()
    writer.close()
    found = {v.tag: (e.step, v) for e in events(tmp_path) for v in e.summary.value}
    assert (found["rate"][0], found["rate"][1].simple_value) == (7, 0.5)
    assert (found["face"][0], found["face"][1].image.height) == (1, 4)
    histogram = found["weights"][1].histo
    assert (histogram.num, histogram.min, histogram.max) == (3, 1, 4)


def test_the_graph(tmp_path):
    from tensorboardX.proto.graph_pb2 import GraphDef

    x = C.input_variable(2, name="x")

    def block(name):
        argument = C.placeholder(name="x")
        inner = C.relu(C.times(argument, C.parameter((2, 2), name="W")), name="out")
        return C.as_block(inner, [(argument, argument)], "Layer", name)

    model = block("first/one")(x) + block("second")(x)
    TensorBoardProgressWriter(log_dir=tmp_path, model=model).close()
    (graph,) = (GraphDef.FromString(e.graph_def) for e in events(tmp_path) if e.graph_def)
    nodes = {node.name: node for node in graph.node}
    assert {"x", "first_one/W", "first_one/out", "second/W", "second/out"} <= set(nodes)
    assert nodes["first_one/W"].op == "Parameter"
    (total,) = (node for node in graph.node if node.op == "Plus")
    assert list(total.input) == ["first_one/out", "second/out"]
    assert len(nodes) == len(graph.node)


@pytest.mark.parametrize(
    ("method", "arguments"),
    [("write_value", ("a", 1, 2)), ("write_image", ("a", [], 2)), ("flush", ()), ("close", ()),
     ("write_histogram", ("a", [1], 2))],
)  # fmt: skip
def test_a_closed_log(method, arguments, tmp_path):
    writer = TensorBoardProgressWriter(log_dir=tmp_path)
    writer.close()
    with pytest.raises(RuntimeError, match="Attempting to use a closed"):
        getattr(writer, method)(*arguments)


def test_other_workers_write_nothing(tmp_path):
    writer = TensorBoardProgressWriter(freq=1, log_dir=tmp_path / "log", rank=1)
    trained(writer)
    writer.close()
    assert not (tmp_path / "log").exists()


def test_wrong_arguments(tmp_path):
    writer = TensorBoardProgressWriter(log_dir=tmp_path)
    with pytest.raises(ValueError, match="could not convert string to float"):
        writer.write_value("a", "b", 1)
    with pytest.raises(OverflowError, match="step"):
        writer.write_value("a", 1, -1)
    with pytest.raises(ValueError, match=r"expected  \(pictures, channels, height, width\)"):
        writer.write_image("a", np.ones((2, 5, 4, 4)), 1)
    with pytest.raises(TypeError, match="model is a Function"):
        TensorBoardProgressWriter(log_dir=tmp_path, model=5)
    writer.close()


def test_the_extra_is_named_where_it_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ImportError, match=r"pip install cntk-core\[tensorboard\]"):
        TensorBoardProgressWriter(log_dir=tmp_path)
