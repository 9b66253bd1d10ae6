from __future__ import annotations

import numpy as np
import pytest

import cntk as C
from cntk.layers import BatchNormalization, LayerNormalization

from .shapes import body, shapes

image = C.input_variable((3, 8, 8), name="image")


@pytest.mark.parametrize("map_rank, size", [(None, 192), (1, 3)])
def test_parameters_and_statistics_of_batches(map_rank, size):
    layer = BatchNormalization(map_rank=map_rank)(image)
    assert layer.shape == (3, 8, 8)
    assert shapes(layer.parameters) == {"scale": (size,), "bias": (size,)}
    assert shapes(layer.constants) == {
        "aggregate_mean": (size,),
        "aggregate_variance": (size,),
        "aggregate_count": (),
    }


def test_first_values():
    layer = BatchNormalization(init_scale=2)(C.input_variable(2))
    np.testing.assert_array_equal(layer.scale.value, [2, 2])
    np.testing.assert_array_equal(layer.bias.value, [0, 0])
    assert all((constant.value == 0).all() for constant in layer.constants)


def test_options_reach_the_operator():
    layer = BatchNormalization(
        map_rank=1, normalization_time_constant=7, epsilon=0.5, use_cntk_engine=True,
        disable_regularization=True,
    )(image)  # fmt: skip
    assert body(layer).root_function.attributes == {
        "spatial": True,
        "normalizationTimeConstant": 7.0,
        "blendTimeConstant": 0.0,
        "epsilon": 0.5,
        "useCuDNNEngine": False,
        "disableRegularization": True,
    }


def test_batches_in_training_and_evaluation():
    x = C.input_variable(2, needs_gradient=True)
    layer = BatchNormalization(normalization_time_constant=0, epsilon=0)(x)
    data = np.array([[1, 10], [3, 30]], "f")
    _, values = layer.forward({x: data}, keep_for_backward={layer.output})
    np.testing.assert_allclose(values[layer.output], [[-1, -1], [1, 1]], rtol=1e-5)
    statistics = {c.name: c.value for c in layer.constants}
    np.testing.assert_allclose(statistics["aggregate_mean"], [2, 20])
    # the running statistics, not those of the one sample
    np.testing.assert_allclose(layer.eval({x: data[:1]}), [[-0.7071068, -0.7071068]], rtol=1e-5)


@pytest.mark.parametrize("map_rank", [0, 2])
def test_other_ranks_are_refused(map_rank):
    with pytest.raises(NotImplementedError, match="map_rank can only be 1 or None"):
        BatchNormalization(map_rank=map_rank)


def test_layers_are_normalised_over_all_axes():
    layer = LayerNormalization(initial_scale=2, initial_bias=1, epsilon=0)(image)
    assert shapes(layer.parameters) == {"scale": (8,), "bias": (8,)}
    data = np.random.default_rng(0).normal(size=(2, 3, 8, 8)).astype("f")
    mean, deviation = data.mean((1, 2, 3), keepdims=True), data.std((1, 2, 3), keepdims=True)
    expected = (data - mean) / deviation * 2 + 1
    np.testing.assert_allclose(layer.eval(data), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("layer", [BatchNormalization, LayerNormalization])
def test_prints(layer):
    x = C.input_variable(3, name="x0")
    assert str(layer()) == f"{layer.__name__}(x: Sequence[tensor]) -> Sequence[tensor]"
    assert str(layer(name="n")(x)) == f"n: {layer.__name__}(x0: Tensor[3]) -> Tensor[3]"


@pytest.mark.parametrize("layer", [BatchNormalization, LayerNormalization])
def test_applied_twice_they_share_their_parameters(layer):
    made, x = layer(), C.input_variable(3)
    assert made(x).scale is made(x * 2).scale
