"""What the tests of whole scripts share: small data sets, and training that reports its losses."""

from __future__ import annotations

import numpy as np

import cntk as C


def clusters(num_samples: int, num_features: int, num_classes: int, seed: int = 0):
    """Return samples around one centre per class, and their classes as one-hot vectors."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(num_classes, num_features)) * 2
    classes = np.arange(num_samples) % num_classes
    samples = centres[classes] + random.normal(size=(num_samples, num_features)) * 0.3
    return samples.astype("f"), np.eye(num_classes, dtype="f")[classes]


def images(num_samples: int, shape: tuple[int, ...], num_classes: int, seed: int = 0):
    """Return images that are noise and a bright band, whose place is the class."""
    random = np.random.default_rng(seed)
    classes = np.arange(num_samples) % num_classes
    samples = random.normal(size=(num_samples, *shape)) * 0.1
    size = shape[1] // num_classes
    for sample, place in zip(samples, classes):
        sample[:, place * size : (place + 1) * size] += 2
    return samples.astype("f"), np.eye(num_classes, dtype="f")[classes]


def losses_of_training(trainer: C.Trainer, data: dict, steps: int) -> list[float]:
    """Train on one minibatch again and again; return the loss before each step."""
    losses = []
    for _ in range(steps):
        trainer.train_minibatch(data)
        losses.append(trainer.previous_minibatch_loss_average)
    return losses
