"""Plans run these kernels, in memory of the plan or of their own, and get what references say."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.execution.kernels import candidates

PUBLIC = (C.convolution, C.convolution_transpose, C.pooling, C.unpooling)
PRIMITIVES = (
    "convolve",
    "convolve_transposed",
    "max_pooling",
    "average_pooling",
    "max_unpooling",
    "convolve_data_gradient",
    "convolve_map_gradient",
    "max_pooling_gradient",
    "max_pooling_gather",
    "average_pooling_gradient",
)


def samples():
    rng = np.random.default_rng(0)
    made = {public: public.all_samples(lambda *n: rng.normal(size=n)) for public in PUBLIC}
    return [
        pytest.param(public, sample, id=f"{public.name}{i}")
        for public, found in made.items()
        for i, sample in enumerate(found)
        if not {"reduction_rank", "sequential"} & {*sample.attributes}  # made of several nodes
    ]


def operands(sample, dtype, num_rows, free):
    """Return variables and data [rows, *static] for a sample."""
    variables, data = [], []
    for array, axes in zip(sample.operands, sample.axes or ("batch",) * len(sample.operands)):
        if axes == "parameter":
            data.append(array.astype(dtype)[None])
            variables.append(C.parameter(init=data[-1][0]))
        else:
            rows = [array + i for i in range(num_rows)]
            data.append(np.array(rows, dtype).reshape(num_rows, *array.shape))
            shape = tuple(-3 if free and i else n for i, n in enumerate(array.shape))
            variables.append(C.input_variable(shape, dtype=dtype, needs_gradient=True))
    return variables, data


@pytest.mark.parametrize("name", PRIMITIVES)
def test_an_operator_has_a_kernel_for_each_kind_of_memory(name):
    writes = [kernel.writes for kernel in candidates(name) if kernel.backend == "numpy"]
    assert writes == [True, False]


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("public, sample", samples())
def test_a_run_gives_what_the_reference_says(public, sample, dtype, free):
    variables, data = operands(sample, dtype, 3, free)
    function = public(*variables, **sample.attributes)
    fed = {v: d for v, d in zip(variables, data) if not v.is_parameter}
    node = function.root_function
    operator, attributes = node.operator, node.arguments_by_name
    available = {**dict(zip(operator.signature.operands, data)), **attributes}
    expected = operator.rules["reference"](available, attributes)
    expected = expected[0] if isinstance(expected, tuple) else expected
    actual = function.eval(fed)
    assert actual.dtype == dtype
    np.testing.assert_allclose(actual, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("free", [False, True])
@pytest.mark.parametrize("public, sample", [s for s in samples() if s.values[0] is not C.unpooling])
def test_a_gradient_is_the_slope(public, sample, free):
    variables, data = operands(sample, np.float64, 2, free)
    function = public(*variables, **sample.attributes)
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
