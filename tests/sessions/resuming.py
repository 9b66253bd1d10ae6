"""Trainings that end early and go on; ``python resuming.py FOLDER`` prints how.

Each has a shuffled reader, cross validations in between, and checkpoints.
"""

from __future__ import annotations

import inspect
import shutil
import sys
from pathlib import Path

import numpy as np

import cntk as C
import cntk.learners
from cntk.io import CTFDeserializer, MinibatchSource, StreamDef, StreamDefs
from cntk.train import DataUnit

INPUTS, CLASSES, SEQUENCES = 16, 3, 24
STEPS, SAVED_EVERY, ENDS_AFTER = 10, 3, 4


def dense(x):
    return C.layers.Sequential([C.layers.Dense(5, activation=C.tanh), C.layers.Dense(CLASSES)])(x)


def convolved(x):
    """Return a convolution with batch normalization."""
    steps = [
        C.layers.Convolution2D((3, 3), 2, pad=True, bias=False),
        C.layers.BatchNormalization(map_rank=1, normalization_time_constant=50),
        C.relu,
        C.layers.Dense(CLASSES),
    ]
    return C.layers.Sequential(steps)(C.reshape(x, (1, 4, 4)))


def dropped(x):
    """Return dense layers with dropout and noise."""
    hidden = C.layers.Dropout(0.4)(C.layers.Dense(5, activation=C.tanh)(x))
    return C.layers.Dense(CLASSES)(hidden * C.random.normal_like(hidden, mean=1, scale=0.1))


def recurrent(x):
    return C.layers.Sequential([C.layers.Recurrence(C.layers.LSTM(4)), C.layers.Dense(CLASSES)])(x)


NETWORKS = {"dense": dense, "convolved": convolved, "dropped": dropped, "recurrent": recurrent}

OPTIONS = {
    "adam": {"momentum": 0.9},
    "fsadagrad": {"momentum": 0.9},
    "momentum_sgd": {"momentum": 0.9},
    "nesterov": {"momentum": 0.9},
    "rmsprop": {"gamma": 0.95, "inc": 1.2, "dec": 0.7, "max": 10, "min": 0.001},
}


def _learner(factory, **options):
    def make(parameters):
        rates = C.learning_parameter_schedule([0.05, 0.02], epoch_size=30)
        return factory(parameters, rates, **options)

    return make


def _universal(parameters):
    """Return momentum as a learner of the user's own, whose state is in constants."""

    def update(parameters, gradients):
        steps = []
        for parameter, gradient in zip(parameters, gradients):
            velocity = C.constant(0, parameter.shape)
            steps.append(
                C.assign(
                    parameter, parameter - C.assign(velocity, 0.9 * velocity + 0.01 * gradient)
                )
            )
        return C.combine(steps)

    return C.universal(update, parameters)


def _all_learners() -> dict:
    found = {"universal": _universal}
    for name, thing in vars(cntk.learners).items():
        if inspect.isfunction(thing) and list(inspect.signature(thing).parameters)[:2] == [
            "parameters",
            "lr",
        ]:
            found[name] = _learner(thing, **OPTIONS.get(name, {}))
    found["adamax"] = _learner(C.adam, momentum=0.9, adamax=True)
    found["noise"] = _learner(C.sgd, gaussian_noise_injection_std_dev=0.01)
    regularized = {"l1_regularization_weight": 0.01, "gradient_clipping_threshold_per_sample": 0.5}
    found["regularized"] = _learner(C.momentum_sgd, momentum=0.9, **regularized)
    return found


LEARNERS = _all_learners()


def write_data(folder) -> None:
    """Write sequences of one to four frames for the text-format reader, and single frames."""
    random = np.random.RandomState(5)
    for name, longest in (("sequences", 4), ("samples", 1)):
        lines = [
            f"{i} |x {' '.join(f'{v:.3f}' for v in random.rand(INPUTS))} "
            f"|y {' '.join(map(str, np.eye(CLASSES, dtype=int)[random.randint(CLASSES)]))}"
            for i in range(SEQUENCES)
            for _ in range(random.randint(1, longest + 1))
        ]
        (Path(folder) / f"{name}.ctf").write_text("\n".join(lines) + "\n", encoding="utf-8")


