"""The Layers library: networks from parameterised building blocks. This file is the list."""

from cntk.axis import Axis as Axis
from cntk.default_options import default_options as default_options
from cntk.default_options import default_options_for as default_options_for
from cntk.default_options import default_override_or as default_override_or
from cntk.default_options import get_default_override as get_default_override
from cntk.default_options import is_default_override as is_default_override
from cntk.initializer import *  # noqa: F403
from cntk.layers._recurrence.recurrent import GRU as GRU
from cntk.layers._recurrence.recurrent import LSTM as LSTM
from cntk.layers._recurrence.recurrent import RNNStep as RNNStep
from cntk.layers._recurrence.recurrent import RNNUnit as RNNUnit
from cntk.layers.blocks import ForwardDeclaration as ForwardDeclaration
from cntk.layers.blocks import Stabilizer as Stabilizer
from cntk.layers.blocks import UntestedBranchError as UntestedBranchError
from cntk.layers.blocks import identity as identity
from cntk.layers.higher_order_layers import For as For
from cntk.layers.higher_order_layers import ResNetBlock as ResNetBlock
from cntk.layers.higher_order_layers import Sequential as Sequential
from cntk.layers.higher_order_layers import SequentialClique as SequentialClique
from cntk.layers.layers import *  # noqa: F403
from cntk.layers.models.attention import AttentionModel as AttentionModel
from cntk.layers.sequence import Delay as Delay
from cntk.layers.sequence import Fold as Fold
from cntk.layers.sequence import PastValueWindow as PastValueWindow
from cntk.layers.sequence import Recurrence as Recurrence
from cntk.layers.sequence import RecurrenceFrom as RecurrenceFrom
from cntk.layers.sequence import UnfoldFrom as UnfoldFrom
from cntk.layers.typing import ParameterTensor as ParameterTensor
from cntk.layers.typing import Sequence as Sequence
from cntk.layers.typing import SequenceOver as SequenceOver
from cntk.layers.typing import SequenceOverMeta as SequenceOverMeta
from cntk.layers.typing import Signature as Signature
from cntk.layers.typing import SparseTensor as SparseTensor
from cntk.layers.typing import Tensor as Tensor
from cntk.layers.typing import tensor as tensor
from cntk.namespace import attribute_getter as _attribute_getter
from cntk.ops import alias as alias
from cntk.ops import batch_normalization as batch_normalization
from cntk.ops import combine as combine
from cntk.ops import convolution as convolution
from cntk.ops import convolution_transpose as convolution_transpose
from cntk.ops import dropout as dropout
from cntk.ops import placeholder as placeholder
from cntk.ops import pooling as pooling
from cntk.ops import reconcile_dynamic_axes as reconcile_dynamic_axes
from cntk.ops import reduce_mean as reduce_mean
from cntk.ops import reshape as reshape
from cntk.ops import sigmoid as sigmoid
from cntk.ops import slice as slice
from cntk.ops import softplus as softplus
from cntk.ops import splice as splice
from cntk.ops import sqrt as sqrt
from cntk.ops import tanh as tanh
from cntk.ops import times as times
from cntk.ops import unpooling as unpooling
from cntk.ops.functions import BlockFunction as BlockFunction
from cntk.ops.functions import Function as Function
from cntk.variables import Constant as Constant
from cntk.variables import Parameter as Parameter
from cntk.variables import Record as Record
from cntk.variables import Variable as Variable

__getattr__ = _attribute_getter(__name__)
