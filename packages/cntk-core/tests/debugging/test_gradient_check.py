from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.debugging import check_gradients

x = C.input_variable(3, np.float64, needs_gradient=True, name="x")
y = C.input_variable(3, np.float64, needs_gradient=True, name="y")
s = C.sequence.input_variable(2, np.float64, needs_gradient=True, name="s")
DATA = {x: [[0.5, -1, 2], [3, 0.1, -2]], y: [[1, 2, 3], [4, 5, 6]]}


class Products(C.ops.functions.UserFunction):
    """Product and sum of two operands; what backward says of them can be spoilt.

    Args:
        operands: both.
        factors: what the gradients are multiplied by.
    """

    def __init__(self, operands, factors=(1, 1), name="products"):
        super().__init__(operands, name=name)
        self.factors = factors

    def forward(self, arguments, outputs, device=None, outputs_to_retain=None):
        a, b = arguments
        first, second = self.outputs
        outputs[first], outputs[second] = a * b, a + b
        return a, b

    def backward(self, state, root_gradients, variables):
        a, b = state
        product, total = (root_gradients[output] for output in self.outputs)
        for variable, other, factor in zip(self.inputs, (b, a), self.factors):
            if variable in variables:
                variables[variable] = factor * product * other + total

    def infer_outputs(self):
        a = self.inputs[0]
        return [C.output_variable(a.shape, a.dtype, a.dynamic_axes) for _ in range(2)]


def test_several_inputs_and_outputs():
    assert check_gradients(C.user_function(Products([x, y])), DATA) is True


def test_a_wrong_gradient_is_named():
    net = C.user_function(Products([x, y], factors=(1, 2)))
    with pytest.raises(RuntimeError) as caught:
        check_gradients(net, DATA)
    first, worst, expected, actual = str(caught.value).splitlines()
    assert first == "the gradient of Input('y', [#], [3]) is wrong in 6 of 6 elements"
    assert worst == "  worst     sample 1, element [0]"  # where the other operand is 3
    slopes = [float(line.split()[1].rstrip(",")) for line in (expected, actual)]
    assert slopes[1] - slopes[0] == pytest.approx(slopes[0] - weight_of_the_sum(), rel=1e-3)


def weight_of_the_sum() -> float:
    """The gradient of y is weight * x + weight of the sum; the first is what was doubled."""
    weights = np.random.default_rng(1)
    weights.uniform(0.5, 1.5, (2, 3))
    return weights.uniform(0.5, 1.5, (2, 3))[1, 0]


def test_all_wrong_ones_are_named():
    net = C.user_function(Products([x, y], factors=(3, 2)))
    with pytest.raises(RuntimeError, match="(?s)Input\\('x'.*Input\\('y'"):
        check_gradients(net, DATA)
    assert check_gradients(C.user_function(Products([x, y], factors=(1, 2))), DATA, wrt=x)


def test_sequences_are_named_by_frame():
    class Doubled(C.ops.functions.UserFunction):
        def forward(self, argument, device=None, outputs_to_retain=None):
            return None, [2 * a for a in argument]

        def backward(self, state, root_gradients):
            changed = [2 * gradient for gradient in root_gradients]
            changed[1][2, 1] = 7
            return changed

        def infer_outputs(self):
            return [C.output_variable(s.shape, s.dtype, s.dynamic_axes)]

    data = [np.ones((1, 2)), np.ones((4, 2)), np.ones((2, 2))]
    with pytest.raises(RuntimeError) as caught:
        check_gradients(C.user_function(Doubled([s])), {s: data})
    assert "wrong in 1 of 14 elements\n  worst     sequence 1, frame 2, element [1]" in str(
        caught.value
    )
    assert "actual    7" in str(caught.value)


def test_a_gradient_that_is_no_number_is_wrong():
    class Lost(Products):
        def backward(self, state, root_gradients, variables):
            for variable in variables:
                variables[variable] = np.full((2, 3), np.nan)

    with pytest.raises(RuntimeError, match="actual    nan"):
        check_gradients(C.user_function(Lost([x, y])), DATA)


def test_parameters_recurrences_and_random_numbers():
    with C.default_options(dtype=np.float64):
        cell = C.layers.Recurrence(C.layers.LSTM(2))
        net = C.dropout(C.layers.Dense(2)(cell(s)), 0.5, seed=3)
    before = [p.value for p in net.parameters]
    data = {s: [np.random.default_rng(1).standard_normal((n, 2)) for n in (3, 1)]}
    assert check_gradients(net, data)
    for parameter, value in zip(net.parameters, before):
        np.testing.assert_array_equal(parameter.value, value)


def test_statistics_stay_as_they_are():
    mean = C.constant(np.zeros(3))
    running = [mean, C.constant(np.zeros(3)), C.constant(np.zeros(()))]
    scale = C.parameter(init=np.ones(3))
    net = C.batch_normalization(x, scale, scale * 0, *running[:2], False, running_count=running[2])
    assert check_gradients(net, {x: np.random.default_rng(2).standard_normal((5, 3))})
    np.testing.assert_array_equal(mean.value, np.zeros(3))


def test_some_elements_at_random():
    wide = C.input_variable(10_000, np.float64, needs_gradient=True)
    assert check_gradients(C.sin(wide), {wide: np.ones((1, 10_000))}, elements=5)


def test_sparse_data_look_up_rows():
    words = C.input_variable(6, np.float64, is_sparse=True)
    table = C.parameter(init=np.ones((6, 2)))
    net = C.exp(C.times(words, table))
    assert check_gradients(net, {words: C.Value.one_hot([1, 4], 6, np.float64)})


def test_single_precision_is_refused():
    single = C.input_variable(2, needs_gradient=True, name="single")
    with pytest.raises(TypeError, match="(?s)double precision.*Input\\('single'.*float32"):
        check_gradients(C.sin(single), {single: [[1, 2]]})


def test_other_numbers_each_time_are_noticed():
    class Changing(C.ops.functions.UserFunction):
        calls = 0

        def forward(self, argument, device=None, outputs_to_retain=None):
            self.calls += 1
            return None, argument + self.calls

        def backward(self, state, root_gradients):
            return root_gradients

        def infer_outputs(self):
            return [C.output_variable(x.shape, x.dtype, x.dynamic_axes)]

    with pytest.raises(RuntimeError, match="other numbers each time"):
        check_gradients(C.user_function(Changing([x])), {x: DATA[x]})


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: check_gradients(3), "takes a Function, not 3"),
        (lambda: check_gradients(C.sin(C.input_variable(2))), "no arguments with needs_gradient"),
        (lambda: check_gradients(C.sin(x), {x: DATA[x]}, wrt=y), "not a leaf input"),
        (lambda: check_gradients(C.sin(x), {x: DATA[x]}, eps=0), "is not 0"),
        (lambda: check_gradients(C.sin(x), {x: DATA[x]}, elements=0), "is not 0"),
        (lambda: check_gradients(C.sin(x), {x: DATA[x]}, atol=-1), "atol is a finite number"),
        (lambda: check_gradients(C.sin(x)), "expects 1 arguments"),
        (lambda: check_gradients(C.sin(x), {x: [[1]]}), "shape"),
    ],
)
def test_wrong_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()