class Stopped(Exception):
    """The end of a training that should have gone on."""


class Session(C.train.TrainingSession):
    """Keeps losses, and ends early."""

    ends_after = 0

    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        self.losses: list[float] = []

    def on_minibatch_end(self) -> None:
        self.losses.append(self.trainer.previous_minibatch_loss_average)
        if len(self.losses) == self.ends_after:
            raise Stopped


def train(folder, network: str, learner: str, path, steps: int) -> tuple[list[float], bytes]:
    """Return the losses of a training, and all that it has changed in the end.

    Args:
        folder: where the data are.
        network: a key of ``NETWORKS``.
        learner: a key of ``LEARNERS``.
        path: of the checkpoints; the training goes on from what is there.
        steps: minibatches after which it ends; the last checkpoint is not that of the end.
    """
    is_sequence = network == "recurrent"
    make = C.sequence.input_variable if is_sequence else C.input_variable
    x, y = make(INPUTS), make(CLASSES)
    z = NETWORKS[network](x)
    trainer = C.Trainer(
        z,
        (C.cross_entropy_with_softmax(z, y), C.classification_error(z, y)),
        LEARNERS[learner](z.parameters),
    )

    def source(sweeps: int) -> tuple[MinibatchSource, dict]:
        streams = StreamDefs(x=StreamDef("x", INPUTS), y=StreamDef("y", CLASSES))
        file = Path(folder) / f"{'sequences' if is_sequence else 'samples'}.ctf"
        made = MinibatchSource(CTFDeserializer(str(file), streams), max_sweeps=sweeps)
        return made, {x: made.streams.x, y: made.streams.y}

    validated, mapping = source(1)
    validation = C.CrossValidationConfig(
        validated, (2, DataUnit.minibatch), 7, model_inputs_to_streams=mapping
    )
    saving = C.CheckpointConfig(str(path), (SAVED_EVERY, DataUnit.minibatch), keep=1)
    data, mapping = source(100)
    session = Session(trainer, data, 5, mapping, None, None, saving, validation)
    session.ends_after = steps
    try:
        session.train()
    except Stopped:
        state = [v.value.tobytes() for v in (*z.parameters, *z.constants)]
        state += [_bytes(one.create_checkpoint()) for one in trainer.parameter_learners]
    return session.losses, b"".join(state)


def _bytes(value) -> bytes:
    if isinstance(value, dict):
        return b"".join(_bytes(item) for item in value.values())
    if isinstance(value, list):
        return b"".join(map(_bytes, value))
    return value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode()


def difference(folder, network: str, learner: str) -> str:
    """Return how a training that went on differs from one that did not end; empty if it does not.

    Both go on from one checkpoint of nothing, so that they begin alike.
    """
    whole, other = (Path(folder) / f"{network}-{learner}-{name}" for name in ("whole", "other"))
    train(folder, network, learner, whole, 1 + SAVED_EVERY)
    for kept in folder.glob(f"{whole.name}*"):
        shutil.copy(kept, str(kept).replace(whole.name, other.name))
    expected, expected_state = train(folder, network, learner, whole, STEPS)
    train(folder, network, learner, other, ENDS_AFTER)
    found, state = train(folder, network, learner, other, STEPS - SAVED_EVERY)
    if found != expected[SAVED_EVERY:]:
        return f"losses {found} instead of {expected[SAVED_EVERY:]}"
    return "" if state == expected_state else "another state in the end"


if __name__ == "__main__":
    write_data(sys.argv[1])
    for network in NETWORKS:
        for learner in LEARNERS:
            found = difference(Path(sys.argv[1]), network, learner)
            print(network, learner, found or "goes on exactly", flush=True)
