"""``cntk.train.training_session``: sessions and what configures them, as one module."""

from cntk.train.sessions.configs import CheckpointConfig as CheckpointConfig
from cntk.train.sessions.configs import CrossValidationConfig as CrossValidationConfig
from cntk.train.sessions.configs import TestConfig as TestConfig
from cntk.train.sessions.frequency import DataUnit as DataUnit
from cntk.train.sessions.minibatch_sizes import minibatch_size_schedule as minibatch_size_schedule
from cntk.train.sessions.session import TrainingSession as TrainingSession
from cntk.train.sessions.session import training_session as training_session
