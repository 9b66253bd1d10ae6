from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.debugging import set_checked_mode


@pytest.fixture(autouse=True)
def checked():
    set_checked_mode(True)
    yield
    set_checked_mode(False)


def test_the_first_step_with_nan_is_named_with_the_users_line():
    x = C.input_variable(2, name="x")
    function = C.exp(C.acos(x, name="root"))
    uid = function.root.uid
    with pytest.raises(RuntimeError, match="unexpectedly produced NaN values") as error:
        function.eval([[0, 2]])
    text = str(error.value)
    assert f"'root' ({uid})" in text
    assert "1 of 2 are NaN" in text
    assert "its operands are finite" in text
    assert "created at test_checking.py:" in text


def test_nan_that_was_fed_is_found_at_the_first_step():
    x = C.input_variable(1)
    with pytest.raises(RuntimeError, match="operand 0 holds NaN values"):
        C.relu(x).eval([[np.nan]])


def test_an_overflow_is_refused():
    with pytest.raises(RuntimeError, match="unexpectedly produced infinite values"):
        C.exp(C.input_variable(1)).eval([[1000]])


def test_infinities_of_operands_may_pass():
    mask = C.constant([0, -np.inf])
    result = C.softmax(C.input_variable(2) + mask).eval([[1, 2]])
    assert result.tolist() == [[1, 0]]


def test_gradients_are_checked():
    x = C.input_variable(1, needs_gradient=True)
    weights = C.constant([np.nan])
    with pytest.raises(RuntimeError, match="NaN"):
        C.element_times(x, weights).grad([[1]])


def test_finite_runs_give_what_they_gave():
    x = C.input_variable(2)
    assert C.exp(x).eval([[0, 0]]).tolist() == [[1, 1]]


def test_steps_of_a_recurrence_are_checked():
    x = C.sequence.input_variable(1)
    later = C.placeholder()
    total = C.exp(C.plus(x, C.sequence.past_value(later)), name="growing")
    total.replace_placeholders({later: total.output})
    with pytest.raises(RuntimeError, match="'growing'"):
        total.eval([np.full((4, 1), 5, "f")])


def test_a_refused_run_leaves_nothing_behind():
    function = C.exp(C.input_variable(1))
    with pytest.raises(RuntimeError):
        function.eval([[1000]])
    assert function.eval([[0]]).tolist() == [[1]]


def test_switched_off_nothing_is_checked():
    function = C.exp(C.input_variable(1))
    set_checked_mode(False)
    assert np.isinf(function.eval([[1000]])).all()


@pytest.mark.parametrize("enable", [1, "yes", None])
def test_only_true_and_false(enable):
    with pytest.raises(TypeError, match="takes True or False"):
        set_checked_mode(enable)


def test_row_sparse_gradients_are_checked():
    x = C.input_variable(3, is_sparse=True)
    table = C.parameter((3, 2), init=np.array([[1, 1], [0, 0], [1, 1]], np.float32))
    root = C.sqrt(C.times(x, table))  # its slope is infinite at 0
    assert root.grad({x: C.Value.one_hot([0], 3)}, [table], as_numpy=False).is_sparse
    with pytest.raises(RuntimeError, match="infinite"):
        root.grad({x: C.Value.one_hot([1], 3)}, [table], as_numpy=False)
    trainer = C.Trainer(None, C.reduce_sum(C.times(x, table)), C.adadelta([table]))
    assert trainer.train_minibatch({x: C.Value.one_hot([0, 2], 3)})
    table.value = np.array([[np.nan, 1], [1, 1], [1, 1]], np.float32)
    with pytest.raises(RuntimeError, match="NaN"):
        C.sgd([table], 0.1).update({table: C.Value.one_hot([0, 1, 0], 2).rows}, 1)
