"""The path ``cntk.layers.layers`` of CNTK 2.7."""

from cntk.layers._convolution.convolution_ranks import Convolution1D as Convolution1D
from cntk.layers._convolution.convolution_ranks import Convolution2D as Convolution2D
from cntk.layers._convolution.convolution_ranks import Convolution3D as Convolution3D
from cntk.layers._convolution.convolutional import Convolution as Convolution
from cntk.layers._convolution.pooling import AveragePooling as AveragePooling
from cntk.layers._convolution.pooling import GlobalAveragePooling as GlobalAveragePooling
from cntk.layers._convolution.pooling import GlobalMaxPooling as GlobalMaxPooling
from cntk.layers._convolution.pooling import MaxPooling as MaxPooling
from cntk.layers._convolution.pooling import MaxUnpooling as MaxUnpooling
from cntk.layers._convolution.sequential_convolution import (
    SequentialConvolution as SequentialConvolution,
)
from cntk.layers._convolution.transposed import ConvolutionTranspose as ConvolutionTranspose
from cntk.layers._convolution.transposed import ConvolutionTranspose1D as ConvolutionTranspose1D
from cntk.layers._convolution.transposed import ConvolutionTranspose2D as ConvolutionTranspose2D
from cntk.layers._convolution.transposed import ConvolutionTranspose3D as ConvolutionTranspose3D
from cntk.layers._convolution.transposed import Deconvolution as Deconvolution
from cntk.layers.activation import Activation as Activation
from cntk.layers.blocks import identity as identity
from cntk.layers.dense import Dense as Dense
from cntk.layers.dropout import Dropout as Dropout
from cntk.layers.embedding import Embedding as Embedding
from cntk.layers.label import Label as Label
from cntk.layers.normalization import BatchNormalization as BatchNormalization
from cntk.layers.normalization import LayerNormalization as LayerNormalization
from cntk.namespace import attribute_getter as _attribute_getter

__getattr__ = _attribute_getter(__name__)
