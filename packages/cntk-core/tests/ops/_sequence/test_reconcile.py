import numpy as np
import pytest

import cntk as C
from cntk.variables import Variable

BATCH = C.Axis.default_batch_axis()
WORDS = [np.array([[1], [2], [3]], np.float32), np.array([[4]], np.float32)]
LABELS = np.array([[10], [20]], np.float32)


def sequence(axis="words", name=""):
    return Variable(1, np.float32, True, dynamic_axes=[BATCH, C.Axis(axis)], name=name)


def batch(name=""):
    return C.input_variable(1, needs_gradient=True, name=name)


def assert_sequences(found, expected):
    assert [part.tolist() for part in found] == expected


def test_an_operand_per_sample_is_repeated_for_each_frame():
    s, b = sequence(), batch()
    y = s - b
    assert y.root_function.inputs[1].owner.op_name == "ReconcileDynamicAxis"
    assert_sequences(y.eval({s: WORDS, b: LABELS}), [[[-9], [-8], [-7]], [[-16]]])


def test_the_gradient_of_a_repeated_operand_is_summed_over_the_frames():
    s, b = sequence(), batch()
    slopes = (b * s).grad({s: WORDS, b: LABELS}, [s, b])
    np.testing.assert_array_equal(slopes[b], [[6], [4]])
    assert_sequences(slopes[s], [[[10], [10], [10]], [[20]]])


def test_what_has_no_dynamic_axes_is_repeated_for_each_sample():
    p, b = C.parameter(init=np.array([5], np.float32)), batch()
    y = C.reconcile_dynamic_axes(p, b)
    np.testing.assert_array_equal(y.eval({b: LABELS}), [[5], [5]])
    np.testing.assert_array_equal(y.grad({b: LABELS}, [p]), [2])


def test_a_sequence_axis_takes_another_name():
    s, other = sequence(), sequence("letters")
    y = C.reconcile_dynamic_axes(s, other) * other
    slopes = y.grad({s: WORDS, other: WORDS}, [s, other])
    for variable in (s, other):
        assert_sequences(slopes[variable], [[[1], [2], [3]], [[4]]])


def test_sequences_of_other_lengths_do_not_fit():
    y = C.reconcile_dynamic_axes(s := sequence(), other := sequence("letters"))
    with pytest.raises(ValueError, match="lengths 3, 1 do not fit .* lengths 1, 3"):
        y.eval({s: WORDS, other: WORDS[::-1]})


def test_single_frames_become_a_batch_and_others_do_not():
    y = C.reconcile_dynamic_axes(s := sequence(), b := batch())
    frames = [part[:1] for part in WORDS]
    np.testing.assert_array_equal(y.eval({s: frames, b: LABELS}), [[1], [4]])
    with pytest.raises(ValueError, match="do not fit"):
        y.eval({s: WORDS, b: LABELS})


def test_the_other_operand_must_have_dynamic_axes():
    with pytest.raises(ValueError, match="must have at least one"):
        C.reconcile_dynamic_axes(batch(), C.parameter(1))


@pytest.mark.parametrize(
    "apply",
    [
        lambda s, b: s / b,
        C.element_max,
        C.element_and,
        lambda s, b: C.sum(s, b),
        lambda s, b: C.element_select(s, b, b),
        C.param_relu,
    ],
)
def test_blocks_and_operators_of_three_operands_do_not_reconcile(apply):
    with pytest.raises(RuntimeError, match="dynamic axes, that do not match"):
        apply(sequence(), batch())


def test_different_sequence_axes_do_not_meet():
    with pytest.raises(RuntimeError, match="broadcast_as"):
        sequence() + sequence("letters")
