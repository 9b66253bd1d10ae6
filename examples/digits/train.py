"""Train a convolutional network on handwritten digits, save it, load it elsewhere, look at it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import classify  # the modules beside this script
import draw
import numpy as np
import prepare
from progress import Progress

import cntk as C
from cntk.layers import Convolution2D, Dense, Dropout, MaxPooling, default_options

HERE = Path(__file__).resolve().parent


def network(features, num_classes: int):
    """Return the network of CNTK's introduction."""
    with default_options(activation=C.relu, pad=False):
        conv1 = Convolution2D((5, 5), 32, pad=True)(features)
        pool1 = MaxPooling((3, 3), (2, 2))(conv1)
        conv2 = Convolution2D((3, 3), 48)(pool1)
        pool2 = MaxPooling((3, 3), (2, 2))(conv2)
        conv3 = Convolution2D((3, 3), 64)(pool2)
        f4 = Dense(96)(conv3)
        drop4 = Dropout(0.5)(f4)
        return Dense(num_classes, activation=None)(drop4)


def reader(path: Path, given, shape: tuple[int, ...], **options):
    """Return a source of minibatches with the streams ``features`` and ``labels``."""
    streams = C.io.StreamDefs(
        features=C.io.StreamDef(field=given.features, shape=int(np.prod(shape))),
        labels=C.io.StreamDef(field=given.labels, shape=given.classes),
    )
    return C.io.MinibatchSource(C.io.CTFDeserializer(str(path), streams), **options)


def train(given, train_path: Path, shape: tuple[int, ...]):
    """Return the trained network and the mean loss of each epoch."""
    C.cntk_py.set_fixed_random_seed(given.seed)
    features, labels = C.input_variable(shape, name="features"), C.input_variable(given.classes)
    z = network(features * (1 / given.largest), given.classes)
    loss = C.cross_entropy_with_softmax(z, labels)
    error = C.classification_error(z, labels)
    source = reader(train_path, given, shape, randomization_seed=given.seed)
    inputs = {features: source.streams.features, labels: source.streams.labels}
    num_samples = count_lines(train_path)
    rate = C.learning_parameter_schedule(
        [given.rate] * (given.epochs * 2 // 3) + [given.rate / 5], epoch_size=num_samples
    )
    learner = C.adam(
        z.parameters,
        rate,
        C.momentum_schedule(0.9),
        variance_momentum=C.momentum_schedule(0.999),
        minibatch_size=C.learners.IGNORE,  # rates as in the papers: for the mean over a minibatch
    )
    trainer = C.Trainer(z, (loss, error), [learner])
    progress = Progress(given.epochs, num_samples)
    losses = []
    for epoch in range(given.epochs):
        total = wrong = seen = 0.0
        while seen < num_samples:
            size = min(given.minibatch, int(num_samples - seen))
            trainer.train_minibatch(source.next_minibatch(size, input_map=inputs))
            count = trainer.previous_minibatch_sample_count
            total += trainer.previous_minibatch_loss_average * count
            wrong += trainer.previous_minibatch_evaluation_average * count
            seen += count
            progress.minibatch(epoch, count, total / seen)
        losses.append(total / seen)
        progress.epoch(epoch, total / seen, wrong / seen)
    progress.close()
    return z, losses


def count_lines(path: Path) -> int:
    """Return the number of samples of a CTF file with one sample per line."""
    with open(path, "rb") as file:
        return sum(1 for line in file if line.strip())


def test_in_new_process(given, model_path: Path, test_path: Path) -> tuple[list, list]:
    """Return (predictions, labels) of the saved model, loaded in a process of its own."""
    command = [sys.executable, str(HERE / "classify.py"), str(model_path), str(test_path),
               "--features", given.features, "--labels", given.labels, "--shape", given.shape,
               "--classes", str(given.classes)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result = json.loads(done.stdout)
    return result["predictions"], result["labels"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, help="CTF file to train on; default: the digits")
    parser.add_argument("--test", type=Path, help="CTF file to test on; default: --train's or own")
    parser.add_argument("--features", default="features", help="stream of the images")
    parser.add_argument("--labels", default="labels", help="stream of the one-hot labels")
    parser.add_argument("--shape", default="1,28,28", help="channels,height,width")
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--largest", type=float, default=prepare.LARGEST, help="largest grey value")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--minibatch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=0.002, help="learning rate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("demo-out"))
    given = parser.parse_args()
    shape = tuple(int(n) for n in given.shape.split(","))
    given.out.mkdir(parents=True, exist_ok=True)
    if given.train is None:
        given.train, given.test = prepare.write(given.out)
    test_path = given.test or given.train
    z, losses = train(given, given.train, shape)
    model_path = given.out / "digits.model"
    z.save(str(model_path))
    print(f"saved {model_path} ({model_path.stat().st_size / 1024:.0f} KB), loading it again ...")
    predictions, labels = test_in_new_process(given, model_path, test_path)
    accuracy = np.mean(np.equal(predictions, labels))
    what = "test" if given.test else "training"
    print(f"{what} accuracy: {100 * accuracy:.1f} %")
    images, _ = classify.read(str(test_path), given.features, given.labels, shape, given.classes)
    picture = given.out / "digits.png"
    shown = slice(0, 48)
    title = f"{what} accuracy {100 * accuracy:.1f} %; the first {len(images[shown])} images"
    draw.draw(picture, images[shown, 0], labels[shown], predictions[shown], losses, title)
    print(f"drew {picture}")


if __name__ == "__main__":
    main()
