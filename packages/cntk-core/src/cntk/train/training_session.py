"""``cntk.train.training_session``: sessions and what configures them, as one module."""

from cntk.train.configs import CheckpointConfig as CheckpointConfig
from cntk.train.configs import CrossValidationConfig as CrossValidationConfig
from cntk.train.configs import TestConfig as TestConfig
from cntk.train.frequency import DataUnit as DataUnit
from cntk.train.minibatch_sizes import minibatch_size_schedule as minibatch_size_schedule
from cntk.train.session import TrainingSession as TrainingSession
from cntk.train.session import training_session as training_session
