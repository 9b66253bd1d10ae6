"""Every layer gives the numbers of CNTK 2.7: values, gradients, running statistics."""

from __future__ import annotations

import numpy as np
import pytest

from .comparison import assert_equal_results
from .expressions import declare
from .layers import Layer
from .networks import by_creation, described, names_of_layers

# the original refuses these; here they work
WORKS_HERE = {"convolution/13"}  # dilation on the CPU


@pytest.mark.parametrize("case", described("layers")["cases"], ids=lambda case: case["id"])
def test_a_layer_is_that_of_the_original(case):
    if "error" in case:
        check_refusal(case)
        return
    layer = Layer(case)
    assert layer.function.shape == tuple(case["output"]["shape"])
    assert_equal_results(layer.function.eval(layer.data), layer["y"], layer.tolerance, "value")
    check_gradients(layer)


def check_refusal(case: dict) -> None:
    """What the original refuses is an error here too, or works."""
    (entry,) = case["inputs"]
    x0 = declare(entry, case["dtype"], False)
    if case["id"] in WORKS_HERE:
        function = eval(case["expr"], {**names_of_layers(), "x0": x0})
        data = np.ones((2, *entry["shape"]), case["dtype"])
        assert np.isfinite(function.eval({x0: data})).all()
        return
    with pytest.raises((ValueError, RuntimeError, NotImplementedError)):
        eval(case["expr"], {**names_of_layers(), "x0": x0})


def check_gradients(layer: Layer) -> None:
    """Compare gradients of sum(root * output) in training mode, and the statistics after it."""
    parameters = [k for k in layer.case.get("parameters", []) if has(layer, f"g{k['key']}")]
    inputs = [e["name"] for e in layer.case["inputs"] if has(layer, f"g{e['name']}")]
    if not parameters and not inputs:
        return
    function = layer.function
    made = dict(zip([k["key"] for k in layer.case["parameters"]], by_creation(function.parameters)))
    made.update({name: layer.variables[name] for name in inputs})
    state, values = function.forward(layer.data, [function.output], {function.output})
    root = layer["root"] if layer.case["root_gradient"] == "root" else ones_like(values)
    wanted = [made[k["key"]] for k in parameters] + [made[name] for name in inputs]
    found = function.backward(state, {function.output: root}, wanted)
    if has(layer, "y_train"):
        (value,) = values.values()
        assert_equal_results(value, layer["y_train"], layer.tolerance, "value in training")
        for name in ("aggregate_mean", "aggregate_variance", "aggregate_count"):
            expected = layer[f"after_{name}"]
            np.testing.assert_allclose(layer.statistic(name).value, expected, *layer.tolerance)
    for key in [k["key"] for k in parameters] + inputs:
        assert_equal_results(found[made[key]], layer[f"g{key}"], layer.tolerance, f"g{key}")


def has(layer: Layer, key: str) -> bool:
    return layer.prefix + key in layer.arrays


def ones_like(values: dict):
    (value,) = values.values()
    return [np.ones_like(v) for v in value] if isinstance(value, list) else np.ones_like(value)
