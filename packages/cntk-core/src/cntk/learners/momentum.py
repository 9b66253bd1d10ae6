"""What learners with momentum share."""

from __future__ import annotations

from cntk.learners.schedule import TrainingParameterSchedule
from cntk.learners.schedules import default_unit_gain_value, momentum_schedule

# the time constant of CNTK's variance averages: 2 hours of speech at 100 frames a second
DEFAULT_VARIANCE_MOMENTUM = 0.9999986111120757


class _FromDefault:
    """Marks ``unit_gain`` as not given: the value of ``default_unit_gain_value`` at the call."""

    def __repr__(self) -> str:
        return "default_unit_gain_value()"


DEFAULT_UNIT_GAIN = _FromDefault()


def as_schedule(momentum) -> TrainingParameterSchedule | list:
    """Return a momentum as a schedule; a number holds for ever.

    A list stays one: the learner knows how long its entries last.

    Raises:
        ValueError: a momentum is not in [0, 1].
    """
    schedule = momentum_schedule(momentum)
    return momentum if isinstance(momentum, list) else schedule


def momentum_numbers(momentum, unit_gain, **more) -> dict:
    """Return the numbers of a rule with momentum, as :class:`RuleLearner` takes them."""
    gain = default_unit_gain_value() if unit_gain is DEFAULT_UNIT_GAIN else bool(unit_gain)
    numbers = {"momentum": as_schedule(momentum), "averages": float(gain)}
    return {**numbers, **{name: as_schedule(value) for name, value in more.items()}}


def unit_gain_factor(numbers: dict) -> float:
    """Return the weight of a new gradient: 1 - momentum when gradients are averaged, else 1."""
    return 1 - numbers["momentum"] if numbers["averages"] else 1.0
