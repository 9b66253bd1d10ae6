"""A training as one of hours is written: it may be stopped at any moment, and started again.

``python train.py`` trains a convolutional network on handwritten digits for two minutes or so, and
writes everything into one folder. After Ctrl-C, SIGTERM or a loss of power, the same command goes
on from the last checkpoint.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

import cntk as C
from cntk.layers import BatchNormalization, Convolution2D, Dense, Dropout, MaxPooling
from cntk.train import DataUnit

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "digits"))
import prepare

EVERY_SWEEP = (1, DataUnit.sweep)


def network(pixels):
    """Return scores of ten digits for images of 1 x 28 x 28."""
    h = pixels * (1 / prepare.LARGEST)
    for i, maps in enumerate((8, 16)):
        h = Convolution2D((3, 3), maps, pad=True, bias=False, name=f"maps{i}")(h)
        h = C.relu(BatchNormalization(map_rank=1, normalization_time_constant=2000)(h))
        h = MaxPooling((2, 2), (2, 2))(h)
    h = Dropout(0.5)(Dense(64, activation=C.relu, name="hidden")(h))
    return Dense(10, name="scores")(h)


def split(folder: Path) -> tuple[Path, tuple, tuple]:
    """Return a file to train on, and arrays to validate and to test with: of ten, 8, 1 and 1."""
    images, digits = prepare.load()
    labels = np.eye(10, dtype=np.float32)[digits]
    part = np.arange(len(images)) % 10
    path = folder / "train.ctf"
    if not path.exists():
        lines = [prepare.ctf_line(images[i], digits[i]) for i in np.flatnonzero(part < 8)]
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
    validation, test = ((images[part == i], labels[part == i]) for i in (8, 9))
    return path, validation, test


def reader(path: Path):
    """Return a source of minibatches in random order, without an end."""
    streams = C.io.StreamDefs(
        features=C.io.StreamDef(field="features", shape=prepare.SIZE**2),
        labels=C.io.StreamDef(field="labels", shape=10),
    )
    deserializer = C.io.CTFDeserializer(str(path), streams)
    return C.io.MinibatchSource(deserializer, randomization_seed=5)


def writers(folder: Path, pixels, z, every: int) -> list:
    """Return what writes about the progress: for people, for programs, for TensorBoard."""
    return [
        C.logging.ProgressPrinter(tag="Training"),
        C.logging.JSONLinesProgressWriter(folder / "log.jsonl", freq=every),
        C.logging.TensorBoardProgressWriter(
            freq=every, log_dir=folder / "tensorboard", model=z, histogram_freq=20 * every,
            images={"digits": pixels}, image_freq=20 * every,
        ),
    ]  # fmt: skip


def session(folder: Path, sweeps: int, every: int):
    """Return the training session, and the network that it trains."""
    path, validation, test = split(folder)
    pixels = C.input_variable((1, prepare.SIZE, prepare.SIZE), name="pixels")
    labels = C.input_variable(10, name="labels")
    z = network(pixels)
    loss, error = C.cross_entropy_with_softmax(z, labels), C.classification_error(z, labels)
    learner = C.adam(z.parameters, 0.001, 0.9, minibatch_size=C.learners.IGNORE)
    trainer = C.Trainer(z, (loss, error), learner, writers(folder, pixels, z, every))
    source = reader(path)
    samples = len(path.read_text(encoding="ascii").splitlines())
    return z, C.training_session(
        trainer,
        source,
        mb_size=32,
        model_inputs_to_streams={pixels: source.streams.features, labels: source.streams.labels},
        max_samples=sweeps * samples,
        progress_frequency=EVERY_SWEEP,
        checkpoint_config=C.CheckpointConfig(
            folder / "digits", frequency=(10, DataUnit.sweep), keep_best=True, asynchronous=True
        ),
        cv_config=C.CrossValidationConfig(
            validation, EVERY_SWEEP, minibatch_size=64, criterion=C.combine([loss, error]),
            callback=C.train.ReduceRateOnPlateau(learner, factor=0.5, patience=50),
        ),
        test_config=C.TestConfig(test, minibatch_size=64, criterion=C.combine([loss, error])),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sweeps", type=int, default=600, help="through the data")
    parser.add_argument("--every", type=int, default=20, help="minibatches for a point of curves")
    parser.add_argument("--out", type=Path, default=Path("long-run"))
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    C.cntk_py.set_fixed_random_seed(1)
    z, training = session(given.out, given.sweeps, given.every)
    print(C.debugging.estimate(training.trainer, 32))
    training.train()
    C.weights.save(z, given.out / "digits.safetensors")


if __name__ == "__main__":
    main()
