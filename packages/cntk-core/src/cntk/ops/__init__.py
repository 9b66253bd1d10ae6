"""All operators: this file is the list."""

from cntk.graph.native_user_function import native_user_function as native_user_function
from cntk.graph.native_user_function import (
    register_native_user_function as register_native_user_function,
)
from cntk.namespace import attribute_getter
from cntk.ops import _loss as _loss
from cntk.ops import _metric as _metric
from cntk.ops import _random as _random
from cntk.ops import overloads as overloads
from cntk.ops import sequence as sequence
from cntk.ops._activation.elu import elu as elu
from cntk.ops._activation.elu import selu as selu
from cntk.ops._activation.hard_sigmoid import hard_sigmoid as hard_sigmoid
from cntk.ops._activation.leaky_relu import leaky_relu as leaky_relu
from cntk.ops._activation.leaky_relu import param_relu as param_relu
from cntk.ops._activation.relu import relu as relu
from cntk.ops._activation.sigmoid import sigmoid as sigmoid
from cntk.ops._activation.softplus import softplus as softplus
from cntk.ops._activation.softsign import softsign as softsign
from cntk.ops._activation.straight_through import straight_through_impl as straight_through_impl
from cntk.ops._activation.tanh import tanh as tanh
from cntk.ops._convolution.convolution import convolution as convolution
from cntk.ops._convolution.convolution_transpose import (
    convolution_transpose as convolution_transpose,
)
from cntk.ops._elementwise.arithmetic import element_times as element_times
from cntk.ops._elementwise.arithmetic import minus as minus
from cntk.ops._elementwise.arithmetic import negate as negate
from cntk.ops._elementwise.arithmetic import plus as plus
from cntk.ops._elementwise.assign import assign as assign
from cntk.ops._elementwise.associative import associative_multi_arg as associative_multi_arg
from cntk.ops._elementwise.cast import cast as cast
from cntk.ops._elementwise.comparison import equal as equal
from cntk.ops._elementwise.comparison import greater as greater
from cntk.ops._elementwise.comparison import greater_equal as greater_equal
from cntk.ops._elementwise.comparison import less as less
from cntk.ops._elementwise.comparison import less_equal as less_equal
from cntk.ops._elementwise.comparison import not_equal as not_equal
from cntk.ops._elementwise.division import element_divide as element_divide
from cntk.ops._elementwise.division import reciprocal as reciprocal
from cntk.ops._elementwise.exponential import exp as exp
from cntk.ops._elementwise.exponential import log as log
from cntk.ops._elementwise.extrema import element_max as element_max
from cntk.ops._elementwise.extrema import element_min as element_min
from cntk.ops._elementwise.filled import ones_like as ones_like
from cntk.ops._elementwise.filled import zeros_like as zeros_like
from cntk.ops._elementwise.folding import mean as mean
from cntk.ops._elementwise.folding import sum as sum
from cntk.ops._elementwise.hyperbolic import asinh as asinh
from cntk.ops._elementwise.hyperbolic import atanh as atanh
from cntk.ops._elementwise.hyperbolic import cosh as cosh
from cntk.ops._elementwise.hyperbolic import sinh as sinh
from cntk.ops._elementwise.image_scaler import image_scaler as image_scaler
from cntk.ops._elementwise.log_add_exp import log_add_exp as log_add_exp
from cntk.ops._elementwise.logic import element_and as element_and
from cntk.ops._elementwise.logic import element_not as element_not
from cntk.ops._elementwise.logic import element_or as element_or
from cntk.ops._elementwise.logic import element_xor as element_xor
from cntk.ops._elementwise.magnitude import abs as abs
from cntk.ops._elementwise.normalizing import (
    per_dim_mean_variance_normalize as per_dim_mean_variance_normalize,
)
from cntk.ops._elementwise.passing import alias as alias
from cntk.ops._elementwise.passing import stop_gradient as stop_gradient
from cntk.ops._elementwise.power import pow as pow
from cntk.ops._elementwise.power import sqrt as sqrt
from cntk.ops._elementwise.power import square as square
from cntk.ops._elementwise.rounding import ceil as ceil
from cntk.ops._elementwise.rounding import floor as floor
from cntk.ops._elementwise.rounding import round as round
from cntk.ops._elementwise.selection import clip as clip
from cntk.ops._elementwise.selection import element_select as element_select
from cntk.ops._elementwise.trigonometry import acos as acos
from cntk.ops._elementwise.trigonometry import asin as asin
from cntk.ops._elementwise.trigonometry import atan as atan
from cntk.ops._elementwise.trigonometry import cos as cos
from cntk.ops._elementwise.trigonometry import sin as sin
from cntk.ops._elementwise.trigonometry import tan as tan
from cntk.ops._graph.compose import as_block as as_block
from cntk.ops._graph.compose import as_composite as as_composite
from cntk.ops._graph.compose import combine as combine
from cntk.ops._graph.custom_proxy import custom_proxy_op as custom_proxy_op
from cntk.ops._graph.leaves import constant as constant
from cntk.ops._graph.leaves import input as input
from cntk.ops._graph.leaves import input_variable as input_variable
from cntk.ops._graph.leaves import output_variable as output_variable
from cntk.ops._graph.leaves import parameter as parameter
from cntk.ops._graph.leaves import placeholder as placeholder
from cntk.ops._indexing.crop import crop_automatic as crop_automatic
from cntk.ops._indexing.crop import crop_automatic_with_ancestors as crop_automatic_with_ancestors
from cntk.ops._indexing.crop import crop_manual as crop_manual
from cntk.ops._indexing.gather import gather as gather
from cntk.ops._indexing.one_hot import one_hot as one_hot
from cntk.ops._indexing.slice import slice as slice
from cntk.ops._indexing.top_k import top_k as top_k
from cntk.ops._linear.times import TIMES_NO_INFERRED_INPUT_RANK as TIMES_NO_INFERRED_INPUT_RANK
from cntk.ops._linear.times import (
    TIMES_REDUCE_SEQUENCE_AXIS_WITHOUT_INFERRED_INPUT_RANK as TIMES_REDUCE_SEQUENCE_AXIS_WITHOUT_INFERRED_INPUT_RANK,  # noqa: E501
)
from cntk.ops._linear.times import times as times
from cntk.ops._linear.times import times_transpose as times_transpose
from cntk.ops._loss.ctc.forward_backward import forward_backward as forward_backward
from cntk.ops._loss.ctc.labels_to_graph import labels_to_graph as labels_to_graph
from cntk.ops._normalization.batch_normalization import batch_normalization as batch_normalization
from cntk.ops._normalization.hardmax import hardmax as hardmax
from cntk.ops._normalization.local_response import (
    local_response_normalization as local_response_normalization,
)
from cntk.ops._normalization.log_softmax import log_softmax as log_softmax
from cntk.ops._normalization.mean_variance import (
    mean_variance_normalization as mean_variance_normalization,
)
from cntk.ops._normalization.softmax import softmax as softmax
from cntk.ops._pooling.pooling import AVG_POOLING as AVG_POOLING
from cntk.ops._pooling.pooling import MAX_POOLING as MAX_POOLING
from cntk.ops._pooling.pooling import PoolingType_Average as PoolingType_Average
from cntk.ops._pooling.pooling import PoolingType_Max as PoolingType_Max
from cntk.ops._pooling.pooling import pooling as pooling
from cntk.ops._pooling.unpooling import MAX_UNPOOLING as MAX_UNPOOLING
from cntk.ops._pooling.unpooling import unpooling as unpooling
from cntk.ops._random.dropout import dropout as dropout
from cntk.ops._random.sample import random_sample as random_sample
from cntk.ops._random.sample import (
    random_sample_inclusion_frequency as random_sample_inclusion_frequency,
)
from cntk.ops._recurrence.optimized_rnnstack import optimized_rnnstack as optimized_rnnstack
from cntk.ops._reduction.arg import argmax as argmax
from cntk.ops._reduction.arg import argmin as argmin
from cntk.ops._reduction.extrema import reduce_max as reduce_max
from cntk.ops._reduction.extrema import reduce_min as reduce_min
from cntk.ops._reduction.norms import reduce_l1 as reduce_l1
from cntk.ops._reduction.norms import reduce_l2 as reduce_l2
from cntk.ops._reduction.norms import reduce_sum_square as reduce_sum_square
from cntk.ops._reduction.reduce_log_sum_exp import reduce_log_sum_exp as reduce_log_sum_exp
from cntk.ops._reduction.reduce_mean import reduce_mean as reduce_mean
from cntk.ops._reduction.reduce_prod import reduce_prod as reduce_prod
from cntk.ops._reduction.reduce_sum import reduce_sum as reduce_sum
from cntk.ops._sequence.reconcile import reconcile_dynamic_axes as reconcile_dynamic_axes
from cntk.ops._sequence.to_sequence import to_sequence as to_sequence
from cntk.ops._sequence.to_sequence import to_sequence_like as to_sequence_like
from cntk.ops._shape.batch_axis import to_batch as to_batch
from cntk.ops._shape.batch_axis import unpack_batch as unpack_batch
from cntk.ops._shape.expand_dims import expand_dims as expand_dims
from cntk.ops._shape.eye_like import eye_like as eye_like
from cntk.ops._shape.flatten import flatten as flatten
from cntk.ops._shape.pad import CONSTANT_PAD as CONSTANT_PAD
from cntk.ops._shape.pad import REFLECT_PAD as REFLECT_PAD
from cntk.ops._shape.pad import SYMMETRIC_PAD as SYMMETRIC_PAD
from cntk.ops._shape.pad import pad as pad
from cntk.ops._shape.reshape import reshape as reshape
from cntk.ops._shape.space_depth import depth_to_space as depth_to_space
from cntk.ops._shape.space_depth import space_to_depth as space_to_depth
from cntk.ops._shape.splice import splice as splice
from cntk.ops._shape.squeeze import squeeze as squeeze
from cntk.ops._shape.transpose import swapaxes as swapaxes
from cntk.ops._shape.transpose import transpose as transpose
from cntk.ops.functions import BlockFunction as BlockFunction
from cntk.ops.functions import CloneMethod as CloneMethod
from cntk.ops.functions import Function as Function
from cntk.ops.functions import ModelFormat as ModelFormat
from cntk.ops.functions import load_model as load_model

__getattr__ = attribute_getter(__name__)
