from __future__ import annotations

import re

import numpy as np
import pytest

import cntk as C

BATCH, FRAMES = C.Axis.default_batch_axis(), C.Axis.default_dynamic_axis()
x = C.input_variable(3, name="x")
y = C.input_variable(3, name="y")


@C.Function
def difference(a, b):
    return b - a


@C.Function
def both(a, b):
    return a + b, a - b


def value(function, **data):
    return function.eval({name: np.array([row], "f") for name, row in data.items()}).tolist()


class TestOfVariables:
    def test_positions_and_names(self):
        for f in (difference(x, y), difference(x, b=y), difference(b=y, a=x)):
            assert value(f, x=[1, 2, 3], y=[5, 5, 5]) == [[4, 3, 2]]

    def test_a_function_as_argument(self):
        f = difference(x * 2, C.constant([10, 10, 10]))
        assert value(f, x=[1, 2, 3]) == [[8, 6, 4]]

    def test_parameters_are_shared_and_the_called_stays_as_it_was(self):
        W = C.parameter((3, 2), name="W")
        f = C.times(x, W)
        g = f(y)
        assert g.parameters == f.parameters == (W,)
        assert (f.arguments, g.arguments) == ((x,), (y,))

    def test_other_parts_are_new(self):
        f = C.relu(x, name="r")
        g = f(y)
        assert g.name == "r"
        assert g.root_function.uid != f.root_function.uid

    @pytest.mark.parametrize(
        "make, error, why",
        [
            (lambda: difference(x), TypeError, "expected 2 arguments, got 1"),
            (lambda: difference(x, x, x), TypeError, "expected 2 arguments, got 3"),
            (lambda: difference(x, c=x), TypeError, "unexpected keyword argument 'c'"),
            (lambda: difference(x, a=x), SyntaxError, "multiple values for argument 'a'"),
            (
                lambda: difference(x, 5),
                TypeError,
                "argument b was passed an object that is not",
            ),
            (lambda: difference(x, np.ones(3)), TypeError, "argument b was passed an object that"),
            (lambda: difference(x, None), TypeError, "argument b was passed an object that is not"),
            (lambda: difference(x, both), RuntimeError, "more than one output"),
        ],
    )
    def test_refusals(self, make, error, why):
        with pytest.raises(error, match=why):
            make()


class TestTypes:
    """A typed argument takes what fits its type."""

    f = C.element_times(x, 2)

    @pytest.mark.parametrize(
        "fitting, shape",
        [
            (C.input_variable(3), (3,)),
            (C.input_variable((2, 3)), (2, 3)),  # more axes in front
            (C.input_variable(3, dynamic_axes=[]), (3,)),
            (C.parameter((2, 3)), (2, 3)),
            (C.constant([1, 2, 3]), (3,)),
        ],
    )
    def test_what_fits(self, fitting, shape):
        assert self.f(fitting).shape == shape

    @pytest.mark.parametrize(
        "other, text",
        [
            (C.input_variable(4), "Tensor[4]"),
            (C.input_variable(1), "Tensor[1]"),
            (C.input_variable(()), "np.float32"),
            (C.parameter(4), "ParameterTensor[4]"),
            (C.input_variable(3, dtype=np.float64), "Tensor[np.float64,3]"),
            (C.input_variable(3, is_sparse=True), "SparseTensor[3]"),
            (C.input_variable(3, dynamic_axes=[BATCH, FRAMES]), "Sequence[Tensor[3]]"),
        ],
    )
    def test_what_does_not(self, other, text):
        ours = r"argument x's type Tensor\[3\] is incompatible with the type "
        with pytest.raises(TypeError, match=ours + re.escape(text) + " of the passed Variable$"):
            self.f(other)

    def test_a_free_size_takes_any(self):
        f = C.element_times(C.input_variable((C.FreeDimension, 3)), 2)
        assert f(C.input_variable((5, 3))).shape == (5, 3)


