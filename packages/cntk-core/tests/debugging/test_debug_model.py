from __future__ import annotations

import io

import numpy as np
import pytest

import cntk as C
from cntk.debugging import debug_model


@pytest.fixture
def x():
    return C.input_variable(3, name="x")


@pytest.fixture
def model(x):
    return C.relu(C.log(x, name="lg"), name="rl")


def debugged(model, *commands, exit_func=None):
    """Return the model with debug nodes, and where they write."""
    shown = io.StringIO()
    typed = io.StringIO("".join(f"{command}\n" for command in commands))
    return debug_model(model, typed, shown, exit_func or (lambda status: None)), shown


def transcript(model, *commands, data=((1, 2, 3),)):
    function, shown = debugged(model, *commands)
    function.eval(list(data))
    return shown.getvalue()


def stops(text):
    """Return the names at which there was a prompt."""
    before = [part.splitlines()[-1] for part in text.split("[CNTK forward] >>> ")[:-1]]
    return [line.split("'")[1] if line.startswith("Input(") else line[:2] for line in before]


def test_the_values_are_those_of_the_model(model):
    function, _ = debugged(model, "c")
    assert np.array_equal(function.eval([[1, 2, 3]]), model.eval([[1, 2, 3]]))


def test_each_function_is_shown_in_order(model, x):
    text = transcript(model, "n", "n", "n")
    assert "=================================== forward  ======" in text
    assert stops(text) == ["x", "lg", "rl"]
    assert f"Input('x', [#], [3]) with uid '{x.uid}'" in text
    assert "lg: Log(Tensor[3]) -> Tensor[3] with uid 'Log" in text


@pytest.mark.parametrize(
    ("commands", "expected"),
    [
        (["c"], ["x"]),
        ([], ["x"]),
        (["n 2", "n"], ["x", "rl"]),
        (["u rl", "n"], ["x", "rl"]),
        (["u b", "n"], ["x"]),
        (["u f", "n", "n"], ["x", "lg", "rl"]),
        (["u lambda arg, node: np.var(arg) > 1 or node.name == 'rl'", "n"], ["x", "rl"]),
        (["u nobody"], ["x"]),
    ],
    ids=str,
)
def test_where_it_stops(model, commands, expected):
    assert stops(transcript(model, *commands)) == expected


@pytest.mark.parametrize("command", ["h", "what", "u (", "u lambda", "n two", ""])
def test_other_commands_show_the_help(model, command):
    text = transcript(model, command, "c")
    assert "Commands:" in text and "q - quit" in text


def test_values_are_printed(model):
    text = transcript(model, "p", "n", "p", "c")
    assert "Input with shape (1, 3): \n[[1. 2. 3.]]\n" in text
    assert "[[0.        0.6931472 1.0986123]]" in text


def test_sequences_are_printed():
    s = C.sequence.input_variable(1)
    text = transcript(C.relu(s), "p", "c", data=[np.ones((2, 1), "f"), np.zeros((1, 1), "f")])
    assert "Input of 2 sequences:\n[[1.]\n [1.]]\n[[0.]]\n" in text


def test_quitting_calls_the_exit_function(model):
    statuses = []
    function, _ = debugged(model, "q", exit_func=statuses.append)
    function.eval([[1, 2, 3]])
    assert statuses == [0]


def test_training_shows_gradients_and_updates_the_models_parameters(x):
    weights = C.parameter((3, 2), init=1, name="W")
    model = C.times(x, weights, name="product")
    function, shown = debugged(model, "u b", "p", "c")
    trainer = C.Trainer(function, C.reduce_sum(function), C.sgd(function.parameters, 0.5))
    trainer.train_minibatch({x: np.ones((1, 3), "f")})
    text = shown.getvalue()
    assert "=================================== backward ======" in text
    assert "Root gradients with shape (1, 2): \n[[1. 1.]]" in text
    assert np.array_equal(weights.value, np.full((3, 2), 0.5))


def test_the_model_itself_stays_as_it_was(model):
    debugged(model, "c")
    assert model.root_function.op_name == "ReLU"
    assert model.lg.op_name == "Log"


def test_a_recurrence_runs_without_stops_inside():
    s = C.sequence.input_variable(1, name="s")
    later = C.placeholder()
    total = C.plus(s, C.sequence.past_value(later), name="total")
    total.replace_placeholders({later: total.output})
    function, shown = debugged(C.relu(total, name="out"), "c")
    assert function.eval([np.ones((3, 1), "f")])[0].tolist() == [[1], [2], [3]]
    assert "\ntotal:" not in shown.getvalue()
    assert "out:" in shown.getvalue()


def test_sparse_values_are_passed_on_without_a_stop():
    s = C.input_variable(3, is_sparse=True, name="s")
    function, shown = debugged(C.times(s, C.constant(np.eye(3, dtype="f"))), "c")
    value = C.Value.one_hot([1], 3)
    assert function.eval({s: value}).reshape(-1).tolist() == [0, 1, 0]
    assert "Input('s'" not in shown.getvalue()


def test_several_outputs(x):
    function, _ = debugged(C.combine([C.exp(x, name="e"), C.relu(x, name="r")]), "c")
    assert [value.shape for value in function.eval([[0, 0, 0]]).values()] == [(1, 3), (1, 3)]


def test_an_error_of_the_users_expression_is_shown(model):
    function, _ = debugged(model, "u lambda arg, node: 1 / 0")
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        function.eval([[1, 2, 3]])


def test_it_takes_a_function(x):
    with pytest.raises(TypeError, match="debug_model takes a Function, not Variable"):
        debug_model(x)
