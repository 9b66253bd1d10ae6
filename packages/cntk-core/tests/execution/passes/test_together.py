"""Steps that one kernel computes in one go become one step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import cntk as C
from cntk.debugging import explain
from cntk.execution.kernels import Kernel
from cntk.execution.session import program_for
from cntk.testing.backends import only

X = np.random.default_rng(0).uniform(-1, 1, (3, 4)).astype(np.float32)


def bind(step, inputs, outputs, context):
    """Compute exp and then tanh of one operand, as far as they are wanted."""
    first, second = step.operator.members
    functions = {first.outputs[0].number: np.exp, second.outputs[0].number: np.tanh}
    if second.operands[0] is first.outputs[0]:
        functions[second.outputs[0].number] = lambda x: np.tanh(np.exp(x))

    def run(slots):
        for symbol, slot in zip(step.outputs, outputs):
            slots[slot][...] = functions[symbol.number](slots[inputs[0]])

    return run


BOTH = Kernel("together", bind, backend="pairs", priority=5, writes=True, members=("exp", "tanh"))


@pytest.fixture
def joining():
    """Return a function that lets plans join steps by a kernel."""
    contexts = []

    def use(kernel):
        context = only("numpy", also=[kernel])
        context.__enter__()
        contexts.append(context)

    yield use
    for context in reversed(contexts):
        context.__exit__(None, None, None)


def steps(function) -> list:
    return program_for(function, list(function.outputs), False).plan.steps


def names(function) -> list[str]:
    return [step.operator.name for step in steps(function)]


def same(function, data, kernel) -> None:
    with only("numpy", also=[kernel]):
        found = function.eval(data)
    with only("numpy"):
        expected = function.eval(data)
    for key in expected:
        np.testing.assert_allclose(found[key], expected[key], rtol=1e-6)


def test_steps_of_one_operand_are_one_step(joining):
    x = C.input_variable(4)
    both = C.combine([C.tanh(x), C.exp(x)])
    same(both, {x: X}, BOTH)
    joining(BOTH)
    assert names(both) == ["exp + tanh"]
    assert "exp + tanh(%1 [#] [4])  by pairs" in explain(both)


def test_what_only_members_read_is_no_result(joining):
    x = C.input_variable(4)
    y = C.combine([C.tanh(C.exp(x)), x + 1])
    same(y, {x: X}, BOTH)
    joining(BOTH)
    (step,) = (step for step in steps(y) if "+" in step.operator.name)
    assert [output.source.operator.name for output in step.outputs] == ["tanh"]


def test_what_is_computed_in_between_keeps_steps_apart(joining):
    x = C.input_variable(4)
    joining(BOTH)
    assert "exp + tanh" not in names(C.tanh(C.exp(x) * 2))


def test_a_member_that_waits_for_others_keeps_steps_apart(joining):
    x = C.input_variable(4)
    first = C.exp(x)
    joining(BOTH)
    both = C.combine([first, C.tanh(C.element_times(first, first) - x)])
    assert "exp + tanh" not in names(both)


def test_each_step_joins_once(joining):
    x, y = C.input_variable(4), C.input_variable(4)
    all_of_it = C.combine([C.exp(x), C.tanh(x), C.exp(y), C.tanh(y)])
    same(all_of_it, {x: X, y: X + 1}, BOTH)
    joining(BOTH)
    assert names(all_of_it) == ["exp + tanh", "exp + tanh"]


@pytest.mark.parametrize("changes", [{"when": lambda step: False}, {"priority": -1}],
                         ids=["a kernel that refuses", "a kernel that others excel"])  # fmt: skip
def test_steps_stay_apart(joining, changes):
    x = C.input_variable(4)
    joining(replace(BOTH, **changes))
    assert sorted(names(C.combine([C.exp(x), C.tanh(x)]))) == ["exp", "tanh"]


def test_random_numbers_are_drawn_where_they_were(joining):
    x = C.input_variable(4)
    joining(replace(BOTH, members=("exp", "dropout")))
    both = C.combine([C.exp(x), C.dropout(x, 0.5)])
    plan = program_for(both, list(both.outputs), True).plan
    assert len(plan.steps) == 2
