from __future__ import annotations

import cntk as C
from cntk.ops import functions


def test_it_is_the_path_of_the_same_classes():
    assert functions.Function is C.Function
    assert functions.CloneMethod is C.CloneMethod
    assert functions.BlockFunction is C.BlockFunction
    assert issubclass(functions.UserFunction, C.Function)


def test_load_model_hands_on_what_it_is_given(monkeypatch):
    monkeypatch.setattr(functions.Function, "load", staticmethod(lambda *given: given))
    given = functions.load_model("a.model", C.cpu(), format=C.ModelFormat.ONNX)
    assert given == ("a.model", C.cpu(), C.ModelFormat.ONNX)
