"""Batch normalization in C: statistics, running statistics and gradients."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

SHAPES = [((3, 4, 2), True), ((17, 5, 5), True), ((1, 3, 3), True), ((6,), False), ((6,), True),
          ((3, 2), False), ((300,), True)]  # fmt: skip


@pytest.mark.parametrize("rows", [1, 3, 17, 64])
@pytest.mark.parametrize(("shape", "spatial"), SHAPES)
def test_training_step(compared, shape, spatial, rows):
    data = np.random.default_rng(rows).normal(1, 2, (rows, *shape)).astype(np.float32)

    def step():
        count = shape[0] if spatial else int(np.prod(shape))
        x = C.input_variable(shape, needs_gradient=True)
        mean, variance, seen = C.constant(0, shape=count), C.constant(1, shape=count), C.constant(0)
        scale, bias = C.parameter(count, init=1.5), C.parameter(count, init=0.5)
        y = C.batch_normalization(x, scale, bias, mean, variance, spatial, running_count=seen,
                                  normalization_time_constant=10)  # fmt: skip
        z = C.tanh(y)
        found, value = z.grad({x: data}, [x, scale, bias], outputs=[z.output])
        return [value, found[x], found[scale], found[bias], mean.value, variance.value]

    compared(step, "batch_factors", "gradient_factors", rtol=1e-3, atol=1e-4)
