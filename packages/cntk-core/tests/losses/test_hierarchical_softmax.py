import numpy as np
import pytest

import cntk as C


def layer(num_labels, num_classes=None):
    x, label = C.input_variable(3), C.input_variable(1)
    return x, label, C.hierarchical_softmax_layer(x, label, num_labels, num_classes)


def test_the_probabilities_of_all_labels_sum_to_one():
    x, _, (_, classes, labels) = layer(10)
    data = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    np.testing.assert_allclose(classes.eval({x: data}).sum(axis=1), np.ones(4), rtol=1e-5)
    together = np.concatenate([each.eval({x: data}) for each in labels], axis=1)
    np.testing.assert_allclose(together.sum(axis=1), np.ones(4), rtol=1e-5)


def test_the_right_label_has_the_probability_that_it_has_among_all():
    x, label, (right, _, labels) = layer(10)
    data = np.random.default_rng(0).normal(size=(10, 3)).astype(np.float32)
    together = np.concatenate([each.eval({x: data}) for each in labels], axis=1)
    numbers = np.arange(10, dtype=np.float32).reshape(-1, 1)
    found = right.eval({x: data, label: numbers})
    np.testing.assert_allclose(found.ravel(), np.diagonal(together), rtol=1e-5)


def test_the_parameters_have_names():
    _, _, (right, _, _) = layer(7, 4)
    assert {p.name: p.shape for p in right.parameters} == {
        "hsoftmax_w1": (3, 4),
        "hsoftmax_b1": (4,),
        "hsoftmax_w2s": (4, 3, 2),
        "hsoftmax_b2s": (4, 2),
    }


def test_numbers_are_positive_and_the_input_is_a_vector():
    with pytest.raises(ValueError, match="label_dim must be positive"):
        layer(0)
    with pytest.raises(ValueError, match="label_classes must be positive"):
        layer(10, 0)
    with pytest.raises(ValueError, match="not a vector"):
        C.hierarchical_softmax_layer(C.input_variable((2, 3)), C.input_variable(1), 10)
