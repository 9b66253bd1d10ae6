"""Gradients of layers against finite differences."""

from __future__ import annotations

import numpy as np

_STEP = 1e-5


def assert_right_gradients(function, data: dict, wanted, tolerance: float = 1e-7) -> None:
    """Check the gradients of sum(output * root) with respect to parameters and inputs.

    Args:
        function: a float64 Function of one output.
        data: {input: list of arrays, or an array}.
        wanted: parameters, and inputs among the keys of ``data``.
    """
    state, values = function.forward(data, [function.output], {function.output})
    (value,) = values.values()
    roots = _weights(value)
    found = function.backward(state, {function.output: roots}, list(wanted))

    def number(changed: dict) -> float:
        outputs = function.eval(changed)
        return sum(float((o * r).sum()) for o, r in zip(_listed(outputs), _listed(roots)))

    for variable in wanted:
        expected = _differences(variable, data, number)
        for ours, theirs in zip(_listed(found[variable]), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, tolerance, tolerance, err_msg=str(variable))


def _differences(variable, data: dict, number) -> list[np.ndarray]:
    if not variable.is_parameter:
        given = data[variable]
        if not isinstance(given, list):
            return [_differences_of(given, lambda new: number({**data, variable: new}))]
        return [
            _differences_of(
                array,
                lambda new, i=i: number({**data, variable: [*given[:i], new, *given[i + 1 :]]}),
            )
            for i, array in enumerate(given)
        ]
    at = np.asarray(variable.value)

    def with_value(new):
        variable.value = np.asarray(new)
        return number(data)

    found = _differences_of(at, with_value)
    variable.value = at
    return [found]


def _differences_of(at: np.ndarray, number) -> np.ndarray:
    found = np.zeros(at.shape)
    for index in np.ndindex(at.shape):
        step = np.zeros(at.shape)
        step[index] = _STEP
        found[index] = (number(at + step) - number(at - step)) / (2 * _STEP)
    return found


def _weights(value):
    """Return different numbers of the value's shape."""
    if isinstance(value, list):
        return [np.cos(np.arange(v.size, dtype=v.dtype)).reshape(v.shape) for v in value]
    return np.cos(np.arange(value.size, dtype=value.dtype)).reshape(value.shape)


def _listed(arrays) -> list:
    return arrays if isinstance(arrays, list) else [arrays]
