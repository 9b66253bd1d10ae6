"""The checks of operators find what is wrong: each operator here breaks one promise."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest

import cntk as C
from cntk.execution.kernels import Kernel
from cntk.graph.function import Function
from cntk.operators import declare
from cntk.operators.declare import Operand, Sample, operator
from cntk.testing import Mismatch, chains, check_operator, operator_cases
from cntk.testing.operators import kernels


@pytest.fixture(autouse=True)
def registry():
    """Forget the operators that a test declares."""
    import_module("cntk.ops")
    before = {**declare.registry}
    yield
    declare.registry.clear()
    declare.registry.update(before)


def cubed(family="elementwise", **options):
    """Return a good operator, to be spoilt."""

    @operator(family=family, **options)
    def cubed(x: Operand, name: str = "") -> Function:
        """Return the third power of each element.

        Args:
            x: any static shape.

        >>> int(2**3)
        8
        """

    @cubed.reference
    def reference(x):
        return x * x * x

    @cubed.gradient
    def gradient(dy, x):
        return dy * 3 * x * x

    @cubed.samples
    def samples(make):
        yield Sample(make(2, 3))

    if family != "elementwise":
        cubed.shape(lambda x: x.shape)
    return cubed


def failures(broken):
    """Return {check: message} of the checks that fail."""
    found = {}
    for case in operator_cases([broken]):
        try:
            case.run()
        except Exception as error:
            found[case.what] = str(error)
    return found


def test_a_good_operator_passes():
    check_operator(cubed())


def test_the_message_names_operator_sample_and_place():
    broken = cubed()
    broken.gradient(lambda dy, x: dy * 3 * x)
    with pytest.raises(Mismatch) as caught:
        check_operator(broken)
    text = str(caught.value)
    assert "operator cubed, sample 0, gradient: the gradient at Input('x', [#], [2 x 3])" in text
    assert "largest difference" in text
    assert "3 samples, float64" in text


def test_a_wrong_gradient_of_a_gradient():
    @operator(family="elementwise")
    def slope(x: Operand) -> Function:
        """Return three times the square."""

    slope.reference(lambda x: 3 * x * x)
    slope.gradient(lambda dy, x: dy * x)  # it is 6 x
    broken = cubed()
    broken.gradient(lambda dy, x: dy * slope(x))
    assert set(failures(broken)) == {"second-derivative"}


def test_a_gradient_that_cannot_be_differentiated():
    @operator(family="elementwise")
    def slope(x: Operand) -> Function:
        """Return three times the square."""

    slope.reference(lambda x: 3 * x * x)
    broken = cubed()
    broken.gradient(lambda dy, x: dy * slope(x))
    assert set(failures(broken)) == {"second-derivative"}


def test_a_chain_that_computes_something_else(monkeypatch):
    usual = chains.computed
    monkeypatch.setattr(chains, "computed", lambda *given: usual(*given) * 1.001)
    found = failures(cubed())
    assert set(found) == {"fusion-float32", "fusion-float64"}
    assert "by chains run the plain way differs" in found["fusion-float32"]


def test_a_surrogate_gradient_is_not_compared():
    surrogate = cubed(gradient_of="surrogate")
    surrogate.gradient(lambda dy, x: dy)
    check_operator(surrogate)


def test_samples_at_kinks_are_not_compared():
    rectifier = cubed()
    rectifier.reference(lambda x: np.maximum(x, 0))
    rectifier.gradient(lambda dy, x: dy * C.greater(x, 0))
    rectifier.samples(lambda make: iter([Sample(0 * make(3), kink=True)]))
    check_operator(rectifier)
    rectifier.samples(lambda make: iter([Sample(0 * make(3))]))
    assert "gradient" in failures(rectifier)


def test_a_reference_that_leaves_the_element_type():
    broken = cubed()
    broken.reference(lambda x: np.asarray(x, np.float64) ** 3)
    assert {"value-float32", "value-float16"} <= set(failures(broken))


def test_a_reference_that_is_inaccurate_in_float32():
    broken = cubed()
    broken.reference(lambda x: (x + 1e4 - 1e4) ** 3)
    assert "value-float32" in failures(broken)


def test_a_reference_that_writes_to_its_operand():
    def reference(x):
        x *= x * x
        return x.copy()

    broken = cubed()
    broken.reference(reference)
    assert "a run changes the data of Input" in failures(broken)["repetition"]


def test_a_shape_that_is_not_the_declared_one():
    broken = cubed(family="per_sample")
    broken.shape(lambda x: (*x.shape, 1))
    assert "declared  (2, 3, 1)" in failures(broken)["declared-shape"]


def test_an_operator_whose_samples_depend_on_each_other():
    broken = cubed()
    broken.reference(lambda x: x - x.mean(axis=0))
    assert {"batch-sizes"} <= set(failures(broken))


def test_an_operator_that_needs_contiguous_inputs():
    broken = cubed()
    broken.reference(lambda x: np.frombuffer(x.tobytes("A"), x.dtype).reshape(x.shape) ** 3)
    assert "transposed" in failures(broken)["strided-inputs"]


def test_an_operator_that_remembers():
    calls = []

    def reference(x):
        calls.append(x)
        return x * x * x + len(calls)

    broken = cubed()
    broken.reference(reference)
    assert "second run" in failures(broken)["repetition"]


def test_missing_samples_arguments_and_examples():
    broken = cubed()
    broken.samples(lambda make: iter(()))
    assert "declares no samples" in failures(broken)["samples"]
    for text, complaint in (
        ("Return it.", "says nothing about x"),
        ("Return it.\n\n    Args:\n        x: it.\n    ", "has no example"),
        ("Return it.\n\n    Args:\n        x: it.\n\n    >>> 1 + 1\n    3\n    ", "Got:"),
    ):
        broken = cubed()
        broken.__doc__ = text
        assert complaint in failures(broken)["docstring"]


def good_kernel(**options):
    def bind(step, inputs, outputs, context):
        def run(slots):
            slots[outputs[0]][...] = slots[inputs[0]] ** 3

        return run

    return {"bind": bind, "writes": True, **options}


def strided_kernel():
    """Reads its operand's memory as if it were contiguous."""

    def bind(step, inputs, outputs, context):
        def run(slots):
            x = slots[inputs[0]]
            flat = np.lib.stride_tricks.as_strided(x, (x.size,), (x.itemsize,))
            slots[outputs[0]][...] = flat.reshape(x.shape) ** 3

        return run

    return {"bind": bind, "writes": True}


