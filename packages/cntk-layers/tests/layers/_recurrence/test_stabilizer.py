from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import Stabilizer, identity

from ..shapes import shapes


def test_a_stabilizer_starts_as_a_factor_of_1():
    x = C.input_variable(2)
    layer = Stabilizer()(x)
    assert shapes(layer.parameters) == {"alpha": ()}
    np.testing.assert_allclose(layer.alpha.value, 0.9953796, rtol=1e-5)
    np.testing.assert_allclose(layer.eval([[1, -2]]), [[1, -2]], rtol=1e-5)


@pytest.mark.parametrize("steepness, alpha", [(1, 0.5413249), (2, 0.9272866)])
def test_the_steepness_of_a_stabilizer(steepness, alpha):
    layer = Stabilizer(steepness=steepness)(C.input_variable(2))
    np.testing.assert_allclose(layer.alpha.value, alpha, rtol=1e-5)
    np.testing.assert_allclose(layer.eval([[1, -2]]), [[1, -2]], rtol=1e-5)


def test_a_stabilizer_that_is_switched_off():
    assert Stabilizer(enable_self_stabilization=False) is identity
    with C.default_options(enable_self_stabilization=False):
        assert Stabilizer() is identity
