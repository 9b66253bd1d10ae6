"""Steps that go on with chains, by kernels that only say so: nothing here depends on a backend."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import cntk as C
from cntk.debugging.explain import explain
from cntk.debugging.measuring import Measuring
from cntk.execution import watch
from cntk.execution.kernels import Kernel, reference_kernel
from cntk.testing.backends import only
from cntk.testing.chains import chain_kernel


def bind_both(step, inputs, outputs, context):
    """Bind the first step by its reference and the chain the plain way, one after the other."""
    operator = step.operator
    count, result = len(operator.first.operands), outputs[operator.result]
    first = reference_kernel.bind(operator.first, inputs[:count], [result], context)
    rest = [result, *inputs[count:]]
    chain = chain_kernel.bind(operator.chain, rest, outputs, context)

    def run(slots):
        memory = slots[result]
        first(slots)
        memory[...] = slots[result]
        slots[result] = memory
        chain(slots)

    return run


def bind_copy(step, inputs, outputs, context):
    """Bind a product by its reference, into the memory that the plan provides."""
    run = reference_kernel.bind(step, inputs, outputs, context)

    def copy(slots):
        memory = slots[outputs[0]]
        run(slots)
        memory[...] = slots[outputs[0]]
        slots[outputs[0]] = memory

    return copy


class Offers:
    """A kernel for products that goes on with chains, and what it was offered."""

    def __init__(self, accepts=lambda step, chain: True) -> None:
        self.formulas: list = []
        self.kernel = Kernel(
            "contract", bind_copy, backend="third", priority=99, writes=True, then=self.then
        )
        self.accepts = accepts

    def then(self, step, chain):
        self.formulas.append([c.operator.name for c in chain.operator.formula.computes])
        return replace(self.kernel, bind=bind_both) if self.accepts(step, chain) else None


@pytest.fixture
def offers():
    found = Offers()
    with only("numpy", also=[chain_kernel, found.kernel]):
        yield found


def dense(x, size: int, activation=None):
    numbers = np.linspace(-1, 1, x.shape[0] * size, dtype=np.float32)
    w = C.parameter(init=numbers.reshape(-1, size))
    b = C.parameter(init=np.linspace(-0.5, 0.5, size, dtype=np.float32))
    z = C.times(x, w) + b
    return z if activation is None else activation(z)


def alike(z, data) -> None:
    """Check outputs and gradients against one kernel for each step."""

    def computed() -> list:
        slopes = z.grad(data, list(z.parameters))
        return [z.eval(data), *(slopes.values() if isinstance(slopes, dict) else [slopes])]

    found = computed()
    with only("numpy"):
        expected = computed()
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


DATA = np.linspace(-2, 2, 15, dtype=np.float32).reshape(5, 3)


def test_a_product_goes_on_with_bias_and_activation(offers):
    z = dense(C.input_variable(3), 4, C.relu)
    text = explain(z)
    assert "contract then chain(" in text and " = relu(it + %" in text and "= chain(" not in text
    assert offers.formulas[-1] == ["plus", "relu"]
    alike(z, DATA)


@pytest.mark.parametrize("activation", [C.relu, C.sigmoid, C.tanh, C.elu, C.softplus, C.abs])
def test_gradients_have_what_they_read(offers, activation):
    z = dense(dense(C.input_variable(3), 6, activation), 2)
    alike(z, DATA)


def test_what_others_read_stays(offers):
    x = C.input_variable(3)
    h = C.times(x, C.parameter((3, 4), init=0.5))
    z = C.combine([C.relu(h) + 1, h])
    assert "contract then" not in explain(z)
    found = z.eval(DATA)
    np.testing.assert_allclose(found[h.output], DATA @ np.full((3, 4), 0.5), rtol=1e-5)


def test_the_nearest_of_two_products_goes_on(offers):
    x = C.input_variable(3)
    one = C.times(x, C.parameter((3, 4), init=0.5), name="one")
    two = C.times(x, C.parameter((3, 4), init=-0.25), name="two")
    text = explain(C.tanh(one - two * 3))
    assert text.count("contract then chain(") == 1 and text.count("= contract(") == 1
    alike(C.tanh(one - two * 3), DATA)


def test_a_kernel_may_refuse():
    refuses = Offers(accepts=lambda step, chain: False)
    with only("numpy", also=[chain_kernel, refuses.kernel]):
        z = dense(C.input_variable(3), 4, C.relu)
        assert "= chain(" in explain(z) and refuses.formulas
        alike(z, DATA)


def test_parts_of_a_result_are_no_chain_of_it(offers):
    x = C.input_variable(3)
    h = C.times(x, C.parameter((3, 4), init=0.5))
    z = C.exp(C.slice(h, 0, 0, 2))
    assert "contract then" not in explain(z)
    alike(C.reduce_sum(z), DATA)


def test_both_parts_of_a_step_count_as_work(offers):
    measuring = Measuring()
    watch.start(measuring)
    try:
        dense(C.input_variable(3), 4, C.relu).eval(DATA)
    finally:
        watch.stop(measuring)
    (step,) = (step for step in measuring.steps if step.name.startswith("contract then chain"))
    assert step.work.operations == 5 * 4 * (2 * 3 + 2)
    assert step.work.bytes == 4 * (5 * 3 + 3 * 4 + 4 + 5 * 4)


def test_plans_hold_no_node_of_the_user(offers):
    from cntk.execution import session

    session.forget_plans()
    dense(C.input_variable(3), 4, C.relu).eval(DATA)
    (plan,) = session._plans.values()
    (step,) = (step for step in plan.steps if step.operator.name == "contract then chain")
    parts = (step, step.operator.first, step.operator.chain)
    assert all(part.purpose is None for part in parts)
