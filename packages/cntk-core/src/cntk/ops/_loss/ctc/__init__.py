"""Connectionist temporal classification: a loss for labels without a place in time."""

from cntk.ops._loss.ctc import forward_backward as forward_backward
from cntk.ops._loss.ctc import labels_to_graph as labels_to_graph
