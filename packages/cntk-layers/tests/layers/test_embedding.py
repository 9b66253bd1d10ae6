from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse

import cntk as C
from cntk.layers import Embedding

from .shapes import shapes

TABLE = np.array([[1, 2], [3, 4], [5, 6]], "f")


@pytest.mark.parametrize("shape", [2, (2,)])
def test_a_learned_table(shape):
    layer = Embedding(shape)(C.input_variable(3))
    assert shapes(layer.parameters) == {"E": (3, 2)}
    assert layer.shape == (2,)


@pytest.mark.parametrize("weights", [TABLE, TABLE.tolist()], ids=["array", "list"])
def test_a_given_table_is_a_constant(weights):
    layer = Embedding(weights=weights)(C.input_variable(3))
    assert layer.parameters == ()
    assert shapes(layer.constants) == {"E": (3, 2)}
    np.testing.assert_array_equal(layer.eval([[0, 0, 1]]), [[5, 6]])


def test_sparse_input():
    x = C.input_variable(3, is_sparse=True)
    rows = scipy.sparse.csr_matrix(np.array([[0, 1, 0], [1, 0, 1]], "f"))
    np.testing.assert_array_equal(Embedding(weights=TABLE)(x).eval({x: rows}), [[3, 4], [6, 8]])


def test_a_first_value():
    layer = Embedding(2, init=TABLE)(C.input_variable(3))
    np.testing.assert_array_equal(layer.E.value, TABLE)


def test_prints():
    x = C.input_variable(3, name="x0")
    assert str(Embedding(2, name="e")(x)) == "e: Embedding(x0: Tensor[3]) -> Tensor[2]"


@pytest.mark.parametrize(
    "make, why",
    [
        (lambda: Embedding(), "output shape must be specified"),
        (lambda: Embedding(2, weights=TABLE), "must not be specified"),
        (lambda: Embedding(weights=TABLE, init=1), "init cannot be given together with weights"),
        (lambda: Embedding((2, 5))(C.input_variable(3)), r"rank \(1\) must be >= #axes \(2\)"),
        (lambda: Embedding(weights=TABLE)(C.input_variable(4)), r"shape '\[3 x 2\]' do not match"),
    ],
)
def test_refusals(make, why):
    with pytest.raises(ValueError, match=why):
        make()
