"""The path ``cntk.learner`` of CNTK's talks; ``cntk.learners`` is the module."""

from cntk.learners import *  # noqa: F403
from cntk.learners import UserLearner as UserLearner