class TestOfData:
    def test_one_output_is_an_array(self):
        f = difference(x, y)
        assert f([[1, 2, 3]], [[5, 5, 5]]).tolist() == [[4, 3, 2]]
        assert f(y=[[5, 5, 5]], x=[[1, 2, 3]]).tolist() == [[4, 3, 2]]

    def test_several_outputs_are_a_tuple(self):
        total, rest = both(x, y)([[1, 2, 3]], [[5, 5, 5]])
        assert (total.tolist(), rest.tolist()) == ([[6, 7, 8]], [[-4, -3, -2]])

    def test_without_arguments(self):
        assert (C.constant([1, 2]) * 2)().tolist() == [2, 4]

    def test_placeholders_have_no_data(self):
        with pytest.raises(RuntimeError, match="Unknown DataType"):
            difference([[1, 2, 3]], [[1, 2, 3]])

    def test_the_number_of_arguments(self):
        with pytest.raises(TypeError, match="expected 2 arguments, got 1"):
            difference(x, y)([[1, 2, 3]])


class TestComposition:
    def test_left_to_right_and_right_to_left(self):
        f = C.relu(x) >> C.negate
        assert f.root_function.op_name == "Negate"
        assert (C.relu(x) << y).arguments == (y,)

    def test_of_layers_on_placeholders(self):
        half = C.Function(lambda v: v / 2)
        f = half >> half >> C.negate
        assert value(f(x), x=[4, 8, 12]) == [[-1, -2, -3]]

    def test_outputs_are_spread_over_arguments(self):
        f = both(x, y) >> difference
        assert value(f, x=[1, 2, 3], y=[5, 5, 5]) == [[-10, -10, -10]]

    def test_a_tuple_takes_the_only_output(self):
        f = C.relu(x) >> (C.negate, C.exp) >> C.minus
        assert value(f, x=[0, 0, 0]) == [[-1, -1, -1]]

    def test_a_tuple_takes_output_by_output(self):
        f = both(x, y) >> (C.negate, C.abs)
        assert [o.owner.op_name for o in f.outputs] == ["Negate", "Abs"]

    @pytest.mark.parametrize("functions", [(C.relu,), (C.relu, C.tanh, C.exp)])
    def test_as_many_functions_as_outputs(self, functions):
        with pytest.raises(TypeError, match="f has 2 outputs for"):
            both(x, y) >> functions

    @pytest.mark.parametrize("wrong", [5, None, [C.relu], (C.relu, 5)])
    def test_what_is_no_function(self, wrong):
        with pytest.raises(TypeError, match="g must be a Function or callable"):
            C.relu(x) >> wrong

    def test_an_operator_of_one_operand_takes_no_second_output(self):
        with pytest.raises(TypeError, match="name must be a str"):
            both(x, y) >> C.relu


def test_the_map_of_arguments():
    assert list(difference.argument_map(x, b=y).values()) == [x, y]
    assert [a.name for a in difference.signature] == ["a", "b"]


class TestAPartOfAModel:
    """A part that is found by name is called on something else in the place of its operand."""

    def model(self):
        return C.tanh(C.relu(C.negate(x, name="n"), name="r"), name="t")

    def test_its_arguments_are_the_outputs_below(self):
        f = self.model()
        assert f.r.arguments == (f.n.output,)
        assert f.r.signature == (f.n.output,)

    def test_on_a_variable(self):
        f = self.model()
        g = f.r(y)
        assert g.arguments == (y,)
        assert value(g, y=[-1, 0, 2]) == [[0, 0, 2]]

    def test_on_data(self):
        assert self.model().r([[-1, 0, 2]]).tolist() == [[0, 0, 2]]

    def test_it_ends_another_model(self):
        f = self.model()
        assert value(C.square(y) >> f.r, y=[-1, 0, 2]) == [[1, 0, 4]]
