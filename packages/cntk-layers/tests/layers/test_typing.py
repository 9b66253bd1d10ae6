from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import (
    ParameterTensor,
    Sequence,
    SequenceOver,
    Signature,
    SparseTensor,
    Tensor,
    tensor,
)

BATCH, FRAMES = C.Axis.default_batch_axis(), C.Axis.default_dynamic_axis()
foo = C.Axis("foo")


@pytest.mark.parametrize(
    "given, text",
    [
        (Tensor[3], "Tensor[3]"),
        (Tensor[2, 3], "Tensor[2,3]"),
        (Tensor[np.float64, 3], "Tensor[np.float64,3]"),
        (Tensor[C.FreeDimension, 3], "Tensor[-3,3]"),
        (SparseTensor[5], "SparseTensor[5]"),
        (ParameterTensor[2, 3], "ParameterTensor[2,3]"),
        (Sequence[Tensor[3]], "Sequence[Tensor[3]]"),
        (Sequence[SparseTensor[5]], "Sequence[SparseTensor[5]]"),
        (Sequence[np.float32], "Sequence[np.float32]"),
        (Sequence[float], "Sequence[float]"),
        (Sequence[tensor], "Sequence[tensor]"),
        (Sequence[3], "Sequence[Tensor[3]]"),
        (SequenceOver[foo][Tensor[2]], "SequenceOver[foo][Tensor[2]]"),
    ],
)
def test_prints(given, text):
    assert str(given) == text


def test_a_type_holds_the_arguments_of_an_input():
    assert dict(Tensor[3]) == {"shape": (3,), "is_sparse": False, "dynamic_axes": [BATCH]}
    expected = {"shape": (3,), "is_sparse": True, "dynamic_axes": [BATCH, FRAMES]}
    assert dict(Sequence[SparseTensor[3]]) == expected


@pytest.mark.parametrize(
    "given, axes, sparse",
    [
        (Tensor[2], (BATCH,), False),
        (SparseTensor[2], (BATCH,), True),
        (Sequence[Tensor[2]], (BATCH, FRAMES), False),
        (SequenceOver[foo][SparseTensor[2]], (BATCH, foo), True),
        (ParameterTensor[2], (), False),
    ],
)
def test_an_input_of_a_type(given, axes, sparse):
    x = C.input_variable(**given, name="q")
    assert (x.shape, x.dynamic_axes, x.is_sparse, x.name) == ((2,), axes, sparse, "q")


def test_types_are_equal_by_content():
    assert Tensor[3] == Tensor[3]
    assert Tensor[3] != SparseTensor[3]


def test_annotations_make_typed_arguments():
    @C.Function
    def f(a: Tensor[3], b: Sequence[Tensor[2]]):
        return C.combine([a + 1, b * 2])

    assert [str(argument) for argument in f.arguments] == [
        "Input('a', [#], [3])",
        "Input('b', [#, *], [2])",
    ]


def test_a_signature_under_function():
    @C.Function
    @Signature(Tensor[3], b=Tensor[3])
    def f(a, b):
        return b - a

    assert [a.name for a in f.arguments] == ["a", "b"]
    assert f.arguments[0].is_input


def test_signatures_that_do_not_fit():
    def annotated(a: Tensor[2]):
        return a

    with pytest.raises(ValueError, match="already have annotations"):
        Signature(Tensor[2])(annotated)
    with pytest.raises(TypeError, match="1 annotations .* function has 2 parameters"):
        Signature(Tensor[2])(lambda a, b: a + b)


@pytest.mark.parametrize(
    "make, error, why",
    [
        (lambda: Sequence[Sequence[Tensor[3]]], TypeError, "sequences over sequences"),
        (lambda: SequenceOver["foo"], TypeError, "SequenceOver takes a C.Axis, not 'foo'"),
        (lambda: Tensor["a"], TypeError, "int or a tuple of ints"),
        (lambda: Tensor[3.5], TypeError, "int or a tuple of ints"),
        (lambda: Tensor[0], ValueError, "invalid shape"),
        (lambda: Sequence["a"], TypeError, "is no type of a variable"),
    ],
)
def test_refusals(make, error, why):
    with pytest.raises(error, match=why):
        make()


@pytest.mark.parametrize("annotation", [Tensor, Sequence])
def test_a_type_without_its_shape_is_refused(annotation):
    def plus_one(a):
        return a + 1

    plus_one.__annotations__ = {"a": annotation}
    with pytest.raises(TypeError, match=r"write Tensor\[...\] or a shape"):
        C.Function(plus_one)


def test_a_tensor_of_unknown_shape():
    assert (str(tensor), str(Sequence[tensor])) == ("tensor", "Sequence[tensor]")
    assert tensor["dynamic_axes"] == [C.Axis.default_batch_axis()]
