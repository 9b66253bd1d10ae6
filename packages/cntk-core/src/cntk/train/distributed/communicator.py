"""The processes that train together: one, this."""

from __future__ import annotations

import os
import socket

from cntk.errors import ExecutionError, describe

_SIZES = (
    "OMPI_COMM_WORLD_SIZE",
    "PMI_SIZE",
)  # set by mpiexec of Open MPI, and of MPICH and Intel MPI


class WorkerDescriptor:
    """One of the processes that train together.

    >>> worker = C.distributed.mpi_communicator().current_worker()
    >>> worker.global_rank, worker.is_main()
    (0, True)
    """

    def __init__(self, global_rank: int, host_id: str) -> None:
        self._rank, self._host = global_rank, host_id

    @property
    def global_rank(self) -> int:
        """Its number, from 0."""
        return self._rank

    @property
    def host_id(self) -> str:
        """Name of the machine that it runs on."""
        return self._host

    def is_main(self) -> bool:
        """Return whether it is the one that writes files and messages."""
        return self._rank == 0

    def __repr__(self) -> str:
        return f"WorkerDescriptor(global_rank={self._rank}, host_id={self._host!r})"


class Communicator:
    """The processes that train together, seen from one of them; ``mpi_communicator()`` makes it.

    >>> C.Communicator.num_workers(), C.Communicator.rank()
    (1, 0)
    >>> C.Communicator.finalize()
    """

    def __init__(self) -> None:
        _require_one_process()
        self._worker = WorkerDescriptor(0, socket.gethostname())

    def workers(self) -> list[WorkerDescriptor]:
        """Return all processes, by rank."""
        return [self._worker]

    def current_worker(self) -> WorkerDescriptor:
        """Return this process."""
        return self._worker

    def is_main(self) -> bool:
        """Return whether this process is the one that writes files and messages."""
        return self._worker.is_main()

    def barrier(self) -> None:
        """Wait until all processes have come here."""

    @staticmethod
    def finalize() -> None:
        """End the communication, at the end of a script; more than once does no harm."""

    @staticmethod
    def num_workers() -> int:
        """Return the number of processes.

        Raises:
            RuntimeError: mpiexec has started several.
        """
        _require_one_process()
        return 1

    @staticmethod
    def rank() -> int:
        """Return the number of this process, from 0.

        Raises:
            RuntimeError: mpiexec has started several.
        """
        _require_one_process()
        return 0


def mpi_communicator() -> Communicator:
    """Return the processes that mpiexec has started: this one.

    Raises:
        RuntimeError: there are several.

    >>> C.mpi_communicator().is_main()
    True
    """
    return Communicator()


def _require_one_process() -> None:
    """Refuse several processes: each would train alone, and write the files of the others."""
    for name in _SIZES:
        size = os.environ.get(name, "1")
        if size not in ("", "0", "1"):
            what = f"mpiexec has started {size} processes, and this release trains in one"
            raise ExecutionError(
                describe(what, f"found  {name}={size}", hint="start the script without mpiexec")
            )