def in_place_kernel():
    """Writes its result before it has read its operand, and so must not be in place."""

    def bind(step, inputs, outputs, context):
        def run(slots):
            out = slots[outputs[0]]
            out[...] = 1
            for _ in range(3):
                out *= slots[inputs[0]]

        return run

    return {"bind": bind, "writes": True, "in_place": (0,)}


def adding_kernel():
    """Adds to what is in the memory for its result."""

    def bind(step, inputs, outputs, context):
        def run(slots):
            slots[outputs[0]] += slots[inputs[0]] ** 3

        return run

    return {"bind": bind, "writes": True}


def changing_kernel():
    """Gives the right result, and changes its operand."""

    def bind(step, inputs, outputs, context):
        def run(slots):
            slots[outputs[0]][...] = slots[inputs[0]] ** 3
            slots[inputs[0]][...] = 0

        return run

    return {"bind": bind, "writes": True}


def offer(monkeypatch, **kernel):
    offered = Kernel("cubed", backend="tried", **kernel)
    known = kernels.candidates
    monkeypatch.setattr(
        kernels, "candidates", lambda name: [offered] if name == "cubed" else known(name)
    )


def test_a_good_kernel_passes(monkeypatch):
    offer(monkeypatch, **good_kernel(in_place=(0,)))
    check_operator(cubed())


@pytest.mark.parametrize(
    "kernel, complaint",
    [
        (strided_kernel(), "strided operands differs"),
        (in_place_kernel(), "in the memory of operand 0 differs"),
        (adding_kernel(), "contiguous operands differs"),
        (changing_kernel(), "operand 0 is written to"),
    ],
)
def test_a_kernel_that_breaks_a_rule(monkeypatch, kernel, complaint):
    offer(monkeypatch, **kernel)
    message = failures(cubed())["kernels-float64"]
    assert "kernel 'tried' of cubed" in message and complaint in message


def test_a_kernel_that_reads_what_it_says_it_does_not(monkeypatch):
    offer(monkeypatch, **good_kernel(reads=()))
    assert "NoneType" in failures(cubed())["kernels-float64"]
