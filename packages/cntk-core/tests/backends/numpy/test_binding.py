"""Plans run these kernels, in memory of the plan or of their own, and get what references say."""

from __future__ import annotations

import numpy as np
import pytest

from cntk.execution.kernels import candidates
from cntk.operators.declare import registry
from cntk.ops import constant, input_variable, parameter

OPERATORS = ("convolve", "convolve_transposed", "max_pooling", "average_pooling", "max_unpooling")
GRADIENTS = (
    "convolve_data_gradient",
    "convolve_map_gradient",
    "max_pooling_gradient",
    "max_pooling_gather",
    "average_pooling_gradient",
)


def samples():
    rng = np.random.default_rng(0)
    made = {name: registry[name].all_samples(lambda *n: rng.normal(size=n)) for name in OPERATORS}
    return [
        pytest.param(name, sample, id=f"{name}{i}")
        for name, found in made.items()
        for i, sample in enumerate(found)
    ]


def operands(sample, dtype, num_rows, free):
    """Return variables and data [rows, *static] for a sample."""
    variables, data = [], []
    for array, axes in zip(sample.operands, sample.axes or ("batch",) * len(sample.operands)):
        if axes == "parameter":
            data.append(array.astype(dtype)[None])
            variables.append(parameter(init=data[-1][0]))
        else:
            rows = [array + i for i in range(num_rows)]
            data.append(np.array(rows, dtype).reshape(num_rows, *array.shape))
            shape = tuple(-3 if free and i else n for i, n in enumerate(array.shape))
            variables.append(input_variable(shape, dtype=dtype, needs_gradient=True))
    return variables, data


@pytest.mark.parametrize("name", OPERATORS + GRADIENTS)
def test_an_operator_has_a_kernel_for_each_kind_of_memory(name):
    writes = [kernel.writes for kernel in candidates(name)]
    assert writes == [True, False]


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name, sample", samples())
def test_a_run_gives_what_the_reference_says(name, sample, dtype, free):
    operator = registry[name]
    variables, data = operands(sample, dtype, 3, free)
    function = operator(*variables, **sample.attributes)
    fed = {v: d for v, d in zip(variables, data) if not v.is_parameter}
    attributes = function.root_function.arguments_by_name
    available = {**dict(zip(operator.signature.operands, data)), **attributes}
    expected = operator.rules["reference"](available, attributes)
    expected = expected[0] if isinstance(expected, tuple) else expected
    actual = function.eval(fed)
    assert actual.dtype == dtype
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize(
    "name, sample", [s for s in samples() if registry[s.values[0]].gradient_of == "value"]
)
def test_a_gradient_is_the_slope(name, sample, free):
    operator = registry[name]
    variables, data = operands(sample, np.float64, 2, free)
    function = operator(*variables, **sample.attributes)
    rng = np.random.default_rng(1)

    def total(arrays):
        for variable, array in zip(variables, arrays):
            if variable.is_parameter:
                variable.value = array[0]
        return function.eval({v: a for v, a in zip(variables, arrays) if not v.is_parameter}).sum()

    fed = {v: a for v, a in zip(variables, data) if not v.is_parameter}
    gradients = function.grad(fed, variables)
    gradients = gradients if isinstance(gradients, dict) else {variables[0]: gradients}
    steps = [rng.normal(size=array.shape) * 1e-6 for array in data]
    above = total([a + step for a, step in zip(data, steps)])
    below = total([a - step for a, step in zip(data, steps)])
    slope = sum((gradients[v] * step).sum() for v, step in zip(variables, steps))
    np.testing.assert_allclose(above - below, 2 * slope, rtol=1e-5, atol=1e-10)


def test_operands_without_rows_are_computed_too():
    data = np.arange(16, dtype=np.float32).reshape(1, 4, 4)
    pooled = registry["average_pooling"](constant(data), pooling_window_shape=(2, 2), strides=(2,))
    np.testing.assert_array_equal(pooled.eval(), [[[2.5, 4.5], [10.5, 12.5]]])
