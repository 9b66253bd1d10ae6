"""Prints of Functions and variables. Those of whole operators are compared in tests/structure."""

from __future__ import annotations

import re

import numpy as np
import pytest

import cntk as C

BATCH, FRAMES = C.Axis.default_batch_axis(), C.Axis.default_dynamic_axis()
x = C.input_variable((2, 3), name="x")
v = C.input_variable(3, name="v")


def without_numbers(text):
    return re.sub(r"([A-Z][A-Za-z]*)\d+", r"\1", text)


@pytest.mark.parametrize(
    "variable, text",
    [
        (x, "Input('x', [#], [2 x 3])"),
        (C.input_variable(3, dynamic_axes=[BATCH, FRAMES], name="s"), "Input('s', [#, *], [3])"),
        (
            C.input_variable(2, dynamic_axes=[BATCH, C.Axis("foo")], name="o"),
            "Input('o', [#, foo], [2])",
        ),
        (C.input_variable(2, dynamic_axes=[], name="n"), "Input('n', [], [2])"),
        (C.input_variable((C.FreeDimension, 3), name="f"), "Input('f', [#], [* x 3])"),
        (C.input_variable((-1, 3), name="i"), "Input('i', [#], [? x 3])"),
        (C.input_variable((), name="c"), "Input('c', [#], [])"),
        (C.input_variable(2, dtype=np.float64, is_sparse=True, name="d"), "Input('d', [#], [2])"),
        (C.parameter(3, name="p"), "Parameter('p', [], [3])"),
        (C.constant(2), "Constant('Constant', [], [])"),
        (C.placeholder(name="q"), "Placeholder('q', [???], [???])"),
        (C.relu(x).output, "Output('ReLU_Output_0', [#], [2 x 3])"),
        (C.relu(x, name="r").output, "Output('r', [#], [2 x 3])"),
    ],
)
def test_variables(variable, text):
    assert without_numbers(str(variable)) == text
    assert repr(variable) == str(variable)


X, V = "Input('x', [#], [2 x 3])", "Input('v', [#], [3])"
signatures = {
    "Plus(x: Tensor[2,3], v: Tensor[3]) -> Tensor[2,3]": C.plus(x, v),
    "sum: Plus(v: Tensor[3]) -> Tensor[3]": C.plus(v, v, name="sum"),
    "Composite(v: Tensor[3]) -> Tensor[3]": C.relu(v) * 2,
    "Times(v: Tensor[3]) -> Tensor[4]": C.times(v, C.parameter((3, 4))),
    "ReLU(Tensor[3]) -> Tensor[3]": C.relu(C.input_variable(3)),
    "ReLU() -> ParameterTensor[3]": C.relu(C.parameter(3)),
    "ReduceElements() -> np.float32": C.reduce_sum(C.parameter(3)),
    "ReLU(p: Sequence[tensor]) -> Sequence[tensor]": C.relu(C.placeholder(name="p")),
    "Abs(Tensor[np.float64,3]) -> Tensor[np.float64,3]": C.abs(C.input_variable(3, np.float64)),
    "Abs(Tensor[np.float16,3]) -> Tensor[np.float16,3]": C.abs(C.input_variable(3, np.float16)),
    "ReLU(np.float32) -> np.float32": C.relu(C.input_variable(())),
    "ReLU(Tensor[-3,3]) -> Tensor[-3,3]": C.relu(C.input_variable((-3, 3))),
    "Combine(v: Tensor[3]) -> Tensor[3]": C.combine([v]),
    "Combine(v: Tensor[3]) -> Tuple[Tensor[3], Tensor[3]]": C.combine([v, v]),
    "Composite(v: Tensor[3]) -> Tensor[4]": C.combine([C.times(v, C.parameter((3, 4)))]),
    "Combine(SparseTensor[5]) -> SparseTensor[5]": C.combine([C.input_variable(5, is_sparse=True)]),
    "Combine(s: Sequence[Tensor[2]]) -> Sequence[Tensor[2]]": C.combine(
        [C.input_variable(2, dynamic_axes=[BATCH, FRAMES], name="s")]
    ),
    "Combine(SequenceOver[foo][Tensor[2]]) -> SequenceOver[foo][Tensor[2]]": C.combine(
        [C.input_variable(2, dynamic_axes=[BATCH, C.Axis("foo")])]
    ),
    "r: ReLU(v: Tensor[3]) -> Tensor[3]": C.relu(v, name="r").root_function,
}
details = {
    f"Composite(Plus): {X}, {V} -> Output('Plus_Output_0', [#], [2 x 3])": C.plus(x, v),
    f"Composite(ReLU): {V} -> Output('ReLU_Output_0', [#], [3])": C.relu(C.tanh(v)),
    f"ReLU: {V} -> Output('r', [#], [3])": C.relu(v, name="r").root_function,
    f"Times: {V} -> Output('t', [#], [4])": C.times(v, C.parameter((3, 4)), name="t").root_function,
    "Composite(ReLU):  -> Output('ReLU_Output_0', [], [3])": C.relu(C.parameter(3)),
    "Composite(ReLU): Placeholder('p', [???], [???]) -> Output('r', [???], [???])": C.relu(
        C.placeholder(name="p"), name="r"
    ),
    f"Composite(Combine): {V} -> {V}, Output('e', [#], [3])": C.combine([v, C.exp(v, name="e")]),
    f"Composite(Softplus): {V} -> Output('Block_Output_0', [#], [3])": C.softplus(v),
}


@pytest.mark.parametrize("text", signatures)
def test_signatures_of_functions(text):
    assert str(signatures[text]) == text


@pytest.mark.parametrize("text", details)
def test_details_of_functions(text):
    assert without_numbers(repr(details[text])) == text
