from __future__ import annotations

import numpy as np
import pytest

import cntk as C

x = C.input_variable(2, name="x", needs_gradient=True)
DATA = np.array([[1, 2], [3, 4]], "f")


@pytest.fixture
def squares():
    """Return (w, sum of squares of w) with w = [[1, 2], [3, 4]]."""
    w = C.parameter(init=DATA, name="w")
    return w, C.reduce_sum(C.square(w), axis=1)


def test_the_root_gradient_counts(squares):
    w, f = squares
    state, _ = f.forward({}, [f.output], {f.output})
    found = f.backward(state, {f.output: np.array([[2], [3]], "f")}, {w})
    assert found[w].tolist() == [[4, 8], [18, 24]]


@pytest.mark.parametrize("given", [lambda f, g: {f.output: g}, lambda f, g: {f: g}, lambda f, g: g])
def test_forms_of_the_root_gradient(given):
    f = x * 3
    state, _ = f.forward({x: DATA}, keep_for_backward=[f.output])
    found = f.backward(state, given(f, DATA), [x])
    np.testing.assert_array_equal(found[x], DATA * 3)


@pytest.mark.parametrize("asked", [[x], {x}, x, (x,)], ids=["list", "set", "by itself", "tuple"])
def test_forms_of_the_variables(asked):
    f = x * 3
    state, _ = f.forward({x: DATA}, keep_for_backward=f.output)
    np.testing.assert_array_equal(f.backward(state, {f.output: DATA}, asked)[x], DATA * 3)


def test_it_equals_grad():
    W = C.parameter((2, 3), init=C.glorot_uniform(seed=1))
    f = C.tanh(C.times(x, W))
    state, _ = f.forward({x: DATA}, keep_for_backward=[f.output])
    found = f.backward(state, {f.output: np.ones((2, 3), "f")}, [W, x])
    expected = f.grad({x: DATA}, [W, x])
    for variable, gradient in expected.items():
        np.testing.assert_allclose(found[variable], gradient, rtol=1e-6)


def test_sequences():
    s = C.sequence.input_variable(1, needs_gradient=True)
    f = s * s
    data = [np.array([[1], [2]], "f"), np.array([[3]], "f")]
    state, _ = f.forward({s: data}, keep_for_backward=[f.output])
    found = f.backward(state, {f.output: [np.ones((2, 1), "f"), np.ones((1, 1), "f")]}, [s])
    assert [part.tolist() for part in found[s]] == [[[2], [4]], [[6]]]


def test_values_instead_of_arrays():
    f = x * 3
    state, _ = f.forward({x: DATA}, keep_for_backward=[f.output])
    found = f.backward(state, {f.output: DATA}, [x], as_numpy=False)
    assert isinstance(found[x], C.Value)


class TestMistakes:
    f = x * 3

    def kept(self):
        return self.f.forward({x: DATA}, keep_for_backward=[self.f.output])[0]

    def test_nothing_was_kept(self):
        state, _ = self.f.forward({x: DATA})
        with pytest.raises(ValueError, match="did not keep any intermediate results"):
            self.f.backward(state, {self.f.output: DATA}, [x])

    def test_another_run_came_between(self):
        state = self.kept()
        self.f.eval(DATA)
        with pytest.raises(RuntimeError, match="modified by subsequent Forward calls"):
            self.f.backward(state, {self.f.output: DATA}, [x])

    @pytest.mark.parametrize("root", [np.ones((2, 3), "f"), np.ones((3, 2), "f"), None])
    def test_the_shape_of_the_root_gradient(self, root):
        with pytest.raises(ValueError):
            self.f.backward(self.kept(), {self.f.output: root}, [x])

    def test_variables(self):
        other, without = C.parameter(2), C.input_variable(2)
        with pytest.raises(ValueError, match="which is not a leaf input"):
            self.f.backward(self.kept(), {self.f.output: DATA}, [other])
        with pytest.raises(ValueError, match="which is not a leaf input"):
            self.f.backward(self.kept(), {self.f.output: DATA}, [self.f.output])
        g = without * x
        data = {x: DATA, without: DATA}
        state, _ = g.forward(data, keep_for_backward=[g.output])
        with pytest.raises(ValueError, match="NeedsGradient setting of false"):
            g.backward(state, {g.output: DATA}, [without])

    def test_a_root_that_was_not_kept(self):
        with pytest.raises(ValueError, match="was not in keep_for_backward"):
            self.f.backward(self.kept(), {C.relu(x).output: DATA}, [x])
