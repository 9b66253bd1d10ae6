"""Softmax over many labels in two steps: over classes of labels, then within a class."""

from __future__ import annotations

import math

from cntk.counts import count_of
from cntk.errors import ArgumentError, ShapeError
from cntk.graph.build import as_variable
from cntk.graph.function import Function
from cntk.initializer import glorot_normal
from cntk.ops import (
    constant,
    element_divide,
    element_times,
    floor,
    one_hot,
    parameter,
    plus,
    reshape,
    softmax,
    times,
    times_transpose,
)


def hierarchical_softmax_layer(
    input_var, label_index, label_dim: int, label_classes: int | None = None
) -> tuple[Function, Function, list[Function]]:
    """Return probabilities of labels that are arranged in classes of equal size.

    Label ``n`` is number ``n % m`` of class ``n // m``, with ``m`` labels in a class. Training on
    the first result computes one class only: in ``O(sqrt(label_dim))``.

    Args:
        input_var: static shape ``(D,)``.
        label_index: static shape ``(1,)``; the number of the right label.
        label_dim: number of labels.
        label_classes: number of classes; default: the square root of ``label_dim``.

    Returns:
        The probability of the right label, of static shape ``(1, 1)``; those of the classes,
        ``(label_classes,)``; and for each class those of its labels.

    Raises:
        ValueError: ``input_var`` is not a vector, or a number is not positive.

    Reference: Morin, Bengio, "Hierarchical probabilistic neural network language model", AISTATS
    2005.

    >>> x, label = C.input_variable(3), C.input_variable(1)
    >>> right, classes, labels = C.hierarchical_softmax_layer(x, label, 10)
    >>> right.shape, classes.shape, [each.shape for each in labels]
    ((1, 1), (4,), [(3,), (3,), (3,), (3,)])
    """
    num_labels = _positive(label_dim, "label_dim")
    num_classes = _positive(
        math.ceil(math.sqrt(num_labels)) if label_classes is None else label_classes,
        "label_classes",
    )
    class_size = math.ceil(num_labels / num_classes)
    input_var = as_variable(input_var)
    if len(input_var.shape) != 1:
        raise ShapeError(f"hierarchical_softmax_layer: {input_var} is not a vector")
    tree = _Tree(input_var, num_classes, class_size)

    label_class = floor(element_divide(label_index + 0.5, class_size))
    in_class = floor((label_index - label_class * class_size) + 0.5)
    chosen, again = (one_hot(label_class, num_classes, False) for _ in range(2))
    weight = reshape(times(chosen, tree.weights, output_rank=2), (input_var.shape[0], -1))
    bias = reshape(times(chosen, tree.biases), (-1,))
    within = softmax(plus(bias, times(input_var, weight)))
    right = element_times(
        times_transpose(one_hot(in_class, class_size, False), within),
        times_transpose(again, tree.class_probabilities),
    )
    return right, tree.class_probabilities, [tree.labels_of(i) for i in range(num_classes)]


def _positive(number, what: str) -> int:
    count = count_of(number, what)
    if count < 1:
        raise ArgumentError(f"hierarchical_softmax_layer: {what} must be positive, not {number}")
    return count


class _Tree:
    """The parameters, and the probabilities of the classes.

    Args:
        x: the input vector.
        num_classes: number of classes.
        class_size: number of labels in each.
    """

    def __init__(self, x, num_classes: int, class_size: int) -> None:
        self.x, self.num_classes = x, num_classes
        size = x.shape[0]

        def fresh(shape: tuple[int, ...], name: str):
            return parameter(shape, init=glorot_normal(), dtype=x.dtype, name=f"hsoftmax_{name}")

        w1, b1 = fresh((size, num_classes), "w1"), fresh((num_classes,), "b1")
        self.weights = fresh((num_classes, size, class_size), "w2s")
        self.biases = fresh((num_classes, class_size), "b2s")
        self.class_probabilities = softmax(plus(b1, times(x, w1)))

    def labels_of(self, number: int) -> Function:
        """Return the probabilities of the labels of one class."""
        chosen = one_hot(constant(number, dtype=self.x.dtype), self.num_classes, False)
        logits = plus(
            times(chosen, self.biases), times(self.x, times(chosen, self.weights, output_rank=2))
        )
        return element_times(softmax(logits), times_transpose(chosen, self.class_probabilities))
