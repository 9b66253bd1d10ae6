"""Which golden cases must pass, and why the others wait.

A case that is not listed as ready waits only while a name in its expression does not exist. As soon
as all names exist it must pass as well.
"""

from __future__ import annotations

READY = set(
    """
    abs acos asin asinh atan atanh ceil cos cosh elu exp floor hard_sigmoid leaky_relu log negate
    param_relu pow reciprocal relu round selu sigmoid sin sinh softplus softsign sqrt square
    straight_through_impl tan tanh
    plus minus element_times element_divide element_max element_min log_add_exp sum mean
    equal not_equal less less_equal greater greater_equal
    element_and element_or element_xor element_not element_select clip
    zeros_like ones_like constant_like eye_like stop_gradient alias cast assign

    reduce_sum reduce_mean reduce_max reduce_min reduce_prod reduce_log_sum_exp reduce_l1 reduce_l2
    reduce_sum_square argmax argmin top_k

    reshape transpose swapaxes slice splice squeeze expand_dims flatten pad one_hot gather
    depth_to_space space_to_depth crop_manual crop_automatic to_batch unpack_batch
    combine as_block

    times times_transpose
    convolution convolution_transpose pooling unpooling
    batch_normalization mean_variance_normalization per_dim_mean_variance_normalize
    local_response_normalization image_scaler
    softmax log_softmax hardmax dropout

    cross_entropy_with_softmax squared_error binary_cross_entropy weighted_binary_cross_entropy
    classification_error cosine_distance cosine_distance_with_negative_samples lambda_rank
    ndcg_at_1

    sequence_first sequence_last sequence_is_first sequence_is_last sequence_slice sequence_gather
    sequence_scatter sequence_where sequence_broadcast_as sequence_unpack sequence_reduce_sum
    sequence_reduce_max sequence_softmax sequence_delay sequence_reduce sequence_two_axes
    to_sequence to_sequence_like reconcile_dynamic_axes
    """.split()
)

# case -> why it waits although its operator is ready
WAITING: dict[str, str] = {}

# the original refuses these on the CPU only; here they may work
LIMITS_OF_THE_ORIGINAL = {
    "cross_entropy_with_softmax/3": "one target for all samples",
    "convolution/0": "padding over the channel axis",
    "convolution/5": "padding over the channel axis",
    "convolution/7": "dilation",
    "roipooling/1": "average pooling of regions",
    "optimized_rnnstack/0": "recurrent stacks",
}

# the original overwrites an operand before it computes this gradient; ours is right
WRONG_IN_THE_ORIGINAL = {("pow/4", "x0")}
