"""Truncated back-propagation through time: sequences in parts, from arrays and from files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cntk as C
from cntk.io import CTFDeserializer, MinibatchSource, StreamDef, StreamDefs

FLOAT64 = np.float64


def numbers(*shape: int) -> np.ndarray:
    return ((np.arange(np.prod(shape)).reshape(shape) % 7 - 3) * 0.1).astype(np.float32)


def sgd_trainer(model, loss, rate: float):
    for parameter in model.parameters:
        parameter.value = numbers(*parameter.shape)
    schedule = C.learning_parameter_schedule(rate, minibatch_size=1)
    return C.Trainer(model, loss, C.sgd(model.parameters, schedule))


@pytest.mark.parametrize(
    ("cell", "losses"),
    [
        ("LSTM", [0.0752281, 0.0940375, 0.0726211, 0.0693654, 0.0868855, 0.0665233]),
        ("GRU", [0.0713375, 0.1817988, 0.3971152, 0.2343998, 0.1189781, 0.1410925]),
    ],
)
def test_parts_train_as_in_cntk(cell, losses):
    """Losses printed by CNTK 2.7: two sequences of nine frames, three times three frames each."""
    x, y = C.sequence.input_variable(2), C.sequence.input_variable(2)
    model = C.layers.Recurrence(getattr(C.layers, cell)(2))(x)
    trainer = sgd_trainer(model, C.squared_error(model, y), 0.5)
    features = [numbers(9, 2) * 3, numbers(9, 2) - np.float32(0.1)]
    labels = [numbers(9, 2)[::-1], numbers(9, 2)]
    found = []
    for first in (0, 3, 6) * 2:
        part = {v: [a[first : first + 3] for a in all_] for v, all_ in ((x, features), (y, labels))}
        trainer.train_minibatch((part, [first == 0] * 2))
        found.append(trainer.previous_minibatch_loss_average)
    np.testing.assert_allclose(found, losses, rtol=3e-6)


# 26 frames in sequences of 7, 5, 6, 3, 1, 4
def write_sequences(path) -> None:
    with path.open("w") as file:
        for i, length in enumerate([7, 5, 6, 3, 1, 4]):
            for t in range(length):
                a, b = ((i * 3 + t * 5) % 7 - 3) * 0.2, ((i * 5 + t * 2) % 5 - 2) * 0.3
                file.write(f"{i} |x {a:g} {b:g} |y {((i + t * 3) % 4 - 1) * 0.5:g}\n")


@pytest.mark.parametrize(
    ("cell", "losses"),
    [
        ("LSTM", [0.714122, 0.2480873, 0.3232668, 0.4047678, 0.6548573, 0.4825686,
                  0.2392775, 0.2253779, 0.3909445, 0.3154952, 0.4044534, 0.723237]),
        ("GRU", [0.6918879, 0.3260653, 0.4257423, 0.4524219, 0.7492165, 0.5583456,
                 0.2877051, 0.2333692, 0.3676572, 0.3192462, 0.4358141, 0.8307905]),
    ],
)  # fmt: skip
def test_truncated_files_train_as_in_cntk(tmp_path, cell, losses):
    """Losses printed by CNTK 2.7: two slots of three frames, sequences that follow each other."""
    write_sequences(tmp_path / "f")
    streams = StreamDefs(x=StreamDef("x", 2), y=StreamDef("y", 1))
    source = MinibatchSource(
        CTFDeserializer(tmp_path / "f", streams), randomize=False, truncation_length=3
    )
    x, y = C.sequence.input_variable(2), C.sequence.input_variable(1)
    model = C.layers.Dense(1)(C.layers.Recurrence(getattr(C.layers, cell)(3))(x))
    trainer = sgd_trainer(model, C.squared_error(model, y), 0.1)
    found = []
    for _ in losses:
        minibatch = source.next_minibatch(6, {x: source.streams.x, y: source.streams.y})
        trainer.train_minibatch(minibatch)
        found.append(trainer.previous_minibatch_loss_average)
    np.testing.assert_allclose(found, losses, rtol=1e-6)


def delays(x, steps):
    """Return a network with a recurrence over each delay, and a plain delay of its result."""
    for step in steps:
        state = C.placeholder(shape=(2,))
        after = C.tanh(x + 0.7 * C.sequence.past_value(state, 0.2 * step, step))
        x = after.replace_placeholder(after)
    return x + C.sequence.past_value(x, -0.5, max(steps))


def two_states(x):
    first, second = C.placeholder(shape=(2,)), C.placeholder(shape=(2,))
    before = C.sequence.past_value(first, 0.1), C.sequence.past_value(second, -0.3, 2)
    one, two = C.tanh(x + before[1]), C.tanh(0.5 * x - before[0])
    return C.combine(one, two).replace_placeholders({first: one, second: two}).outputs[0] * 1.0


NETWORKS = {
    "1": lambda x: delays(x, [1]),
    "3, 2": lambda x: delays(x, [3, 2]),
    "2, 1, 3": lambda x: delays(x, [2, 1, 3]),
    "two states": two_states,
    "LSTM": lambda x: C.layers.Recurrence(C.layers.LSTM(3))(x),
    "GRU twice": lambda x: C.layers.Recurrence(C.layers.GRU(2))(
        C.layers.Recurrence(C.layers.GRU(3))(x)
    ),
    "step and delay": lambda x: C.layers.Delay(2)(C.layers.Recurrence(C.layers.RNNStep(2))(x)),
    "window": lambda x: C.splice(x, C.sequence.past_value(x), C.sequence.past_value(x, 1, 2)),
}


@pytest.fixture(scope="module", params=NETWORKS)
def network(request):
    with C.default_options(dtype=FLOAT64):
        x = C.sequence.input_variable(2)
        return NETWORKS[request.param](x), x


@settings(max_examples=25, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    cuts=st.lists(st.integers(1, 8), max_size=4),
    seed=st.integers(0, 9),
)
def test_parts_give_what_whole_sequences_give(network, lengths, cuts, seed):
    """Sequences of any lengths, cut at any frames; those that have ended leave, last ones first."""
    model, x = network
    random = np.random.RandomState(seed)
    whole = [random.uniform(-1, 1, (n, 2)) for n in sorted(lengths, reverse=True)]
    expected = C.as_composite(model).eval({x: whole})
    bounds = [0, *sorted(set(cuts)), 9]
    found: list[list[np.ndarray]] = [[] for _ in whole]
    for begin, end in zip(bounds, bounds[1:]):
        parts = [sequence[begin:end] for sequence in whole if len(sequence) > begin]
        if parts:
            results = model.eval(({x: parts}, [begin == 0] * len(parts)))
            for pieces, result in zip(found, results):
                pieces.append(result)
    for pieces, sequence in zip(found, expected):
        np.testing.assert_allclose(np.concatenate(pieces), sequence, rtol=1e-12, atol=1e-15)


@settings(max_examples=25, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    length=st.integers(1, 4),
    slots=st.integers(1, 3),
)
def test_truncated_files_give_what_whole_sequences_give(tmp_path_factory, lengths, length, slots):
    path = tmp_path_factory.mktemp("truncated") / "f"
    values = np.random.RandomState(0).uniform(-1, 1, sum(lengths)).round(3)
    ids = np.repeat(np.arange(len(lengths)), lengths)
    path.write_text("".join(f"{i} |x {value}\n" for i, value in zip(ids, values)))
    source = MinibatchSource(
        CTFDeserializer(path, StreamDefs(x=StreamDef("x", 1))),
        randomize=False, max_sweeps=1, truncation_length=length,
    )  # fmt: skip
    x = C.sequence.input_variable(1)
    model = C.layers.Recurrence(C.layers.GRU(2))(x + C.sequence.past_value(x, 0.5, 2))
    found: list[list[tuple]] = []  # for each sequence, its parts: frames and results
    in_slot: dict[int, list[tuple]] = {}
    while minibatch := source.next_minibatch(slots * length, {x: source.streams.x}):
        layout, frames = minibatch[x].data.layout, minibatch[x].as_sequences()
        for begins, slot, *part in zip(
            layout.starts, layout.slots.tolist(), frames, model.eval(minibatch)
        ):
            if begins:
                in_slot[slot] = []
                found.append(in_slot[slot])
            in_slot[slot].append(tuple(part))
    whole = np.split(values.astype(np.float32)[:, None], np.cumsum(lengths)[:-1])
    assert len(found) == len(whole)
    results = {
        np.concatenate([part[0] for part in parts]).tobytes(): np.concatenate([p[1] for p in parts])
        for parts in found
    }
    for sequence, expected in zip(whole, C.as_composite(model).eval({x: whole})):
        np.testing.assert_allclose(results[sequence.tobytes()], expected, rtol=1e-5, atol=1e-6)


def test_tests_go_on_from_training_and_leave_it_alone():
    """Metrics printed by CNTK 2.7, where however a test moves training as well."""
    s, y = C.sequence.input_variable(()), C.sequence.input_variable(())
    weight, state = C.parameter(init=np.float32(0.5)), C.placeholder(shape=())
    total = s + weight * C.sequence.past_value(state)
    total = total.replace_placeholder(total)
    loss, metric = C.reduce_sum(C.square(total - y)), C.reduce_sum(total - y)
    rate = C.learning_parameter_schedule(0.001, minibatch_size=1)
    trainer = C.Trainer(total, (loss, metric), C.sgd([weight], rate))

    def part(*values: float, begins: bool = False):
        frames = [np.array(values, np.float32)]
        return {s: frames, y: [np.zeros_like(frames[0])]}, [begins]

    trainer.train_minibatch(part(1, 2, 3, begins=True))
    assert trainer.test_minibatch(part(4, 5)) == pytest.approx(6.905101776)
    assert trainer.test_minibatch(part(4, 5)) == pytest.approx(8.134843826)
    assert trainer.test_minibatch(part(100, begins=True)) == 100
    trainer.train_minibatch(part(4, 5))
    assert trainer.previous_minibatch_loss_average == pytest.approx(48.50803375)


def test_models_and_trainers_go_on_by_themselves():
    """As in CNTK 2.7: training, evaluation and other trainers do not see each other's frames."""
    s = C.sequence.input_variable(1)
    model = C.layers.Recurrence(C.layers.RNNStep(1))(s)
    loss = C.reduce_sum(model)
    first, second = (C.Trainer(model, loss, C.sgd(model.parameters, 0.1)) for _ in range(2))
    begin = {s: [np.ones((2, 1), np.float32)]}
    first.train_minibatch(begin)
    for use in (model.eval, second.train_minibatch):
        with pytest.raises(RuntimeError, match="No matching sequence"):
            use((begin, [False]))
    model.eval({s: [np.ones((2, 1), np.float32)] * 3})
    assert first.train_minibatch((begin, [False]))


def test_checkpoints_hold_no_frames(tmp_path):
    """As in CNTK 2.7: what goes on begins anew in another process; the same trainer goes on."""
    s = C.sequence.input_variable(1)
    model = C.layers.Recurrence(C.layers.RNNStep(1))(s)
    first, second = (
        C.Trainer(model, C.reduce_sum(model), C.sgd(model.parameters, 0.1)) for _ in range(2)
    )
    begin = {s: [np.ones((2, 1), np.float32)]}
    first.train_minibatch(begin)
    first.save_checkpoint(str(tmp_path / "c"))
    for trainer in (first, second):
        trainer.restore_from_checkpoint(str(tmp_path / "c"))
    assert first.train_minibatch((begin, [False]))
    with pytest.raises(RuntimeError, match="No matching sequence"):
        second.train_minibatch((begin, [False]))
