"""Plans of the kernels that a test asks for."""

from __future__ import annotations

import numpy as np

import cntk as C
from cntk.execution.kernels import Kernel, candidates
from cntk.execution.session import program_for
from cntk.testing.backends import apart, only, without


def backends(function) -> set[str]:
    plan = program_for(function, list(function.outputs), False).plan
    return {kernel.backend for kernel in plan.kernels}


def constant(step, inputs, outputs, context):
    def launch(slots):
        slots[outputs[0]][...] = 42

    return launch


ANSWER = Kernel("exp", constant, backend="answers", priority=1000, writes=True)


def test_only_the_kernels_of_these_backends_are_chosen():
    usual = candidates("exp")
    with only("numpy"):
        assert {kernel.backend for kernel in candidates("exp")} == {"numpy"}
    assert candidates("exp") == usual


def test_an_operator_has_no_kernels_for_a_while():
    usual = candidates("exp")
    with without("exp"):
        assert candidates("exp") == [] and candidates("contract") != []
    assert candidates("exp") == usual != []


def test_kernels_go_on_with_no_chain():
    going_on = Kernel("exp", constant, backend="goes on", then=lambda step, chain: ANSWER)
    with only("numpy", also=[going_on]):
        assert candidates("exp")[0].then(None, None) is ANSWER
        with apart():
            assert candidates("exp")[0].backend == "goes on"
            assert all(kernel.then(None, None) is None for kernel in candidates("exp"))
        assert candidates("exp")[0].then(None, None) is ANSWER


def test_a_kernel_that_is_given_comes_first():
    x = C.input_variable(2)
    with only("numpy", also=[ANSWER]):
        found = C.exp(x).eval({x: np.zeros((1, 2), "f")})
    np.testing.assert_array_equal(found, [[42, 42]])


def test_functions_make_their_plans_anew():
    x = C.input_variable(2)
    y = C.exp(x)
    data = {x: np.zeros((1, 2), "f")}
    before = y.eval(data)
    with only("numpy", also=[ANSWER]):
        assert backends(y) == backends(C.exp(C.input_variable(2))) == {"answers"}
        assert y.eval(data)[0, 0] == 42
    np.testing.assert_array_equal(y.eval(data), before)
    assert "answers" not in backends(C.exp(C.input_variable(2)))


def test_without_kernels_references_compute():
    x = C.input_variable(2)
    with only("nobody"):
        assert C.exp(x).eval({x: np.zeros((1, 2), "f")})[0, 0] == 1
