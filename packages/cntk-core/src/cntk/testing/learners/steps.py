"""What every learner does: it moves parameters, each by itself, and always in the same way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cntk.testing.learners.training import RATE, SAMPLES, SHAPES, STEPS, Training, compare
from cntk.testing.mismatch import Mismatch, tolerance


def check_moves(factory: Callable) -> None:
    """Update parameters of several ranks, down to a single number.

    Raises:
        Mismatch: ``update`` is not done, a parameter stays, changes its shape or type, or is no
            number any more.
    """
    for dtype in (np.float32, np.float64):
        training = Training(factory, dtype)
        before = training.values()
        if training.step(0) is not True:
            raise Mismatch("update does not return True")
        for old, new in zip(before, training.values()):
            if new.shape != old.shape or new.dtype != old.dtype:
                raise Mismatch(
                    "a parameter changes its shape or type", f"before  {old.shape} {old.dtype}",
                    f"after   {new.shape} {new.dtype}",
                )  # fmt: skip
            if not np.isfinite(new).all() or np.array_equal(new, old):
                raise Mismatch(
                    f"a parameter of shape {old.shape} stays, or is no number any more",
                    f"before  {old.tolist()}", f"after   {new.tolist()}",
                )  # fmt: skip


def check_counts(factory: Callable) -> None:
    """Count samples and minibatches.

    Raises:
        Mismatch: a count is wrong.
    """
    training = Training(factory)
    training.run()
    learner = training.learner
    found = learner.total_number_of_samples_seen(), learner.total_number_of_minibatches_seen()
    if found != (STEPS * SAMPLES, STEPS):
        raise Mismatch(
            "the counts of samples and minibatches seen are wrong", f"found     {found}",
            f"expected  {(STEPS * SAMPLES, STEPS)}",
        )  # fmt: skip


def check_repeatable(factory: Callable) -> None:
    """Train twice from the same start.

    Raises:
        Mismatch: the second training gives other values, or gradients are written to.
    """
    first, training = Training(factory).run(), Training(factory)
    for step in range(STEPS):
        gradients = training.gradients(step)
        kept = [gradient.copy() for gradient in gradients.values()]
        training.learner.update(gradients, SAMPLES)
        if not all(map(np.array_equal, gradients.values(), kept)):
            raise Mismatch("update writes to the gradients that it is given")
    compare(training.values(), first, 0, "a second training")


def check_types(factory: Callable) -> None:
    """Train in float32 and in float64.

    Raises:
        Mismatch: the values differ by more than rounding.
    """
    # In float32, 1 - 0.999989 (eight samples' decay of squares, in Adam) is right to 0.5 %, and so
    # are the steps of RATE: as in CNTK 2.7.
    allowed = 0.005 * RATE
    compare(Training(factory, np.float32).run(), Training(factory).run(), allowed, "in float32")


def check_parameters_apart(factory: Callable) -> None:
    """Train all parameters with one learner, and each with one of its own.

    Raises:
        Mismatch: a parameter's way depends on the others.
    """
    together = Training(factory).run()
    alone = [Training(factory, shapes=(shape,)).run()[0] for shape in SHAPES]
    compare(alone, together, tolerance(np.float64), "alone")
