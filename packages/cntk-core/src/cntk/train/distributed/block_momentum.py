"""Block momentum: processes learn on their own for a block of samples, then meet."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from cntk.counts import amount_of, count_of
from cntk.dtypes import computing_dtype
from cntk.errors import ArgumentError, describe
from cntk.learners.checkpoint import Memory
from cntk.storage.dictionary import Dictionary, SizeT
from cntk.storage.errors import ModelFileError
from cntk.train.distributed.learner import DistributedLearner
from cntk.train.undivided import Undivided

_STEPS = "blockLevelSmoothedGradient"


class BlockMomentumLearner(DistributedLearner):
    """See :func:`block_momentum_distributed_learner`."""

    def __init__(
        self, learner, block_size: int, time_constant: float, nesterov: bool, reset: bool,
        rate: float, distributed_after: int,
    ) -> None:  # fmt: skip
        super().__init__(learner, distributed_after)
        self._block_size, self._time_constant, self._rate = block_size, time_constant, rate
        self._nesterov, self._reset = nesterov, reset
        self._in_block = 0  # samples
        self._begun: list[np.ndarray] | None = None  # the parameters where the block began
        self._steps: list[np.ndarray] = []  # of the last block, smoothed over all

    def reserve(self, gradients: list) -> None:
        super().reserve(gradients)
        self._begin()

    def update_arrays(self, gradients: list, num_samples: int, sweep_end: bool) -> bool:
        self._begin()
        done = super().update_arrays(gradients, num_samples, sweep_end)
        if done and self.total_number_of_samples_seen >= self._after:
            self._in_block += num_samples
            if self._in_block >= self._block_size:
                self._end_block()
        return done

    def settle(self) -> None:
        if self._in_block:
            with Undivided():
                self._end_block()

    def _begin(self) -> None:
        if self._begun is None:
            self._steps = [np.zeros(p.shape, computing_dtype(p._dtype)) for p in self.parameters]
            self._begun = self._current()

    def _current(self) -> list[np.ndarray]:
        return [p.value.astype(computing_dtype(p._dtype), copy=False) for p in self.parameters]

    def _end_block(self) -> None:
        """Move the parameters from where the block began by the smoothed step."""
        momentum = math.exp(-self._in_block / self._time_constant) if self._time_constant else 0.0
        assert self._begun is not None
        for parameter, begun, step, found in zip(
            self.parameters, self._begun, self._steps, self._current()
        ):
            step *= momentum
            step += (1 - momentum) * self._rate * (begun - found)
            begun -= step
            if self._nesterov:
                begun -= momentum * step
            parameter.value = begun
        if self._reset:
            self.reset_smoothed_gradients()
        self._in_block = 0

    def state_bytes(self) -> int:
        kept = sum(math.prod(p.shape) * computing_dtype(p._dtype).itemsize for p in self.parameters)
        return super().state_bytes() + 2 * kept

    def state_dictionary(self, memory: Memory | None) -> Dictionary:
        self._begin()
        return Dictionary(
            [(_STEPS, [_copied(step, memory) for step in self._steps])],
            base=super().state_dictionary(memory),
            localTotalNumSamplesSeen=SizeT(self.total_number_of_samples_seen),
        )

    def prepared_restore(self, state: Dictionary) -> Callable[[], None]:
        steps = state.optional(_STEPS, list, [], "learner")
        shapes = [(p.shape, computing_dtype(p._dtype)) for p in self.parameters]
        if steps and [_kind(step) for step in steps] != shapes:
            raise ModelFileError(
                f"the checkpoint's '{_STEPS}' does not belong to the parameters of this learner",
                offset=state.offset,
            )
        restore_local = super().prepared_restore(state)

        def restore() -> None:
            restore_local()
            self._in_block, self._begun = 0, None
            self._begin()
            for own, step in zip(self._steps, steps):
                np.copyto(own, step)

        return restore


def _copied(array: np.ndarray, memory: Memory | None) -> np.ndarray:
    if memory is None:
        return array
    copy = memory(array.shape, array.dtype)
    np.copyto(copy, array)
    return copy


def _kind(value: object) -> tuple | None:
    return (value.shape, value.dtype) if isinstance(value, np.ndarray) else None


def block_momentum_distributed_learner(
    learner, block_size, block_momentum_as_time_constant=None, use_nestrov_momentum=True,
    reset_sgd_momentum_after_aggregation=True, block_learning_rate=1.0, distributed_after=0,
) -> DistributedLearner:  # fmt: skip
    """Return a learner that learns on its own for a block of samples, then moves by the mean step.

    Args:
        learner: the learner that updates within a block.
        block_size: samples of a block, in all processes together.
        block_momentum_as_time_constant: samples after which the steps of earlier blocks count by a
            factor of 1/e; None: what suits the number of processes; in one they count nothing.
        use_nestrov_momentum: begin the next block where the momentum leads.
        reset_sgd_momentum_after_aggregation: let the learner forget its own momentum then.
        block_learning_rate: factor of the steps.
        distributed_after: samples that each process sees before the blocks begin.

    Raises:
        TypeError: it is no learner, or a number is no number.
        ValueError: the block is empty, or a number is negative.
        RuntimeError: mpiexec has started several processes.

    Chen and Huo, 2016, doi:10.1109/ICASSP.2016.7472805.

    >>> w = C.parameter(1, init=1)
    >>> local = C.sgd([w], C.learning_parameter_schedule(0.1))
    >>> learner = C.block_momentum_distributed_learner(local, 4, block_learning_rate=0.5)
    >>> for _ in range(2):
    ...     done = learner.update({w: np.float32([2])}, 2)
    ...     print(w.value)
    [0.9]
    [0.9]
    """
    size = count_of(block_size, "block_size")
    if size == 0:
        raise ArgumentError(describe("Sync period is too small.", hint="a block_size of 1 or more"))
    constant = block_momentum_as_time_constant
    return BlockMomentumLearner(
        learner,
        size,
        0.0 if constant is None else amount_of(constant, "block_momentum_as_time_constant"),
        bool(use_nestrov_momentum),
        bool(reset_sgd_momentum_after_aggregation),
        amount_of(block_learning_rate, "block_learning_rate"),
        distributed_after,
    )
