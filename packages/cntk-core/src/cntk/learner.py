"""The path ``cntk.learner`` of CNTK's talks; ``cntk.learners`` is the module."""

from cntk.deprecation import warn_deprecated
from cntk.learners import *  # noqa: F403
from cntk.learners import UserLearner as UserLearner

warn_deprecated("cntk.learner", "cntk.learners")
