"""Numbers printed by CNTK 2.7."""

import numpy as np
import pytest

import cntk as C

A = np.array([[1, 2, 2], [1, 0, 1], [-1, 2, 0.5]], np.float32)
B = np.array([[2, 1, 2], [1, 0, 1], [3, 1, 1]], np.float32)


@pytest.fixture
def x():
    return C.input_variable(3, needs_gradient=True)


@pytest.fixture
def y():
    return C.input_variable(3, needs_gradient=True)


def test_a_sample_of_zeros_is_at_right_angles_to_all(x, y):
    cosine = C.cosine_distance(x, y)
    data = {x: np.zeros((1, 3), np.float32), y: B[:1]}
    found, values = cosine.grad(data, [x, y], outputs=[cosine.output])
    assert values == [0]
    assert np.isnan(found[x]).all()
    np.testing.assert_array_equal(found[y], [[0, 0, 0]])


@pytest.mark.parametrize("factor", [1e20, 1e-20, 1e-30])
def test_lengths_neither_overflow_nor_vanish(x, y, factor):
    expected = C.cosine_distance(x, y).eval({x: A, y: B})
    found = C.cosine_distance(x, y).eval({x: A * np.float32(factor), y: B})
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_shapes_must_be_equal(x):
    with pytest.raises(ValueError, match="CosDistance"):
        C.cosine_distance(x, C.input_variable(4))
    with pytest.raises(ValueError, match="CosDistance"):
        C.cosine_distance(x, C.input_variable((1, 3)))


@pytest.mark.parametrize(
    "shift, count, second",
    [
        (1, 2, [1, 0.8528029, 0.942809]),
        (2, 1, [1, 0.942809]),
        (0, 1, [1, 1]),
        (3, 5, [1, 1, 0.8528029, 0.942809, 1, 0.8528029]),
        (1, 0, [1]),
    ],
)
def test_negative_samples_are_those_that_follow(x, y, shift, count, second):
    cosines = C.cosine_distance_with_negative_samples(x, y, shift, count)
    assert cosines.shape == (count + 1,)
    np.testing.assert_allclose(cosines.eval({x: A, y: B})[1], second, rtol=1e-6)


def test_negative_samples_receive_gradients(x, y):
    cosines = C.cosine_distance_with_negative_samples(x, y, 1, 1)
    found = cosines.grad({x: A, y: B}, [x, y])
    np.testing.assert_allclose(found[x][0], [0.2805916, -0.2435546, 0.1032588], rtol=1e-5)
    np.testing.assert_allclose(found[y][2], [-0.1330281, 0.1916345, 0.2074497], rtol=1e-5)


def test_counts_of_negative_samples_are_part_of_the_plan(x, y):
    sizes = [
        C.cosine_distance_with_negative_samples(x, y, 1, n).eval({x: A, y: B}).shape for n in (1, 2)
    ]
    assert sizes == [(3, 2), (3, 3)]


def test_counts_are_not_negative(x, y):
    with pytest.raises(OverflowError, match="shift"):
        C.cosine_distance_with_negative_samples(x, y, -1, 2)
    with pytest.raises(TypeError, match="num_negative_samples"):
        C.cosine_distance_with_negative_samples(x, y, 1, 1.5)


def test_a_sample_meets_each_frame_of_a_sequence(y):
    frames = C.sequence.input_variable(3)
    parts = [np.arange(6, dtype=np.float32).reshape(2, 3), np.ones((1, 3), np.float32)]
    samples = np.array([[1, -2, 3], [4, 5, -6]], np.float32)
    first, second = C.cosine_distance(frames, y).eval({frames: parts, y: samples})
    np.testing.assert_allclose(first, [0.4781, 0.3780], atol=1e-4)
    np.testing.assert_allclose(second, [0.1974], atol=1e-4)


def test_negative_samples_of_frames_are_those_that_follow_step_by_step():
    """Numbers printed by CNTK 2.7 for sequences of equal lengths."""
    x, y = (C.sequence.input_variable(2) for _ in range(2))
    first = np.float32([[1, 2], [3, -1]]), np.float32([[0.5, 1], [-2, 1]])
    second = np.float32([[2, 1], [1, 1]]), np.float32([[-1, 3], [1, -2]])
    cosines = C.cosine_distance_with_negative_samples(x, y, 1, 2)
    found = cosines.eval({x: list(first), y: list(second)})
    np.testing.assert_allclose(
        np.concatenate(found),
        [
            [0.8, 0.7071068, 0.9486833],
            [0.4472136, 0.7071068, 0.7071068],
            [0.7071068, 0.9486833, -0.6],
            [-0.8, -0.6, 0.7071068],
        ],
        rtol=1e-6,
    )
