from __future__ import annotations

import numpy as np
import pytest

import cntk as C


@pytest.fixture
def proxy():
    x = C.input_variable((2, 3), name="x")
    weights = C.parameter((5,), init=1)
    return C.custom_proxy_op("quantized", (4,), np.float32, x, weights, name="q")


def test_it_is_a_function_of_its_operands(proxy):
    root = proxy.root_function
    assert root.op_name == "CustomProxyOp" and len(root.inputs) == 2
    # as printed by CNTK 2.7
    assert root.attributes == {"customOp": "quantized", "outputShape": (4,), "newDataType": 1}
    assert proxy.shape == (4,) and proxy.output.dynamic_axes == (C.Axis.default_batch_axis(),)
    assert not C.relu(proxy).output.needs_gradient
    assert C.custom_proxy_op("a", (), np.float64, proxy).dtype == np.float64


def test_it_is_saved_and_loaded(proxy, tmp_path):
    path = str(tmp_path / "proxy.model")
    (proxy * 2).save(path)
    loaded = C.Function.load(path)
    assert loaded.find_by_name("q").attributes == proxy.root_function.attributes


def test_nothing_computes_it(proxy):
    image = np.ones((1, 2, 3), np.float32)
    with pytest.raises(RuntimeError, match="'quantized' is only named here"):
        (proxy * 2).eval({proxy.arguments[0]: image})


@pytest.mark.parametrize("arguments", [(3, (4,), np.float32), ("a", (-1,), np.float32),
                                       ("a", (4,), "int8")])  # fmt: skip
def test_what_no_operation_can_be_is_refused(proxy, arguments):
    with pytest.raises(ValueError):
        C.custom_proxy_op(*arguments, proxy.arguments[0])
