"""Constants that scripts make."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C


def test_a_constant_needs_a_value_or_a_shape():
    with pytest.raises(ValueError, match="at least shape or value"):
        C.constant()
    np.testing.assert_array_equal(C.constant(shape=2).value, [0, 0])
