"""The Layers library: networks from parameterised building blocks. This file is the list."""

from cntk.default_options import default_options as default_options
from cntk.default_options import default_options_for as default_options_for
from cntk.default_options import default_override_or as default_override_or
from cntk.graph.trace import block_function as BlockFunction  # noqa: N812
from cntk.initializer import *  # noqa: F403
from cntk.layers.blocks import ForwardDeclaration as ForwardDeclaration
from cntk.layers.blocks import Stabilizer as Stabilizer
from cntk.layers.blocks import UntestedBranchError as UntestedBranchError
from cntk.layers.blocks import identity as identity
from cntk.layers.higher_order_layers import For as For
from cntk.layers.higher_order_layers import ResNetBlock as ResNetBlock
from cntk.layers.higher_order_layers import Sequential as Sequential
from cntk.layers.higher_order_layers import SequentialClique as SequentialClique
from cntk.layers.layers import *  # noqa: F403
from cntk.layers.typing import ParameterTensor as ParameterTensor
from cntk.layers.typing import Sequence as Sequence
from cntk.layers.typing import SequenceOver as SequenceOver
from cntk.layers.typing import Signature as Signature
from cntk.layers.typing import SparseTensor as SparseTensor
from cntk.layers.typing import Tensor as Tensor
from cntk.layers.typing import tensor as tensor
from cntk.namespace import attribute_getter

__getattr__ = attribute_getter(__name__)
