"""Ragged minibatches, and Functions whose plans have never seen another one."""

from __future__ import annotations

import gc

import numpy as np

from cntk.execution import session


def sequences(lengths, *shape: int, seed: int = 0) -> list[np.ndarray]:
    """Return sequences of random frames."""
    random = np.random.default_rng([seed, *lengths])
    return [random.standard_normal((n, *shape)).astype("f") for n in lengths]


def evaluated_afresh(function, data: dict):
    """Return what a Function gives whose plan is made for this minibatch."""
    session.forget_plans()
    return function.clone("share").eval(_by_name(function, data))


def gradients_afresh(function, data: dict, wanted) -> list:
    """Return the gradients that :func:`evaluated_afresh` would tell, in the order of ``wanted``."""
    session.forget_plans()
    clone = function.clone("share")
    found = clone.grad(_by_name(function, data), list(wanted))
    return [found[variable] for variable in wanted] if len(wanted) > 1 else [found]


def _by_name(function, data: dict) -> dict:
    return {variable.name: given for variable, given in data.items()}


def assert_close(found, expected, tolerance: float = 1e-5) -> None:
    """Compare arrays, or lists of them."""
    found, expected = ([x] if isinstance(x, np.ndarray) else x for x in (found, expected))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def instances(plans) -> list:
    """Return the idle instances of plans: the memory that they keep."""
    gc.collect()
    return [instance for plan in plans for instance in plan._pool._idle]
