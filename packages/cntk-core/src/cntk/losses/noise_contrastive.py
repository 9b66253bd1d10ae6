"""Softmax cross entropy over many labels, estimated from a few of them."""

from __future__ import annotations

import numpy as np

from cntk.axis import Axis
from cntk.errors import ArgumentError, ShapeError
from cntk.graph.build import as_variable
from cntk.graph.function import Function
from cntk.ops import (
    as_block,
    constant,
    element_times,
    log_add_exp,
    minus,
    placeholder,
    plus,
    random_sample,
    random_sample_inclusion_frequency,
    reshape,
    times,
    times_transpose,
)
from cntk.ops._random.seed import auto_select
from cntk.ops._reduction.reduce_sum import sum_over
from cntk.variables import Constant


def nce_loss(
    weights,
    biases,
    inputs,
    labels,
    noise_distribution,
    num_samples: int = 32,
    allow_duplicates: bool = True,
    seed: int = auto_select,
    name: str = "",
) -> Function:
    """Return the noise-contrastive loss: the right label is told from labels chosen at random.

    It stands for a softmax over all labels where there are too many of them: ``num_samples`` wrong
    labels, chosen once for a minibatch and anew in each forward pass, take the place of all others.

    Args:
        weights: static shape ``(labels, D)``, as of a dense layer that computes logits.
        biases: static shape ``(labels, 1)``.
        inputs: static shape ``(D,)``.
        labels: static shape ``(labels,)``, with a single one; sparse or dense.
        noise_distribution: array or constant of shape ``(labels,)``: how often wrong labels are
            chosen, not negative.
        num_samples: number of wrong labels.
        allow_duplicates: whether a label may be chosen more than once.
        seed: start of the random numbers; default: the next one of the process.
        name: name of the result, one number per sample.

    Raises:
        ValueError: a shape does not fit, or the noise is negative or zero everywhere.
        TypeError: ``noise_distribution`` is computed, or changes.

    Reference: Gutmann, Hyvarinen, "Noise-contrastive estimation of unnormalized statistical models,
    with applications to natural image statistics", JMLR 13, 2012.

    >>> x, label = C.input_variable(3), C.input_variable(5, is_sparse=True)
    >>> w, b = C.parameter((5, 3)), C.parameter((5, 1))
    >>> C.nce_loss(w, b, x, label, np.ones(5), num_samples=2).shape
    ()
    """
    inputs, labels = as_variable(inputs), as_variable(labels)
    weights, biases = as_variable(weights), as_variable(biases)
    if len(weights.shape) != 2 or biases.shape != (weights.shape[0], 1):
        raise ShapeError(
            f"nce_loss: weights of shape (labels, D) and biases of shape (labels, 1) are needed, "
            f"not {weights} and {biases}"
        )
    noise = _noise(noise_distribution, weights)
    frequency = random_sample_inclusion_frequency(noise, num_samples, allow_duplicates, seed)
    frequency = frequency.eval()
    importance = np.divide(noise, frequency, out=np.zeros_like(noise), where=frequency > 0)
    expected = num_samples * noise
    # that of a label without noise is very low, but finite: products with 0 must be 0
    log_expected = np.log(np.maximum(expected, np.finfo(np.float32).tiny))
    entropy = np.sum(expected * log_expected)

    def of_noise(value, word: str):
        return constant(value, dtype=weights.dtype, name=word)

    log_prior = of_noise(log_expected[:, None], "logNoisePrior")
    x, label = placeholder(name="inputs"), placeholder(name="labels")

    logits = element_times(x, times(label, weights, name="positiveWeights"))
    logits = plus(
        sum_over(logits, Axis.all_static_axes(), keepdims=False),
        _number(times(label, biases, name="positiveBiases")),
        name="positiveLogits",
    )
    right = minus(
        log_add_exp(logits, _number(times(label, log_prior))), logits, name="lossOnPositives"
    )

    chosen = random_sample(
        of_noise(noise, "noise"), num_samples, allow_duplicates, seed, name="negativeSamples"
    )
    logits = plus(
        times_transpose(x, times(chosen, weights, name="negativeWeights")),
        reshape(times(chosen, biases, name="negativeBiases"), (-1,)),
        name="negativeLogits",
    )
    shares = times_transpose(
        of_noise(importance, "importanceWeights"), chosen, name="sampledImportanceWeights"
    )
    each = element_times(shares, log_add_exp(logits, reshape(times(chosen, log_prior), (-1,))))
    wrong = element_times(
        of_noise(num_samples, ""), sum_over(each, Axis.all_static_axes(), keepdims=False)
    )

    loss = plus(right, minus(wrong, of_noise(entropy, "noisePriorEntropy")))
    return as_block(loss, [(x, inputs), (label, labels)], "NCE", name)


def _noise(noise_distribution, weights) -> np.ndarray:
    """Return the noise as probabilities that add up to 1."""
    variable = as_variable(noise_distribution)
    if not isinstance(variable, Constant):
        raise TypeError(f"nce_loss: the noise distribution must be constant, not {variable}")
    noise = np.asarray(variable.value, weights.dtype)
    if noise.shape != weights.shape[:1]:
        raise ShapeError(
            f"nce_loss: the noise distribution has shape {noise.shape}, the weights are for "
            f"{weights.shape[0]} labels"
        )
    if not (noise >= 0).all() or not 0 < noise.sum() < np.inf:
        raise ArgumentError("nce_loss: the noise must not be negative, nor zero everywhere")
    return noise / noise.sum()


def _number(x) -> Function:
    """Return a vector of one element as a number."""
    return reshape(x, (), 0, 1)
