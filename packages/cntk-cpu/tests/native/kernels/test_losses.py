"""The look-up of a value where another vector is largest, for vectors of many elements."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C


def errors(scores: np.ndarray, places) -> np.ndarray:
    """Return what classification_error says of each row, the correct class being at a place."""
    width = scores.shape[1]
    z, y = C.input_variable(width), C.input_variable(width)
    targets = np.eye(width, dtype=np.float32)[places]
    return C.classification_error(z, y).eval({z: scores, y: targets})[:, 0]


@pytest.mark.parametrize("width", [1, 3, 17, 512, 513, 2000])
def test_the_largest_is_found_wherever_it_stands(width):
    places = np.arange(0, width, max(1, width // 40))
    scores = np.random.default_rng(width).uniform(-2, -1, (len(places), width)).astype(np.float32)
    scores[np.arange(len(places)), places] = -0.5
    assert (errors(scores, places) == 0).all()


@pytest.mark.parametrize("first", [0, 5, 511, 512, 900])
@pytest.mark.parametrize("value", [1.0, np.inf, np.nan])
def test_the_first_of_equal_ones_counts(first, value):
    scores = np.zeros((3, 1500), np.float32)
    scores[:, [first, first + 1, first + 550]] = value
    scores[:, 3] = 1.0 if np.isnan(value) else 0.0  # nan is the largest
    np.testing.assert_array_equal(errors(scores, [first, first + 1, 0]), [0, 1, first > 0])


def test_all_of_minus_infinity():
    scores = np.full((2, 700), -np.inf, np.float32)
    np.testing.assert_array_equal(errors(scores, [0, 600]), [0, 1])
