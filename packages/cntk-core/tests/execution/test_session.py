from __future__ import annotations

import numpy as np
import pytest

import cntk as C

x = C.input_variable(3, name="x", needs_gradient=True)
y = C.input_variable(3, name="y")
s = C.sequence.input_variable(2, name="s")
DATA = np.array([[1, 2, 3], [4, 5, 6]], "f")
two = C.constant(2)
pair = C.combine([x * 2, y + 1])
PAIR = {x: DATA, y: DATA}


class TestForms:
    """What ``eval`` and calls return."""

    def test_samples_are_one_array(self):
        value = (x * 2).eval(DATA)
        assert (value.shape, value.dtype) == ((2, 3), np.float32)

    @pytest.mark.parametrize("lengths", [(2, 1), (2, 2), (3,)])
    def test_sequences_are_a_list_of_arrays(self, lengths):
        value = (s + 1).eval([np.ones((length, 2), "f") for length in lengths])
        assert [part.shape for part in value] == [(length, 2) for length in lengths]

    def test_without_dynamic_axes_it_is_one_bare_array(self):
        assert (C.constant([1, 2]) * 2).eval().tolist() == [2, 4]
        assert (C.constant(3) * 2).eval() == 6
        assert C.combine([C.parameter(2, init=1)]).eval().tolist() == [1, 1]

    def test_what_is_left_of_a_minibatch(self):
        assert C.reduce_sum(x).eval(DATA).tolist() == [6, 15]
        assert C.reduce_sum(x, axis=C.Axis.all_axes()).eval(DATA) == 21
        assert C.sequence.last(s).eval([[[1, 2], [3, 4]]]).tolist() == [[3, 4]]

    def test_several_outputs_are_a_dictionary(self):
        values = pair.eval(PAIR)
        assert list(values) == list(pair.outputs)
        assert values[pair.outputs[1]].tolist() == (DATA + 1).tolist()

    @pytest.mark.parametrize(
        "asked", [lambda o: [o[1]], lambda o: o[1]], ids=["listed", "by itself"]
    )
    def test_one_of_several_outputs(self, asked):
        assert pair.eval(PAIR, outputs=asked(pair.outputs)).tolist() == (DATA + 1).tolist()

    def test_only_what_is_asked_for_needs_data(self):
        assert pair.eval({x: DATA}, outputs=[pair.outputs[0]]).tolist() == (DATA * 2).tolist()

    def test_values_instead_of_arrays(self):
        value = (x * 2).eval(DATA, as_numpy=False)
        assert isinstance(value, C.Value)
        np.testing.assert_array_equal(value.asarray(), DATA * 2)
        assert {type(v) for v in pair.eval(PAIR, as_numpy=False).values()} == {C.Value}

    def test_what_is_returned_stays(self):
        """Results are the user's, also when the Function is run again."""
        f = x * 2
        first = f.eval(DATA)
        first[:] = 0
        second = f.eval(DATA)
        f.eval(DATA * 10)
        np.testing.assert_array_equal(second, DATA * 2)

    def test_values_are_lent(self):
        f = x * 2
        value = f.eval(DATA, as_numpy=False)
        f.eval(DATA)
        with pytest.raises(RuntimeError, match="has been run again"):
            value.asarray()


class TestMode:
    """``eval`` is inference; ``forward`` with ``keep_for_backward`` and ``grad`` are training."""

    @pytest.fixture
    def dropped(self):
        return C.dropout(x, 0.5, seed=1)

    def test_inference(self, dropped):
        np.testing.assert_array_equal(dropped.eval(DATA), DATA)
        np.testing.assert_array_equal(dropped(DATA), DATA)
        state, values = dropped.forward({x: DATA})
        assert state is None
        np.testing.assert_array_equal(values[dropped.output], DATA)

    def test_training(self, dropped):
        big = np.ones((100, 3), "f")
        state, values = dropped.forward({x: big}, keep_for_backward=[dropped.output])
        assert state is not None
        assert set(np.unique(values[dropped.output])) == {0.0, 2.0}
        assert set(np.unique(dropped.grad(big))) == {0.0, 2.0}


