"""Weights that a recurrence's gradient reads turned are turned once, where kernels want that."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest

import cntk as C
from cntk.execution import session
from cntk.execution.kernels import Kernel
from cntk.execution.recurrence import weights
from cntk.execution.recurrence.scan import Scan


@pytest.fixture
def products(monkeypatch):
    """The contractions in the bodies of the scans that are made."""
    found, append = [], Scan.append_to

    def append_to(self, graph, operands):
        found.extend(step for step in self.body.steps if step.operator.name == "contract")
        append(self, graph, operands)

    monkeypatch.setattr(Scan, "append_to", append_to)
    return found


def wants_plain(monkeypatch, wants: bool) -> None:
    kernel = Kernel("contract", bind=lambda *_: None, prefers_plain=wants)
    monkeypatch.setattr(weights, "candidates", lambda operator: [kernel])
    monkeypatch.setattr(session, "_plans", OrderedDict())  # plans are made anew


def gradients(square: bool = False) -> list[np.ndarray]:
    """Return the gradients of a recurrence to its input, weights, and weights of the input."""
    x = C.sequence.input_variable(2, needs_gradient=True)
    inner = np.array([[0.3, -0.2, 0.1], [0.5, 0.4, -0.6], [-0.1, 0.2, 0.7]], "f")
    w, u = C.parameter(init=inner), C.parameter(init=np.array([[1, 2, 3], [-1, 0, 1]], "f"))
    h = C.placeholder()
    before = C.times(C.sequence.past_value(h), w)
    if square:  # reads its weights twice, once as they lie
        before = C.times(before, w)
    h_new = C.tanh(C.times(x, u) + before)
    root = h_new.replace_placeholders({h: h_new.output})
    data = [np.array([[1, 2], [3, -4], [0.5, 6]], "f"), np.array([[7, -8]], "f")]
    found = root.grad({x: data}, wrt=[x, w, u])
    return [np.concatenate(found[x]), found[w], found[u]]


@pytest.mark.parametrize("square", [False, True])
def test_gradients_are_the_same(monkeypatch, products, square):
    wants_plain(monkeypatch, False)
    expected = gradients(square)
    turned = [step for step in products if step.attributes["right_axes"] == (1,)]
    assert turned
    products.clear()
    wants_plain(monkeypatch, True)
    found = gradients(square)
    assert products and all(step.attributes["right_axes"] == (0,) for step in products)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
