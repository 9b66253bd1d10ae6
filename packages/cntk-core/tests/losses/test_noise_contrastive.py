import numpy as np
import pytest

import cntk as C

LABELS, SIZE = 5, 3


@pytest.fixture
def model():
    weights = C.parameter((LABELS, SIZE), init=np.arange(15, dtype="f").reshape(5, 3) / 10)
    biases = C.parameter((LABELS, 1), init=np.arange(5, dtype="f").reshape(5, 1) / 10)
    return weights, biases, C.input_variable(SIZE), C.input_variable(LABELS, is_sparse=True)


def data(x, label):
    rows = C.Value.one_hot([0, 2], LABELS)
    return {x: np.float32([[1, 2, 3], [1, 1, 1]]), label: rows}


def expected(noise, samples):
    """Return the loss with the mean over all choices in place of chosen labels."""
    noise = noise / noise.sum()
    weights, biases = np.arange(15).reshape(5, 3) / 10, np.arange(5) / 10
    logits = np.array([[1, 2, 3], [1, 1, 1]]) @ weights.T + biases
    both = np.logaddexp(logits, np.log(samples * noise))
    right = (both - logits)[[0, 1], [0, 2]]
    entropy = np.sum(samples * noise * np.log(samples * noise))
    return right + samples * (both @ noise) - entropy


def test_the_mean_over_many_choices_is_that_over_all(model):
    noise = np.float32([1, 2, 3, 4, 5])
    loss = C.nce_loss(*model, noise, num_samples=3, seed=1)
    found = np.mean([loss.eval(data(*loss.arguments)) for _ in range(2000)], axis=0)
    np.testing.assert_allclose(found, expected(noise, 3), rtol=0.02)


def test_training_raises_the_right_label(model):
    weights, biases, x, label = model
    loss = C.nce_loss(*model, np.ones(LABELS), num_samples=3, allow_duplicates=False, seed=1)
    fed = data(x, label)
    logits = C.plus(C.times_transpose(x, weights), C.reshape(biases, (-1,)))
    right = C.reduce_mean(C.classification_error(logits, label), C.Axis.all_axes())
    before = right.eval(fed)
    trainer = C.Trainer(None, (loss, None), [C.sgd([weights, biases], 0.3)])
    for _ in range(100):
        trainer.train_minibatch(fed)
    assert before == 1 and right.eval(fed) == 0


@pytest.mark.parametrize(
    ("noise", "error", "message"),
    [
        (np.ones(4), ValueError, "for 5 labels"),
        (np.zeros(5), ValueError, "zero everywhere"),
        ([1, 1, 1, 1, -1], ValueError, "negative"),
        (C.parameter(5), TypeError, "must be constant"),
    ],
)
def test_noise_that_does_not_fit_is_refused(model, noise, error, message):
    with pytest.raises(error, match=message):
        C.nce_loss(*model, noise)


def test_weights_that_do_not_fit_are_refused(model):
    weights, _, x, label = model
    with pytest.raises(ValueError, match=r"biases of shape \(labels, 1\)"):
        C.nce_loss(weights, C.parameter(LABELS), x, label, np.ones(LABELS))


@pytest.mark.parametrize("is_sparse", [False, True])
def test_labels_without_noise_as_in_cntk_2_7(is_sparse):
    """A single label has noise, so that nothing is left to chance."""
    weights = C.parameter(init=np.float32([[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]))
    biases = C.parameter(init=np.float32([[0.1], [0.2], [0.3]]))
    x, label = C.input_variable(2, needs_gradient=True), C.input_variable(3, is_sparse=is_sparse)
    loss = C.nce_loss(weights, biases, x, label, [0, 2, 0], num_samples=4, seed=1)
    rows = C.Value.one_hot([1, 0], 3) if is_sparse else np.float32([[0, 1, 0], [1, 0, 0]])
    fed = {x: np.float32([[1, 2], [-1, 0.5]]), label: rows}
    gradient, value = loss.grad(fed, [x], outputs=[loss.output])
    np.testing.assert_allclose(value, [2.5358715, 0.6796618], rtol=1e-5)
    expected = [[-0.0656043, 0.0874724], [0.1875166, -0.2500221]]
    np.testing.assert_allclose(gradient, expected, rtol=1e-5)