class TestGrad:
    W = C.parameter((3, 2), init=1, name="W")
    f = C.reduce_sum(C.square(C.times(x, W)))

    def test_of_the_arguments_that_want_it(self):
        assert self.f.grad([[1, 2, 3]]).tolist() == [[24, 24, 24]]

    @pytest.mark.parametrize("wrt", [[W], W, {W}], ids=["list", "by itself", "set"])
    def test_of_a_parameter(self, wrt):
        assert self.f.grad([[1, 2, 3]], wrt).tolist() == [[12, 12], [24, 24], [36, 36]]

    def test_of_parameters_is_summed_over_samples(self):
        one, two = self.f.grad([[1, 2, 3]], [self.W]), self.f.grad([[1, 2, 3]] * 2, [self.W])
        np.testing.assert_array_equal(two, 2 * one)

    def test_of_several(self):
        found = self.f.grad([[1, 2, 3]], [self.W, x])
        assert {v.name: g.shape for v, g in found.items()} == {"W": (3, 2), "x": (1, 3)}

    @pytest.mark.parametrize("outputs", [[f.output], f.output, f])
    def test_with_outputs(self, outputs):
        gradient, value = self.f.grad([[1, 2, 3]], [self.W], outputs=outputs)
        assert (gradient.shape, value.tolist()) == ((3, 2), [72])

    def test_from_one_of_several_outputs(self):
        found = pair.grad(PAIR, [x], grad_root=pair.outputs[0])
        np.testing.assert_array_equal(found, np.full((2, 3), 2))

    def test_of_sequences(self):
        v = C.sequence.input_variable(2, needs_gradient=True)
        found = C.square(v).grad([np.ones((2, 2), "f"), np.ones((1, 2), "f")])
        assert [g.tolist() for g in found] == [[[2, 2], [2, 2]], [[2, 2]]]

    def test_of_what_has_no_influence(self):
        p = C.parameter(3, name="p")
        f = x + C.stop_gradient(p)
        assert f.grad(DATA, [p]).tolist() == [0, 0, 0]

    @pytest.mark.parametrize(
        "make, error, why",
        [
            (lambda: C.relu(y).grad(DATA), ValueError, "None of the Function .* 'needs_gradient"),
            (lambda: C.relu(y).grad(DATA, [y]), ValueError, "NeedsGradient setting of false"),
            (lambda: (x * two).grad(DATA, [two]), ValueError, "a Constant or an Input Variable"),
            (lambda: C.relu(x).grad(DATA, [y]), ValueError, "which is not a leaf input"),
            (lambda: TestGrad.f.grad(DATA, [TestGrad.f.output]), ValueError, "not a leaf input"),
            (lambda: C.relu(x).grad(DATA, "x"), (TypeError, ValueError), "not str"),
            (lambda: pair.grad(PAIR, [x]), RuntimeError, "more than one output"),
        ],
    )
    def test_refusals(self, make, error, why):
        with pytest.raises(error, match=why):
            make()


class TestCells:
    def test_a_new_value_counts_at_once(self):
        p = C.parameter(2, init=1)
        f = p * 2
        assert f.eval().tolist() == [2, 2]
        p.value = np.array([3, 4], "f")
        assert f.eval().tolist() == [6, 8]

    def test_assignment_changes_the_cell_after_the_run(self):
        p = C.parameter(2, init=1)
        f = C.assign(p, C.constant([5, 6]))
        assert f.eval().tolist() == [5, 6]
        assert p.value.tolist() == [5, 6]


def test_extra_data_are_only_told(capsys):
    assert (x * 2).eval({x: DATA, y: DATA}).shape == (2, 3)
    assert "extra arguments" in capsys.readouterr().err


def test_a_graph_may_run_many_times_with_other_batch_sizes():
    f = C.reduce_sum(C.square(x))
    for count in (1, 5, 2, 7, 1):
        data = np.arange(count * 3, dtype="f").reshape(count, 3)
        np.testing.assert_allclose(f.eval(data), (data**2).sum(1), rtol=1e-6)
        np.testing.assert_allclose(f.grad(data), 2 * data, rtol=1e-6)
