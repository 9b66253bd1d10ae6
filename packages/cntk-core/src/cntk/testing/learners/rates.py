"""Rates: what a learning rate and a minibatch size mean, as in CNTK 2.7."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from cntk.learners.schedules import learning_parameter_schedule
from cntk.testing.learners.training import RATE, SAMPLES, Training, compare
from cntk.testing.mismatch import Mismatch, tolerance

_ALLOWED = tolerance(np.float64)


def check_zero_rate(factory: Callable) -> None:
    """Update with a learning rate of zero, which is no update.

    Raises:
        Mismatch: something changes.
    """
    training = Training(factory, rate=0.0)
    before = training.values()
    if training.step(0) is not False:
        raise Mismatch("with a learning rate of 0, update does not return False")
    compare(training.values(), before, 0, "with a learning rate of 0")
    if training.learner.total_number_of_samples_seen():
        raise Mismatch("with a learning rate of 0, samples count as seen")


def check_minibatch_size(factory: Callable) -> None:
    """Give a rate that is meant for one minibatch size, and train with another.

    A rate r meant for M samples moves parameters, by a minibatch of N samples, as a rate of
    r N / M does that is meant for minibatches whatever their size.

    Raises:
        Mismatch: it does not.
    """
    plain = Training(factory).run()
    for size in (SAMPLES, SAMPLES // 4):
        rate = learning_parameter_schedule(RATE * size / SAMPLES, size)
        meant = Training(factory, rate=rate).run()
        compare(meant, plain, _ALLOWED, f"{SAMPLES} samples, by a rate meant for {size}")


def check_mean_gradient(factory: Callable) -> None:
    """Work on mean gradients; where steps grow with gradients, that changes nothing.

    Raises:
        Mismatch: it does.
    """
    if not _is_proportional(factory):
        return  # an adaptive learner takes other steps for other gradients
    mean = Training(partial(factory, minibatch_size=0)).run()
    compare(mean, Training(factory).run(), _ALLOWED, "by mean gradients (minibatch_size=0)")


def _is_proportional(factory: Callable) -> bool:
    """Whether gradients of twice the size make steps of twice the size."""
    small, large = Training(factory), Training(factory)
    before = small.values()
    small.step(0)
    large.step(0, scale=2.0)
    return all(
        np.allclose(far - start, 2 * (near - start))
        for start, near, far in zip(before, small.values(), large.values())
    )
