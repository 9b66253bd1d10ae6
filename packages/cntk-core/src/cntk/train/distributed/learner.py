"""Learners that exchange with other processes: around a learner that updates in this one."""

from __future__ import annotations

from collections.abc import Callable

from cntk.counts import count_of
from cntk.errors import UnsupportedError, describe
from cntk.learners.checkpoint import Memory
from cntk.learners.learner import Learner
from cntk.learners.schedule import TrainingParameterSchedule
from cntk.storage.dictionary import Dictionary, SizeT
from cntk.train.distributed.communicator import Communicator, mpi_communicator
from cntk.variables import Parameter


class Samples(int):
    """A number that calls itself: a property of these learners, a method of all others."""

    def __call__(self) -> int:
        return int(self)


class DistributedLearner(Learner):
    """A learner that exchanges with those of other processes.

    :func:`data_parallel_distributed_learner` and :func:`block_momentum_distributed_learner` make
    them.

    Args:
        learner: the learner that updates in this process.
        distributed_after: samples that each process sees before they exchange.
    """

    def __init__(self, learner: Learner, distributed_after: int = 0) -> None:
        if not isinstance(learner, Learner):
            what = f"a distributed learner is made of a learner, not of {learner!r}"
            raise TypeError(describe(what, hint="C.sgd(model.parameters, lr)"))
        self._local = learner
        self._after = count_of(distributed_after, "distributed_after")
        self._communicator = mpi_communicator()

    def communicator(self) -> Communicator:
        """Return the processes that exchange."""
        return self._communicator

    def parallelization_after(self) -> int:
        """Return how many samples each process sees before they exchange."""
        return self._after

    def minibatch_size_scale_factor(self) -> int:
        """Return by which factor a session multiplies the minibatch size."""
        return 1

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self._local.parameters

    @property
    def is_minibatch_size_explicitly_specified(self) -> bool:
        return self._local.is_minibatch_size_explicitly_specified

    @property
    def minibatch_size(self) -> int:
        return self._local.minibatch_size

    @minibatch_size.setter
    def minibatch_size(self, size: int | None) -> None:
        self._local.minibatch_size = size

    def is_compatible_mode(self) -> bool:
        return self._local.is_compatible_mode()

    @property
    def total_number_of_samples_seen(self) -> Samples:
        """Number of samples in all updates."""
        return Samples(self._local.total_number_of_samples_seen())

    def total_number_of_minibatches_seen(self) -> int:
        return self._local.total_number_of_minibatches_seen()

    def total_number_of_sweeps_seen(self) -> int:
        return self._local.total_number_of_sweeps_seen()

    def learning_rate(self) -> float:
        return self._local.learning_rate()

    def reported_values(self) -> list[tuple[str, float, int]]:
        return []  # CNTK 2.7 does not tell them of distributed learners

    def reset_learning_rate(self, learning_rate: TrainingParameterSchedule) -> None:
        self._local.reset_learning_rate(learning_rate)

    def scale_learning_rate(self, factor: float, lowest: float = 0.0) -> None:
        self._local.scale_learning_rate(factor, lowest)

    def update_arrays(self, gradients: list, num_samples: int, sweep_end: bool) -> bool:
        return self._local.update_arrays(gradients, num_samples, sweep_end)

    def reserve(self, gradients: list) -> None:
        self._local.reserve(gradients)

    def reset_smoothed_gradients(self) -> None:
        self._local.reset_smoothed_gradients()

    def state_variables(self) -> list:
        return self._local.state_variables()

    def state_bytes(self) -> int:
        return self._local.state_bytes()

    def state_dictionary(self, memory: Memory | None) -> Dictionary:
        return Dictionary(
            localLearners=self._local.state_dictionary(memory),
            totalNumberOfSamplesSeen=SizeT(self.total_number_of_samples_seen),
        )

    def prepared_restore(self, state: Dictionary) -> Callable[[], None]:
        return self._local.prepared_restore(state)

    def __repr__(self) -> str:
        return f"<distributed {self._local!r}>"


def data_parallel_distributed_learner(
    learner, distributed_after=0, num_quantization_bits=32,
    use_async_buffered_parameter_update=False,
) -> DistributedLearner:  # fmt: skip
    """Return a learner that updates by the gradients of all processes; in one, as the learner does.

    Args:
        learner: the learner that updates in this process.
        distributed_after: samples that each process sees before they exchange.
        num_quantization_bits: bits of a number that is exchanged; there is nothing to exchange in
            one process.
        use_async_buffered_parameter_update: not available, as in CNTK 2.7.

    Raises:
        TypeError: it is no learner, or a number is no integer.
        RuntimeError: mpiexec has started several processes, or the update shall be asynchronous.

    Seide et al., 2014, "1-bit stochastic gradient descent and application to data-parallel
    distributed training of speech DNNs".

    >>> w = C.parameter(2)
    >>> learner = C.data_parallel_distributed_learner(C.sgd([w], 0.1), num_quantization_bits=1)
    >>> learner.update({w: np.float32([1, 2])}, 1), w.value
    (True, array([-0.1, -0.2], dtype=float32))
    """
    count_of(num_quantization_bits, "num_quantization_bits")
    if use_async_buffered_parameter_update:
        raise UnsupportedError(
            "Asynchronous parameter update is not yet supported for the "
            "DataParallelDistributedLearner."
        )
    return DistributedLearner(learner, distributed_after)
