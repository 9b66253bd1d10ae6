"""Clipping, weight decay and noise: what happens around an update rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real

from cntk.axis import Axis
from cntk.deprecation import warn_deprecated
from cntk.errors import ArgumentError
from cntk.learners.schedule import TrainingParameterSchedule


@dataclass(frozen=True)
class Regularization:
    """Options that all learners share.

    Args:
        l1: weight of the sum of absolute values, per sample.
        l2: half the factor of the squared values' gradient, per sample: adds ``l2 * w``.
        noise: standard deviation of the noise added to parameters after an update; may be a
            schedule.
        clip: largest gradient per sample.
        truncate: clip each element; else scale a parameter's whole gradient by its norm.
    """

    l1: float = 0.0
    l2: float = 0.0
    noise: float | TrainingParameterSchedule = 0.0
    clip: float = math.inf
    truncate: bool = True

    def __post_init__(self) -> None:
        for name in ("l1", "l2", "noise"):
            value = getattr(self, name)
            if name == "noise" and isinstance(value, TrainingParameterSchedule):
                continue
            if not isinstance(value, Real) or not float(value) >= 0:
                raise ArgumentError(
                    f"{name} regularization must be a number that is not negative, not {value!r}"
                )
        if not isinstance(self.clip, Real) or not float(self.clip) >= 0:
            raise ArgumentError(
                f"gradient_clipping_threshold_per_sample must be a number from 0 on, not "
                f"{self.clip!r}; infinity: no clipping"
            )

    @property
    def has_noise(self) -> bool:
        """Whether there is any noise."""
        return isinstance(self.noise, TrainingParameterSchedule) or self.noise > 0

    def before(self, gradient, parameter, num_samples):
        """Return the gradient clipped and with weight decay.

        Args:
            gradient: symbol of the gradient.
            parameter: symbol of the parameter.
            num_samples: symbol of the number of samples that the gradient sums over (1 for a mean).
        """
        from cntk import ops

        if self.clip == 0:
            gradient = gradient * 0
        elif math.isfinite(self.clip):
            limit = num_samples * self.clip
            if self.truncate:
                gradient = ops.clip(gradient, -limit, limit)
            else:
                norm = ops.sqrt(ops.reduce_sum(gradient * gradient, Axis.all_axes()))
                gradient = gradient * (limit / ops.element_max(norm, limit))
        if self.l2:
            gradient = gradient + num_samples * self.l2 * parameter
        return gradient

    def after(self, parameter, lr, num_samples, noise=None):
        """Return the updated parameter with noise and shrunk by L1.

        Args:
            parameter: symbol of the updated parameter.
            lr: symbol of the rate.
            num_samples: as in :meth:`before`.
            noise: symbol of the noise, if there is any.
        """
        from cntk import ops

        if noise is not None:
            parameter = parameter + noise
        if self.l1:
            shrink = lr * num_samples * self.l1
            parameter = ops.element_max(parameter - shrink, 0) + ops.element_min(
                parameter + shrink, 0
            )
        return parameter


def options(given: dict) -> dict:
    """Return the arguments of :class:`RuleLearner` for the options that all learners share."""
    if given["use_mean_gradient"] is not None:
        warn_deprecated("use_mean_gradient", "minibatch_size=C.learners.IGNORE for the mean")
    return {
        "regularization": Regularization(
            given["l1_regularization_weight"],
            given["l2_regularization_weight"],
            given["gaussian_noise_injection_std_dev"],
            given["gradient_clipping_threshold_per_sample"],
            given["gradient_clipping_with_truncation"],
        ),
        "use_mean_gradient": bool(given["use_mean_gradient"]),
        "minibatch_size": given["minibatch_size"],
    }
