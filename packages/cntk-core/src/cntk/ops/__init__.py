"""All operators: this file is the list."""

from cntk.ops import overloads as overloads
from cntk.ops._activation.sigmoid import sigmoid as sigmoid
from cntk.ops._elementwise.arithmetic import element_times as element_times
from cntk.ops._elementwise.arithmetic import minus as minus
from cntk.ops._elementwise.arithmetic import negate as negate
from cntk.ops._elementwise.arithmetic import plus as plus
from cntk.ops._graph.compose import as_block as as_block
from cntk.ops._graph.compose import as_composite as as_composite
from cntk.ops._graph.compose import combine as combine
from cntk.ops._graph.leaves import constant as constant
from cntk.ops._graph.leaves import input as input
from cntk.ops._graph.leaves import input_variable as input_variable
from cntk.ops._graph.leaves import output_variable as output_variable
from cntk.ops._graph.leaves import parameter as parameter
from cntk.ops._graph.leaves import placeholder as placeholder
from cntk.ops._linear.contract import contract as contract
from cntk.ops._linear.times import times as times
from cntk.ops._linear.times import times_transpose as times_transpose
