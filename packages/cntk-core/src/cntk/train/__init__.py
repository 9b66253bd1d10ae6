"""Training: Trainer, and training loops."""

from cntk.namespace import attribute_getter
from cntk.train.distributed import Communicator as Communicator
from cntk.train.distributed import DistributedLearner as DistributedLearner
from cntk.train.distributed import WorkerDescriptor as WorkerDescriptor
from cntk.train.distributed import (
    block_momentum_distributed_learner as block_momentum_distributed_learner,
)
from cntk.train.distributed import (
    data_parallel_distributed_learner as data_parallel_distributed_learner,
)
from cntk.train.distributed import mpi_communicator as mpi_communicator
from cntk.train.sessions.callbacks import EarlyStopping as EarlyStopping
from cntk.train.sessions.callbacks import ReduceRateOnPlateau as ReduceRateOnPlateau
from cntk.train.trainer import Trainer as Trainer
from cntk.train.training_session import CheckpointConfig as CheckpointConfig
from cntk.train.training_session import CrossValidationConfig as CrossValidationConfig
from cntk.train.training_session import DataUnit as DataUnit
from cntk.train.training_session import TestConfig as TestConfig
from cntk.train.training_session import TrainingSession as TrainingSession
from cntk.train.training_session import minibatch_size_schedule as minibatch_size_schedule
from cntk.train.training_session import training_session as training_session  # hides the module

__getattr__ = attribute_getter(__name__)
