import numpy as np
import pytest

import cntk as C

FREE = C.FreeDimension


def variables(*shapes):
    return [C.input_variable(shape, needs_gradient=True) for shape in shapes]


def some(shape, seed):
    sizes = [3 if size == FREE else size for size in shape]
    return np.random.default_rng(seed).normal(size=(2, *sizes)).astype(np.float32)


@pytest.mark.parametrize(
    "shapes, axis, static",
    [
        (((2, 3), (2, 4)), -1, (2, 7)),
        (((2, 3), (1, 3), (2, 3)), 0, (5, 3)),
        (((2, 3), (3,)), 0, (3, 3)),
        (((2, 3), (1, 1)), 1, (2, 4)),
        (((2, 3), (2, 3)), C.Axis.new_leading_axis(), (2, 2, 3)),
        (((2, 3), (3,)), -4, (2, 1, 2, 3)),
        (((), ()), -1, (2,)),
        (((FREE, 3), (2, 3)), 0, (-3, 3)),
        (((FREE, 3), (FREE, 3)), 1, (-3, 6)),
        (((2, FREE), (FREE, FREE), (1, FREE)), 0, (-3, -3)),
    ],
)
def test_values_are_joined_and_gradients_taken_apart(shapes, axis, static):
    x = variables(*shapes)
    joined = C.splice(*x, axis=axis)
    assert joined.shape == static
    data = {v: some(shape, seed) for seed, (v, shape) in enumerate(zip(x, shapes))}
    rank = len(static)
    place = (-rank if axis == C.Axis.new_leading_axis() else axis) % rank
    parts = [d.reshape(2, *(1,) * (rank - d.ndim + 1), *d.shape[1:]) for d in data.values()]
    common = [max(p.shape[i] for p in parts) for i in range(rank + 1)]
    wide = [np.broadcast_to(p, [*common[: place + 1], p.shape[place + 1], *common[place + 2 :]])
            for p in parts]  # fmt: skip
    expected = np.concatenate(wide, place + 1)
    np.testing.assert_array_equal(joined.eval(data), expected)
    slopes = joined.grad(data, x)
    assert [slopes[v].shape for v in x] == [given.shape for given in data.values()]
    assert sum(slope.sum() for slope in slopes.values()) == expected.size


def test_each_operand_gets_its_own_part_of_the_gradient():
    a, b = variables((2,), (1,))
    weighted = C.splice(a, b) * [1, 2, 3]
    data = {a: np.zeros((1, 2), "f"), b: np.zeros((1, 1), "f")}
    slopes = weighted.grad(data, [a, b])
    assert slopes[a].tolist() == [[1, 2]] and slopes[b].tolist() == [[3]]


def test_an_operand_that_is_broadcast_gets_the_sum():
    a, b = variables((2, 3), (3,))
    data = {a: some((2, 3), 0), b: some((3,), 1)}
    slopes = C.splice(a, b, axis=1).grad(data, [a, b])
    np.testing.assert_array_equal(slopes[b], np.full((2, 3), 2))


def test_one_operand_is_combined():
    x = C.input_variable(3)
    assert C.splice(x).outputs == (x,)


@pytest.mark.parametrize(
    "shapes, axis",
    [(((3,), (3,)), 1), (((3, 4), (3, 5)), 0), (((3,), (3,)), C.Axis.all_axes()), (((3,),), "x"),
     ((), -1)],
)  # fmt: skip
def test_what_does_not_fit_is_refused(shapes, axis):
    x = variables(*shapes)
    with pytest.raises((ValueError, TypeError)):
        C.splice(*x, *x[:1], axis=axis)


def test_dynamic_axes_must_agree():
    batch = C.Axis.default_batch_axis()
    s = C.input_variable(3, dynamic_axes=[batch, C.Axis.default_dynamic_axis()])
    assert C.splice(s, C.parameter(2)).shape == (5,)
    with pytest.raises(RuntimeError, match="dynamic axes"):
        C.splice(s, C.input_variable(3))
