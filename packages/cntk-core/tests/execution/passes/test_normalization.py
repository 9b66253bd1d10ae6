"""Batch normalization in two parts, where a backend has kernels for the numbers of channels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import cntk as C
from cntk.execution.kernels import reference_kernel
from cntk.execution.session import program_for
from cntk.testing.backends import only
from cntk.testing.chains import chain_kernel

FACTORS = [
    replace(reference_kernel, operator=name, priority=0)
    for name in ("batch_factors", "gradient_factors")
]


def model(shape, spatial):
    x = C.input_variable(shape, needs_gradient=True)
    cells = [C.constant(0, shape=(shape[0],)), C.constant(1, shape=(shape[0],)), C.constant(0)]
    scale, bias = C.parameter(shape[0], init=1.5), C.parameter(shape[0], init=0.5)
    y = C.batch_normalization(x, scale, bias, *cells[:2], spatial, running_count=cells[2],
                              normalization_time_constant=10)  # fmt: skip
    return x, scale, bias, C.relu(y + x)


def gradients(shape, spatial, rows):
    x, scale, bias, y = model(shape, spatial)
    data = np.random.default_rng(rows).normal(1, 2, (rows, *shape)).astype(np.float32)
    found, value = y.grad({x: data}, [x, scale, bias], outputs=[y.output])
    return [value, *(found[variable] for variable in (x, scale, bias))]


@pytest.mark.parametrize("rows", [2, 5])
@pytest.mark.parametrize(("shape", "spatial"), [((3, 4, 2), True), ((5,), False), ((5,), True)])
def test_both_ways_are_the_same(shape, spatial, rows):
    with only("numpy", also=[chain_kernel, *FACTORS]):
        found = gradients(shape, spatial, rows)
    with only("numpy"):
        expected = gradients(shape, spatial, rows)
    for one, other in zip(found, expected):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def names(function) -> list[str]:
    plan = program_for(function, list(function.outputs), True).plan
    return [step.operator.name for step in plan.steps]


def test_the_elementwise_part_joins_its_neighbours():
    with only("numpy", also=[chain_kernel, *FACTORS]):
        found = names(model((3, 4, 2), True)[-1])
    assert found.count("batch_factors") == 1 and found.count("chain") == 1
    assert "batch_normalization" not in found


def test_without_kernels_for_the_numbers_it_stays_whole():
    with only("numpy", also=[chain_kernel]):
        found = names(model((3, 4, 2), True)[-1])
    assert "batch_normalization" in found and "batch_factors" not in found
