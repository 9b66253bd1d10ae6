"""Training in several processes: learners that exchange what they have learned.

Here they train in one process, with the interface and the numbers of CNTK 2.7.
"""

from cntk.train.distributed.block_momentum import (
    block_momentum_distributed_learner as block_momentum_distributed_learner,
)
from cntk.train.distributed.communicator import Communicator as Communicator
from cntk.train.distributed.communicator import WorkerDescriptor as WorkerDescriptor
from cntk.train.distributed.communicator import mpi_communicator as mpi_communicator
from cntk.train.distributed.learner import DistributedLearner as DistributedLearner
from cntk.train.distributed.learner import (
    data_parallel_distributed_learner as data_parallel_distributed_learner,
)
