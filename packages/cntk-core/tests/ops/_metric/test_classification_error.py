"""Numbers printed by CNTK 2.7."""

import numpy as np
import pytest

import cntk as C
from cntk.sparse import SparseRows

Z = np.array([[1, 3, 2], [5, 1, 5], [0, 0, 0]], np.float32)
T = np.array([[0, 1, 0], [0, 0, 1], [0, 0.5, 0.5]], np.float32)


@pytest.fixture
def z():
    return C.input_variable(3, needs_gradient=True)


@pytest.fixture
def t():
    return C.input_variable(3, needs_gradient=True)


def test_the_first_of_equal_outputs_counts(z, t):
    error = C.classification_error(z, t)
    found, values = error.grad({z: Z, t: T}, [z, t], outputs=[error.output])
    np.testing.assert_array_equal(values, [[0], [1], [1]])
    np.testing.assert_array_equal(found[z], np.zeros((3, 3)))
    np.testing.assert_array_equal(found[t], [[0, -1, 0], [-1, 0, 0], [-1, 0, 0]])


def test_sparse_targets_give_what_dense_ones_give(z, t):
    sparse = C.input_variable(3, is_sparse=True)
    expected = C.classification_error(z, t).eval({z: Z, t: T})
    rows = SparseRows.from_dense(T)
    np.testing.assert_array_equal(
        C.classification_error(z, sparse).eval({z: Z, sparse: rows}), expected
    )


@pytest.mark.parametrize("axis, expected", [(0, [1 / 3, 1]), (1, [0.5, 0.5]), (-1, None)])
def test_along_an_axis_it_is_the_share_of_wrong_places(axis, expected):
    x, t = C.input_variable((2, 3)), C.input_variable((2, 3))
    data = np.float32([[[1, 3, 2], [5, 1, 5]], [[0, 0, 0], [1, 2, 3]]])
    target = np.float32([[[0, 1, 0], [0, 0, 1]], [[0, 0.5, 0.5], [0, 0, 1]]])
    error = C.classification_error(x, t, axis)
    if expected is None:  # the default: each row with each row of the target
        assert error.shape == (2, 2)
    else:
        np.testing.assert_allclose(error.eval({x: data, t: target}), expected, rtol=1e-6)


@pytest.mark.parametrize("top, wrong", [(2, 1), (3, 0)])
def test_among_the_top_it_counts_the_wrong_samples(z, t, top, wrong):
    ties = np.ones((3, 3), np.float32)
    error = C.classification_error(z, t, topN=top)
    assert error.dynamic_axes == ()
    assert error.eval({z: ties, t: np.eye(3, dtype=np.float32)}) == wrong


def test_an_output_that_is_no_number_is_wrong(z, t):
    data = np.full((1, 3), np.nan, np.float32)
    assert C.classification_error(z, t, topN=2).eval({z: data, t: T[:1]}) == 1


def test_top_is_a_number_of_classes(z, t):
    for top in (0, -1, 1.5):
        with pytest.raises(ValueError, match="topN"):
            C.classification_error(z, t, topN=top)
    with pytest.raises(ValueError, match="not supported along a specific axis"):
        C.classification_error(z, t, axis=0, topN=2)
    with pytest.raises(ValueError, match="<= the 3 classes"):
        C.classification_error(z, t, topN=4).eval({z: Z, t: T})


def test_shapes_must_agree(z):
    with pytest.raises(ValueError):
        C.classification_error(z, C.input_variable(4))
    with pytest.raises(ValueError, match="need one shape"):
        C.classification_error(z, C.input_variable(4), topN=2)
