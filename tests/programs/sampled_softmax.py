"""Choose among a thousand classes while training on fifty: softmax over a random sample of them.

Frequent classes are drawn more often, by the square root of their frequency; the scores are
corrected by how often a class is expected in a sample. The test looks at all classes.

Figure: error among all classes on 1,000 new samples; here 5.1 %, in CNTK 2.7 4.7 %.
"""

import numpy as np

import cntk as C
from cntk.logging import ProgressPrinter

GOAL = 0.1

CLASSES, FEATURES, SAMPLES = 1000, 40, 50


def cross_entropy_with_sampled_softmax(
    hidden_vector, target_vector, num_classes, hidden_dim, num_samples, sampling_weights,
    allow_duplicates=True,
):  # fmt: skip
    """Return scores of all classes, the cross entropy on the sample, and the error on it."""
    bias = C.Parameter(shape=(num_classes, 1), init=0)
    weights = C.Parameter(shape=(num_classes, hidden_dim), init=C.glorot_uniform())

    sample_selector = C.random_sample(sampling_weights, num_samples, allow_duplicates)
    inclusion_probs = C.random_sample_inclusion_frequency(
        sampling_weights, num_samples, allow_duplicates
    )
    log_prior = C.log(inclusion_probs)

    wS = C.times(sample_selector, weights, name="wS")  # [samples x hidden]
    zS = (
        C.times_transpose(wS, hidden_vector, name="zS1")
        + C.times(sample_selector, bias, name="zS2")
        - C.times_transpose(sample_selector, log_prior, name="zS3")
    )

    wT = C.times(target_vector, weights, name="wT")  # [1 x hidden]
    zT = (
        C.times_transpose(wT, hidden_vector, name="zT1")
        + C.times(target_vector, bias, name="zT2")
        - C.times_transpose(target_vector, log_prior, name="zT3")
    )

    zSReduced = C.reduce_log_sum_exp(zS)
    cross_entropy_on_samples = C.log_add_exp(zT, zSReduced) - zT
    error_on_samples = C.less(zT, C.reduce_max(zS))
    z = C.reshape(C.times_transpose(weights, hidden_vector) + bias, shape=num_classes)
    return z, cross_entropy_on_samples, error_on_samples


def batch(count, random, centres, cumulated):
    classes = np.searchsorted(cumulated, random.rand(count)).clip(0, CLASSES - 1)
    features = centres[classes] + random.randn(count, FEATURES)
    return features.astype(np.float32), C.Value.one_hot(list(map(int, classes)), CLASSES)


def main():
    C.cntk_py.set_fixed_random_seed(1)
    random = np.random.RandomState(1)
    centres = random.randn(CLASSES, FEATURES)
    frequency = 1 / (10.0 + np.arange(CLASSES))
    cumulated = np.cumsum(frequency / frequency.sum())
    sampling_weights = np.sqrt(frequency).astype(np.float32).reshape(1, CLASSES)

    x = C.input_variable(FEATURES)
    y = C.input_variable(CLASSES, is_sparse=True)
    z, loss, error = cross_entropy_with_sampled_softmax(
        x, y, CLASSES, FEATURES, SAMPLES, sampling_weights
    )
    lr = C.learning_parameter_schedule_per_sample([0.03] * 3 + [0.01], epoch_size=25000)
    learner = C.momentum_sgd(z.parameters, lr, C.momentum_schedule(0.9))
    progress = ProgressPrinter(freq=100, tag="Training")
    trainer = C.Trainer(z, (loss, error), [learner], [progress])
    for _ in range(400):
        features, labels = batch(250, random, centres, cumulated)
        trainer.train_minibatch({x: features, y: labels})
    trainer.summarize_training_progress()

    features, labels = batch(1000, random, centres, cumulated)
    all_classes = C.classification_error(z, y)
    return C.eval.Evaluator(all_classes).test_minibatch({x: features, y: labels})


if __name__ == "__main__":
    print(f"error among all classes: {main():.2%}")
