"""Operators on sequences: this file is the list."""

from cntk.ops._sequence.broadcast_as import broadcast_as as broadcast_as
from cntk.ops._sequence.edges import first as first
from cntk.ops._sequence.edges import is_first as is_first
from cntk.ops._sequence.edges import is_last as is_last
from cntk.ops._sequence.edges import last as last
from cntk.ops._sequence.edges import sequence_slice as slice
from cntk.ops._sequence.gather import sequence_gather as gather
from cntk.ops._sequence.gather import sequence_scatter as scatter
from cntk.ops._sequence.inputs import input as input
from cntk.ops._sequence.inputs import input_variable as input_variable
from cntk.ops._sequence.past_value import delay as delay
from cntk.ops._sequence.past_value import future_value as future_value
from cntk.ops._sequence.past_value import past_value as past_value
from cntk.ops._sequence.reduce import sequence_reduce_max as reduce_max
from cntk.ops._sequence.reduce import sequence_reduce_sum as reduce_sum
from cntk.ops._sequence.reduce import sequence_softmax as softmax
from cntk.ops._sequence.unpack import unpack as unpack
from cntk.ops._sequence.where import sequence_where as where

__all__ = [
    "broadcast_as",
    "delay",
    "first",
    "future_value",
    "gather",
    "input",
    "input_variable",
    "is_first",
    "is_last",
    "last",
    "past_value",
    "reduce_max",
    "reduce_sum",
    "scatter",
    "slice",
    "softmax",
    "unpack",
    "where",
]
