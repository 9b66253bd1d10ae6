from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import Convolution, Dense
from cntk.layers.initial import initial_weights


@pytest.mark.parametrize("init", [3, 0.5, np.ones(2), [1, 2]])
def test_values_stay(init):
    assert initial_weights(init, output_rank=1) is init


def test_nothing_is_no_value():
    with pytest.raises(ValueError, match="init must be a number"):
        initial_weights(None)


def test_weights_of_dense_layers_know_their_outputs():
    """Fans of W (3, 8, 8, 50): 192 inputs, 50 outputs."""
    C.cntk_py.reset_random_seed(0)
    W = Dense(50)(C.input_variable((3, 8, 8))).W.value
    limit = np.sqrt(6 / (192 + 50))
    assert 0.99 * limit < np.abs(W).max() <= limit


def test_weights_of_convolutions_know_their_filters():
    """Fans of W (20, 30, 5, 5): 30 * 25 inputs, 20 * 25 outputs."""
    C.cntk_py.reset_random_seed(0)
    W = Convolution((5, 5), 20)(C.input_variable((30, 8, 8))).W.value
    limit = np.sqrt(6 / (30 * 25 + 20 * 25))
    assert 0.99 * limit < np.abs(W).max() <= limit
