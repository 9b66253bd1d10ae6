"""The labels of connectionist temporal classification."""

from __future__ import annotations

from cntk.graph.function import Function
from cntk.operators.declare import Operand, Sample, operator
from cntk.operators.stored import Primitive


@operator(family="per_sample", stored=Primitive(63, "LabelsToGraph"), view=True)
def labels_to_graph(labels: Operand, name: str = "") -> Function:
    """Return the labels as the first operand of :func:`cntk.forward_backward`: unchanged.

    Args:
        labels: any static shape ``(V,)``, a sequence with a row for each frame: see there.
        name: name of the result.

    >>> labels = C.sequence.input_variable(3)
    >>> C.labels_to_graph(labels).eval([np.array([[0, 2, 0], [0, 1, 0]], np.float32)])
    [array([[0., 2., 0.],
           [0., 1., 0.]], dtype=float32)]
    """


@labels_to_graph.shape
def labels_to_graph_shape(labels):
    return labels.shape


@labels_to_graph.reference
def labels_to_graph_reference(labels):
    return labels


@labels_to_graph.gradient
def labels_to_graph_gradient(dy):
    return dy


@labels_to_graph.samples
def labels_to_graph_samples(make):
    yield Sample(make(5))
    yield Sample(make(2, 3))
