from __future__ import annotations

import re

import numpy as np
import pytest

import cntk as C


@pytest.fixture
def timing():
    C.debugging.set_node_timing(True)
    yield
    C.debugging.set_node_timing(False)


def printed(thing, capsys):
    """Return {uid: (forward runs, backward runs)} of what is printed."""
    thing.print_node_timing()
    lines = capsys.readouterr().out.splitlines()
    shape = r"(\w+) +forward avg \d\.\d{6}s, backward avg \d\.\d{6}s \(fwd# (\d+)\|bwd# (\d+)\)"
    matches = [re.fullmatch(shape, line) for line in lines]
    return {m[1]: (int(m[2]), int(m[3])) for m in matches}


def test_forward_runs_are_counted(timing, capsys):
    function = C.exp(C.input_variable(2))
    function.eval([[1, 2]])
    function.eval([[1, 2]])
    assert printed(function, capsys) == {function.root_function.uid: (2, 0)}


def test_a_trainer_prints_forward_and_backward(timing, capsys):
    x, w = C.input_variable(2), C.parameter((2, 1))
    model = C.times(x, w)
    trainer = C.Trainer(model, C.reduce_sum(C.exp(model)), C.sgd([w], 0.1))
    trainer.train_minibatch({x: np.ones((3, 2), "f")})
    times = printed(trainer, capsys)
    forward, backward = times[model.root_function.uid]
    assert forward == 1 and backward >= 1


def test_nodes_inside_blocks_are_printed(timing, capsys):
    inside, x = C.placeholder(), C.input_variable(1)
    table = C.parameter((1, 3))
    function = C.as_block(C.reduce_max(C.times(inside, table)), [(inside, x)], "Outer")
    function.eval([[1]])
    found = [uid.rstrip("0123456789") for uid in printed(function, capsys)]
    assert found == ["ReduceElements", "Times"]


def test_nothing_is_printed_of_runs_that_were_not_timed(capsys):
    function = C.exp(C.input_variable(1))
    function.eval([[1]])
    assert printed(function, capsys) == {}
