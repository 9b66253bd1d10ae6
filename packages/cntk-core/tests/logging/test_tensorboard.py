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


def values(folder) -> dict[str, dict[int, object]]:
    """Return {name: {step: what was written}}."""
    found: dict[str, dict] = {}
    for event in events(folder):
        for value in event.summary.value:
            if value.tag != "Learning_rate_per_minibatch":
                found.setdefault(value.tag, {})[event.step] = value
    return found


def network():
    x, y = C.input_variable((1, 4, 4), name="picture"), C.input_variable(2)
    h = C.layers.Dense(3, C.tanh, name="hidden")(x)
    z = C.layers.Dense(2, name="out")(h)
    return x, y, z


def steps(writer, count=4):
    x, y, z = network()
    trainer = C.Trainer(z, C.squared_error(z, y), C.sgd(z.parameters, 0.01), writer)
    random = np.random.default_rng(1)
    for _ in range(count):
        trainer.train_minibatch({x: random.random((5, 1, 4, 4), "f"), y: np.ones((5, 2), "f")})
    return trainer


def test_histograms_of_parameters_and_gradients(tmp_path):
    writer = TensorBoardProgressWriter(log_dir=tmp_path, histogram_freq=2)
    trainer = steps(writer)
    writer.close()
    found = values(tmp_path)
    assert set(found) == {
        f"{kind}/{name}"
        for kind in ("parameters", "gradients")
        for name in ("hidden/W", "hidden/b", "out/W", "out/b")
    }
    assert all(list(steps) == [2, 4] for steps in found.values())
    last = found["parameters/hidden/W"][4].histo
    weights = next(p for p in trainer.model.parameters if p.shape == (1, 4, 4, 3)).value
    assert last.num == weights.size
    assert (last.min, last.max) == pytest.approx((weights.min(), weights.max()))
    before, after = (found["parameters/out/b"][step].histo.sum for step in (2, 4))
    slope = found["gradients/out/b"][4].histo.sum
    assert (after - before) * slope < 0  # downhill


def test_gradients_are_those_of_the_mean_loss(tmp_path):
    w = C.parameter((2, 1), init=0)
    x = C.input_variable(2)
    writer = TensorBoardProgressWriter(log_dir=tmp_path, histogram_freq=1)
    trainer = C.Trainer(None, C.times(x, w), C.sgd([w], 0.1), writer)
    trainer.train_minibatch({x: [[1, 3], [3, 5]]})
    writer.close()
    histogram = values(tmp_path)["gradients/Parameter"][1].histo
    assert (histogram.min, histogram.max) == (2, 4)


def test_a_table_shows_the_rows_that_were_touched(tmp_path):
    table = C.parameter((1000, 2), init=0, name="table")
    words = C.input_variable(1000, is_sparse=True)
    writer = TensorBoardProgressWriter(log_dir=tmp_path, histogram_freq=1)
    trainer = C.Trainer(None, C.reduce_sum(C.times(words, table)), C.sgd([table], 0.1), writer)
    trainer.train_minibatch({words: C.Value.one_hot([3, 7, 7], 1000)})
    writer.close()
    assert values(tmp_path)["gradients/table"][1].histo.num == 2 * 2
    assert values(tmp_path)["parameters/table"][1].histo.num == 2000


def test_pictures_of_inputs_and_of_what_is_computed(tmp_path):
    x = C.input_variable((1, 4, 6), name="picture")
    w = C.parameter((1, 4, 6), init=0)
    made = C.reshape(x * w, (4, 6), name="made")
    writer = TensorBoardProgressWriter(
        log_dir=tmp_path, images={"seen": x, "made": made}, image_freq=3, most_images=2
    )
    trainer = C.Trainer(None, C.reduce_sum(made), C.sgd([w], 0.1), writer)
    data = np.random.default_rng(1).random((5, 1, 4, 6), "f")
    for _ in range(4):
        trainer.train_minibatch({x: data})
    writer.close()
    found = values(tmp_path)
    assert {name: list(steps) for name, steps in found.items()} == {"seen": [3], "made": [3]}
    picture = found["seen"][3].image
    assert (picture.height, picture.width) == (4, 2 * 6)
    shown = pixels(picture)
    expected = (data[:2, 0] - data[:2].min()) * 255 / np.ptp(data[:2])
    assert abs(np.hstack(list(expected)) - shown).max() <= 1


def pixels(picture) -> np.ndarray:
    """Return the grey values of an image in an event."""
    import io

    from PIL import Image

    with Image.open(io.BytesIO(picture.encoded_image_string)) as found:
        return np.asarray(found.convert("L"), float)


def test_nothing_is_looked_at_between_times(tmp_path, monkeypatch):
    writer = TensorBoardProgressWriter(log_dir=tmp_path, histogram_freq=100)
    monkeypatch.setattr(writer, "on_training_step", lambda step: pytest.fail("was told"))
    steps(writer)
    writer.close()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(histogram_freq=0), "histogram_freq is a number of minibatches from 1 on"),
        (dict(histogram_freq="often"), "histogram_freq is an integer"),
        (dict(image_freq=3), "belong together"),
        (dict(images=C.input_variable((3, 4, 4))), "belong together"),
        (dict(images=C.input_variable(7), image_freq=1), "is no picture: its shape is .7."),
        (dict(images=["x"], image_freq=1), "images are variables or Functions"),
    ],
)
def test_wrong_options(options, message, tmp_path):
    with pytest.raises((ValueError, TypeError), match=message):
        TensorBoardProgressWriter(log_dir=tmp_path / "log", **options)
    assert not (tmp_path / "log").exists()
