"""The processes that train together."""

from __future__ import annotations

import socket

import pytest

import cntk as C
from cntk.train import distributed


def test_a_process_is_alone_and_the_main_one():
    communicator = distributed.mpi_communicator()
    worker = communicator.current_worker()
    assert (worker.global_rank, worker.host_id) == (0, socket.gethostname())
    assert communicator.is_main() and worker.is_main()
    assert communicator.workers() == [worker]
    assert communicator.barrier() is None
    assert repr(worker) == f"WorkerDescriptor(global_rank=0, host_id='{socket.gethostname()}')"


def test_it_is_found_under_the_names_of_cntk_2_7():
    assert C.distributed is C.train.distributed is distributed
    for name in ("Communicator", "mpi_communicator", "WorkerDescriptor", "DistributedLearner"):
        assert getattr(C, name) is getattr(C.train, name) is getattr(distributed, name)


def test_finalize_may_be_called_at_any_time():
    C.Communicator.finalize()
    assert (C.Communicator.num_workers(), C.Communicator.rank()) == (1, 0)


@pytest.mark.parametrize("name", ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"])
def test_one_of_several_processes_is_refused(monkeypatch, name):
    monkeypatch.setenv(name, "1")
    assert C.Communicator.num_workers() == 1
    monkeypatch.setenv(name, "2")
    for ask in (C.Communicator.num_workers, C.Communicator.rank, C.mpi_communicator):
        with pytest.raises(RuntimeError, match=f"(?s)started 2 processes.*{name}=2.*without"):
            ask()
    with pytest.raises(RuntimeError, match="started 2 processes"):
        C.data_parallel_distributed_learner(C.sgd([C.parameter(1)], 0.1))
