import numpy as np
import pytest

import cntk as C

BATCH = C.Axis.default_batch_axis()
SEQUENCE = (BATCH, C.Axis.default_dynamic_axis())
OVER_FRAMES = C.TIMES_REDUCE_SEQUENCE_AXIS_WITHOUT_INFERRED_INPUT_RANK


@pytest.mark.parametrize(
    "left, right, options, weight, result",
    [
        ((2, 3), (-1, 4), {}, (3, 4), (2, 4)),
        ((2, 3, 4), (-1, -1, 5), {}, (3, 4, 5), (2, 5)),
        ((2, 3), (-1, 4), {"infer_input_rank_to_map": 0}, (2, 3, 4), (4,)),
        ((2, 3, 4), (-1, 5), {"infer_input_rank_to_map": 1}, (3, 4, 5), (2, 5)),
        ((3,), (-1, 4, 5), {"output_rank": 2}, (3, 4, 5), (4, 5)),
        ((2, 3, 4), (4, 4), {"infer_input_rank_to_map": 0}, (4, 4), (2, 3, 4)),
    ],
)
def test_open_sizes_of_a_weight_are_deduced(left, right, options, weight, result):
    w = C.parameter(right)
    product = C.times(C.input_variable(left), w, **options)
    assert (w.shape, product.shape) == (weight, result)


@pytest.mark.parametrize(
    "left, right, options",
    [
        ((3,), (4, 2), {}),
        ((3,), (3, 2), {"output_rank": 0}),
        ((3,), (3, 2), {"output_rank": 3}),
        ((3,), (3, 2), {"output_rank": 1.5}),
        ((3,), (2, 3, 4), {}),
        ((), (3, 4), {}),
        ((3,), (), {}),
        ((3,), (3, -1), {}),
        ((2, 3), (-1, 4), {"infer_input_rank_to_map": 2}),
        ((2, 3), (-1, 4), {"infer_input_rank_to_map": "all"}),
        ((C.FreeDimension, 3), (-1, 4), {"infer_input_rank_to_map": 0}),
    ],
)
def test_operands_that_do_not_fit_are_refused(left, right, options):
    with pytest.raises(ValueError):
        C.times(C.input_variable(left), C.parameter(right), **options)


@pytest.mark.parametrize(
    "left, right", [((3,), (5, 4)), ((), (3,)), ((3,), ()), ((1,), (3,)), ((2, 3), (4, 2, 3))]
)
def test_transposed_products_refuse_operands_that_do_not_fit(left, right):
    with pytest.raises(ValueError):
        C.times_transpose(C.input_variable(left), C.parameter(right))


@pytest.mark.parametrize(
    "left, right, result",
    [((3,), (3,), (1,)), ((2, 3), (3,), (2, 1)), ((2, 4, 3), (5, 3), (2, 4, 5))],
)
def test_a_vector_counts_as_one_row_of_a_transposed_matrix(left, right, result):
    assert C.times_transpose(C.input_variable(left), C.parameter(right)).shape == result


def test_sequences_of_different_axes_do_not_multiply():
    other = (BATCH, C.Axis("other"))
    left, right = (C.input_variable((3, 3), dynamic_axes=axes) for axes in (SEQUENCE, other))
    with pytest.raises(RuntimeError, match="dynamic axes"):
        C.times(left, right)


def frames(shape):
    counts = np.arange(1, 1 + 5 * int(np.prod(shape)), dtype=np.float32).reshape(5, *shape)
    return [counts[:2], counts[2:]]


@pytest.mark.parametrize(
    "left, right, formula",
    [((1,), (3,), "ta,tb->ab"), ((2,), (2, 3), "ta,tab->b"), ((1, 1), (3,), "tza,tb->zab")],
)
def test_products_are_summed_over_the_frames_of_each_sequence(left, right, formula):
    x, y = (C.input_variable(n, dynamic_axes=SEQUENCE, needs_gradient=True) for n in (left, right))
    product = C.times(x, y, infer_input_rank_to_map=OVER_FRAMES)
    assert product.dynamic_axes == (BATCH,)
    data = {x: frames(left), y: frames(right)}
    found = product.eval(data)
    for one, a, b in zip(found, data[x], data[y]):
        np.testing.assert_allclose(one, np.einsum(formula, a, b))
    slope = product.grad(data, [x])
    assert [part.shape for part in slope] == [(2, *left), (3, *left)]


@pytest.mark.parametrize("left, right", [((2,), (3,)), ((2, 1), (3,)), ((), (3,))])
def test_some_products_over_frames_are_refused_as_in_cntk_2_7(left, right):
    x, y = (C.input_variable(n, dynamic_axes=SEQUENCE) for n in (left, right))
    with pytest.raises(ValueError):
        C.times(x, y, infer_input_rank_to_map=OVER_FRAMES).eval({x: frames(left), y: frames(right)})


def test_only_two_sequences_can_be_multiplied_over_frames():
    s = C.input_variable(1, dynamic_axes=SEQUENCE)
    for left, right in ((s, C.parameter(3)), (C.input_variable(1), C.input_variable(3))):
        with pytest.raises(ValueError):
            C.times(left, right, infer_input_rank_to_map=OVER_FRAMES)
