"""Learners: they change parameters by gradients."""

from cntk.learners.adadelta import adadelta as adadelta
from cntk.learners.adagrad import adagrad as adagrad
from cntk.learners.adam import adam as adam
from cntk.learners.decoupled import adamw as adamw
from cntk.learners.decoupled import lamb as lamb
from cntk.learners.decoupled import lion as lion
from cntk.learners.fsadagrad import fsadagrad as fsadagrad
from cntk.learners.learner import Learner as Learner
from cntk.learners.momentum_sgd import momentum_sgd as momentum_sgd
from cntk.learners.nesterov import nesterov as nesterov
from cntk.learners.plugin import learner as learner
from cntk.learners.rmsprop import rmsprop as rmsprop
from cntk.learners.schedules import IGNORE as IGNORE
from cntk.learners.schedules import UnitType as UnitType
from cntk.learners.schedules import default_unit_gain_value as default_unit_gain_value
from cntk.learners.schedules import learning_parameter_schedule as learning_parameter_schedule
from cntk.learners.schedules import (
    learning_parameter_schedule_per_sample as learning_parameter_schedule_per_sample,
)
from cntk.learners.schedules import learning_rate_schedule as learning_rate_schedule
from cntk.learners.schedules import (
    momentum_as_time_constant_schedule as momentum_as_time_constant_schedule,
)
from cntk.learners.schedules import momentum_schedule as momentum_schedule
from cntk.learners.schedules import momentum_schedule_per_sample as momentum_schedule_per_sample
from cntk.learners.schedules import set_default_unit_gain_value as set_default_unit_gain_value
from cntk.learners.schedules import training_parameter_schedule as training_parameter_schedule
from cntk.learners.sgd import sgd as sgd
from cntk.learners.universal import universal as universal
from cntk.learners.user_learner import UserLearner as UserLearner


def built_in() -> dict:
    """Return the learners of this package by name."""
    return {
        factory.__name__: factory
        for factory in (
            adadelta, adagrad, adam, adamw, fsadagrad, lamb, lion, momentum_sgd, nesterov,
            rmsprop, sgd, universal,
        )
    }  # fmt: skip
