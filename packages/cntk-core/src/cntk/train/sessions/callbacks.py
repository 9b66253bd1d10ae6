"""Callbacks of cross validations: stop in time, and slow down where nothing improves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from cntk.counts import amount_of, count_of
from cntk.errors import ArgumentError, ExecutionError, describe
from cntk.learners.learner import Learner


class _Best:
    """The best mean so far, and how many measurements ago it was.

    Args:
        min_change: what a mean must be smaller by to be better.
    """

    def __init__(self, min_change: float) -> None:
        self._min_change = amount_of(min_change, "min_change")
        self.mean, self.waited = math.inf, 0

    def create_checkpoint(self) -> dict:
        return {"mean": self.mean, "waited": self.waited}

    def restore_from_checkpoint(self, state: dict) -> None:
        mean, waited = float(state["mean"]), count_of(state["waited"], "waited")
        self.mean, self.waited = mean, waited

    def is_new(self, mean: float) -> bool:
        """Take a measurement; return whether it is the best."""
        if mean < self.mean - (self._min_change if math.isfinite(self.mean) else 0):
            self.mean, self.waited = mean, 0
            return True
        self.waited += 1
        return False


class EarlyStopping:
    """Stops a training session whose metric has not become smaller for a while.

    Args:
        patience: measurements without improvement after which training stops.
        min_change: what counts as an improvement, at least.

    Attributes:
        best: the smallest mean so far.

    Raises:
        ValueError: the patience is 0, or ``min_change`` is negative.

    >>> stop = C.train.EarlyStopping(patience=2)
    >>> [stop(i, mean, 100, 4) for i, mean in enumerate([0.5, 0.4, 0.45, 0.41])]
    [True, True, True, False]
    """

    def __init__(self, patience: int = 3, min_change: float = 0.0) -> None:
        self._patience = _patience(patience)
        self._best = _Best(min_change)

    @property
    def best(self) -> float:
        """The smallest mean so far."""
        return self._best.mean

    def __call__(self, index, average_error, cv_num_samples, cv_num_minibatches) -> bool:
        """Take the mean of a cross validation; return whether training goes on."""
        self._best.is_new(average_error)
        return self._best.waited < self._patience

    def create_checkpoint(self) -> dict:
        """Return what it has seen, for checkpoints."""
        return self._best.create_checkpoint()

    def restore_from_checkpoint(self, state: dict) -> None:
        """Go on from what :meth:`create_checkpoint` returned."""
        self._best.restore_from_checkpoint(state)


class ReduceRateOnPlateau:
    """Makes learning rates smaller where the metric of a training session stops improving.

    Args:
        learners: a learner or a list of learners.
        factor: what their rates, those that are to come included, are multiplied by.
        patience: measurements without improvement before that happens.
        min_change: what counts as an improvement, at least.
        lowest: rates become no smaller.

    Raises:
        ValueError: a number does not fit.

    >>> w = C.parameter(1)
    >>> learner = C.sgd([w], 0.1)
    >>> slow_down = C.train.ReduceRateOnPlateau(learner, factor=0.5, patience=1)
    >>> for i, mean in enumerate([0.5, 0.4, 0.45]):
    ...     goes_on = slow_down(i, mean, 100, 4)
    >>> learner.learning_rate()
    0.05
    """

    def __init__(
        self, learners, factor: float = 0.1, patience: int = 3, min_change: float = 0.0,
        lowest: float = 0.0,
    ) -> None:  # fmt: skip
        self._learners = list(learners) if isinstance(learners, (list, tuple)) else [learners]
        for learner in self._learners:
            if not isinstance(learner, Learner):
                raise ArgumentError(f"learners holds {learner!r}, which is no learner")
        self._factor = amount_of(factor, "factor")
        if not 0 < self._factor < 1:
            raise ArgumentError(f"factor is between 0 and 1, not {factor!r}")
        self._patience, self._lowest = _patience(patience), amount_of(lowest, "lowest")
        self._best = _Best(min_change)

    def __call__(self, index, average_error, cv_num_samples, cv_num_minibatches) -> bool:
        """Take the mean of a cross validation; return True, for training goes on."""
        if not self._best.is_new(average_error) and self._best.waited >= self._patience:
            self._best.waited = 0
            for learner in self._learners:
                learner.scale_learning_rate(self._factor, self._lowest)
        return True

    def create_checkpoint(self) -> dict:
        """Return what it has seen, for checkpoints."""
        return self._best.create_checkpoint()

    def restore_from_checkpoint(self, state: dict) -> None:
        """Go on from what :meth:`create_checkpoint` returned."""
        self._best.restore_from_checkpoint(state)


class AllOf:
    """Calls several callbacks in their order; training goes on if all of them say so.

    Args:
        callbacks: the callbacks.

    Raises:
        ValueError: one of them cannot be called.
    """

    def __init__(self, callbacks: Sequence[Callable]) -> None:
        self._callbacks = list(callbacks)
        for callback in self._callbacks:
            if not callable(callback):
                raise ArgumentError(f"callback cannot be called: {callback!r}")

    def __call__(self, *measured) -> bool:
        """Return whether training goes on."""
        answers = [goes_on(callback(*measured)) for callback in self._callbacks]
        return all(answers)

    def create_checkpoint(self) -> dict:
        """Return the state of each callback by its number."""
        return {str(i): state_of(callback) for i, callback in enumerate(self._callbacks)}

    def restore_from_checkpoint(self, state: dict) -> None:
        """Go on from what :meth:`create_checkpoint` returned."""
        for i, callback in enumerate(self._callbacks):
            give_state(callback, state.get(str(i), {}))


def goes_on(answer) -> bool:
    """Return what a callback has answered.

    Raises:
        RuntimeError: that is neither True nor False.
    """
    if not isinstance(answer, (bool, int)):
        what = f"the callback of a cross validation returned {answer!r}"
        raise ExecutionError(describe(what, "expected  True to go on, False to stop training"))
    return bool(answer)


def state_of(callback) -> dict:
    """Return what checkpoints keep of a callback; {} for most."""
    return dict(callback.create_checkpoint()) if hasattr(callback, "create_checkpoint") else {}


def give_state(callback, state: dict) -> None:
    """Let a callback go on from what :func:`state_of` returned."""
    if state and hasattr(callback, "restore_from_checkpoint"):
        callback.restore_from_checkpoint(state)


def _patience(given) -> int:
    patience = count_of(given, "patience")
    if patience < 1:
        raise ArgumentError(describe("patience is 0", "expected  1 or more measurements"))
    return patience
