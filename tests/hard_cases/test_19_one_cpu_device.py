"""There is one CPU device; packages add kernels to it, and what they lack NumPy computes.

An operator's kernel is the one of highest priority that takes the step; the operator's own NumPy
reference is the last one, so that every operator runs. Which was taken, ``explain`` says;
``CNTK_BACKENDS`` leaves some out.
"""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk import plugins
from cntk.debugging import explain
from cntk.execution import kernels, session
from cntk.execution.kernels import Kernel, candidates
from cntk.testing.backends import only

DATA = np.array([[1, 2, 4], [-3, 4, 0]], "f")
BACKENDS = sorted({kernel.backend for kernel, _ in plugins.kernels()})


@pytest.fixture
def x():
    return C.input_variable(3, name="x")


def taken(function) -> dict[str, str]:
    """Return {operator: backend} of the steps of a Function, as explained."""
    found = {}
    for line in explain(function).splitlines():
        if " = " in line:
            operator = line.partition(" = ")[2].partition("(")[0]
            found[operator] = line.rpartition("  by ")[2].split()[0].rstrip(",")
    return found


def mine(operator, factor, priority=1000, **options) -> Kernel:
    """Return a kernel of an outside package: it multiplies."""

    def bind(step, inputs, outputs, context):
        (source,), (target,) = inputs, outputs

        def run(slots):
            slots[target] = slots[source] * factor

        return run

    return Kernel(operator, bind, backend="mine", priority=priority, **options)


def test_there_is_one_descriptor():
    assert [device for device in C.device.all_devices() if device == C.cpu()] == [C.cpu()]
    assert C.device.use_default_device() == C.cpu()


class TestWithoutAKernelOfItsOwn:
    """Operators that only have a NumPy reference, beside others that have fast kernels."""

    def without(self):
        x, y = (C.input_variable(1, needs_gradient=True) for _ in range(2))
        query = C.input_variable(1)
        return C.lambda_rank(C.tanh(x) * 2, y, query), {
            x: [[3.0], [1.0], [2.0]], y: [[1.0], [0.0], [7.0]], query: [[1], [1], [1]]
        }, x  # fmt: skip

    def test_it_runs_in_a_plan_with_theirs(self):
        f, data, x = self.without()
        assert candidates("lambda_rank") == []
        data = {variable: np.array(rows, "f") for variable, rows in data.items()}
        found, slope = f.eval(data), f.grad(data, [x])
        with only("numpy"):
            np.testing.assert_allclose(found, f.eval(data), rtol=1e-5)
            np.testing.assert_allclose(slope, f.grad(data, [x]), rtol=1e-4, atol=1e-6)

    def test_explain_says_so(self):
        assert taken(self.without()[0])["lambda_rank"] == "numpy"

    def test_every_operator_has_something(self):
        from cntk.operators.declare import registry

        without = [
            name
            for name, operator in registry.items()
            if not operator.is_composite
            and "reference" not in operator.rules
            and not ({"lower", "inference"} & set(operator.rules))
            and not candidates(name)
        ]
        assert without == []


class TestChoice:
    def test_the_highest_priority_wins(self, x):
        with only(*BACKENDS, also=[mine("exp", 7.0)]):
            assert taken(C.exp(x))["exp"] == "mine"
            np.testing.assert_array_equal(C.exp(x).eval({x: DATA}), DATA * 7)
        np.testing.assert_allclose(C.exp(x).eval({x: DATA}), np.exp(DATA), rtol=1e-6)

    def test_one_that_does_not_take_the_step_is_passed_over(self, x):
        refusing = mine("exp", 7.0, when=lambda step: step.operands[0]._dtype == np.float64)
        with only(*BACKENDS, also=[refusing]):
            assert "mine" not in taken(C.exp(x)).values()
            np.testing.assert_allclose(C.exp(x).eval({x: DATA}), np.exp(DATA), rtol=1e-6)
            wide = C.input_variable(3, dtype=np.float64)
            assert taken(C.exp(wide))["exp"] == "mine"

    def test_it_computes_that_step_of_a_network_alone(self, x):
        f = C.tanh(C.exp(C.sin(x) + 1) * 0.5)
        with only(*BACKENDS, also=[mine("exp", 7.0)]):
            expected = np.tanh(7 * (np.sin(DATA) + 1) * 0.5)
            np.testing.assert_allclose(f.eval({x: DATA}), expected, rtol=1e-5)

    def test_in_a_loop(self):
        s, p = C.sequence.input_variable(1), C.placeholder(1)
        h = C.exp(s + C.sequence.past_value(p))
        h = h.replace_placeholders({p: h.output})
        with only(*BACKENDS, also=[mine("exp", 7.0)]):
            assert h.eval({s: [np.ones((3, 1), "f")]})[0].ravel().tolist() == [7, 56, 399]

    def test_a_kernel_for_an_operator_that_is_not_there_changes_nothing(self, x):
        with only(*BACKENDS, also=[mine("no_such_operator", 7.0)]):
            np.testing.assert_allclose(C.exp(x).eval({x: DATA}), np.exp(DATA), rtol=1e-6)


class TestFallingBack:
    """Steps that fast kernels do not take: other types, sparse data, sizes that a run shows."""

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    def test_element_types(self, dtype):
        x = C.input_variable(3, dtype=dtype)
        w = C.parameter((3, 2), init=0.5, dtype=dtype)
        z = C.softmax(C.tanh(C.times(x, w)))
        found = z.eval({x: DATA.astype(dtype)})
        assert found.dtype == dtype
        np.testing.assert_allclose(found, 0.5, rtol=1e-3)

    def test_free_axes(self):
        x = C.input_variable(C.FreeDimension)
        f = C.exp(x) / C.reduce_sum(C.exp(x))
        for n in (1, 3, 5):
            np.testing.assert_allclose(f.eval({x: np.zeros((2, n), "f")}), 1 / n, rtol=1e-6)


class TestTheEnvironment:
    """``CNTK_BACKENDS`` is read when kernels are first looked up."""

    @pytest.fixture
    def choose(self, monkeypatch):
        def backends(names: str) -> None:
            monkeypatch.setenv("CNTK_BACKENDS", names)
            forget()

        def forget() -> None:
            kernels._by_operator.cache_clear()
            session.forget_plans()

        yield backends
        monkeypatch.delenv("CNTK_BACKENDS")
        forget()

    def test_it_leaves_backends_out(self, x, choose):
        f = C.exp(C.times(x, C.parameter((3, 2), init=1)))
        choose("numpy")
        assert set(taken(f).values()) == {"numpy"}
        np.testing.assert_allclose(f.eval({x: DATA / 9}), np.exp([[7 / 9] * 2, [1 / 9] * 2]), 1e-5)
        choose(" numpy , " + BACKENDS[-1])
        assert set(taken(f).values()) <= {"numpy", BACKENDS[-1]}

    def test_it_refuses_backends_that_are_not_there(self, x, choose):
        choose("numpy,nonesuch")
        with pytest.raises(ValueError, match="CNTK_BACKENDS names nonesuch; the kernels of this "
                                             "installation are those of .*numpy"):  # fmt: skip
            C.exp(x).eval({x: DATA})

    def test_nothing_chosen_is_everything(self, x, choose):
        f = C.times(x, C.parameter((3, 2), init=1))
        usual = taken(f)
        choose("")
        assert taken(f) == usual
