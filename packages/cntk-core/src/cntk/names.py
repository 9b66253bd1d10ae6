"""The public names of CNTK 2.7, and what has become of each. Data only; read by ``namespace.py``.

A name of ``cntk`` stands in exactly one of these tables. The tables by module also serve
``cntk.ops``, ``cntk.learners`` and the other modules that lack a name of the original.
"""

from __future__ import annotations

# module that defines it now -> names of ``cntk``
HOMES = {
    "cntk.axis": "Axis",
    "cntk.core": "asarray asvalue",
    "cntk.default_options": """
        default_options default_options_for default_override_or get_default_override
        get_global_option is_default_override set_global_option""",
    "cntk.device": """
        DeviceDescriptor DeviceKind all_devices cpu get_gpu_properties gpu set_excluded_devices
        try_set_default_device use_default_device""",
    "cntk.eval.evaluator": "Evaluator",
    "cntk.graph.native_user_function": "native_user_function register_native_user_function",
    "cntk.graph.user_function": "user_function",
    "cntk.initializer": """
        DefaultParamInitScale SentinelValueForAutoSelectRandomSeed
        SentinelValueForInferParamInitRank bilinear glorot_normal glorot_uniform he_normal
        he_uniform initializer_with_rank normal truncated_normal uniform xavier""",
    "cntk.internal.sanitize": """
        sanitize_function sanitize_input sanitize_permutation sanitize_shape""",
    "cntk.internal.swig_helper": "map_if_possible typemap",
    "cntk.internal.utils": "get_data_type",
    "cntk.learners": """
        IGNORE Learner UnitType UserLearner adadelta adagrad adam default_unit_gain_value fsadagrad
        learning_parameter_schedule learning_parameter_schedule_per_sample learning_rate_schedule
        momentum_as_time_constant_schedule momentum_schedule momentum_schedule_per_sample
        momentum_sgd nesterov rmsprop set_default_unit_gain_value sgd training_parameter_schedule
        universal""",
    "cntk.losses": """
        binary_cross_entropy cosine_distance cosine_distance_with_negative_samples
        cross_entropy_with_softmax fmeasure hierarchical_softmax_layer lambda_rank nce_loss
        squared_error weighted_binary_cross_entropy""",
    "cntk.metrics": "classification_error edit_distance_error ndcg_at_1",
    "cntk.minibatch": "INFINITELY_REPEAT MinibatchData",
    "cntk.ops": """
        AVG_POOLING CONSTANT_PAD MAX_POOLING MAX_UNPOOLING PoolingType_Average PoolingType_Max
        REFLECT_PAD SYMMETRIC_PAD TIMES_NO_INFERRED_INPUT_RANK
        TIMES_REDUCE_SEQUENCE_AXIS_WITHOUT_INFERRED_INPUT_RANK
        abs acos alias argmax argmin as_block as_composite asin asinh assign associative_multi_arg
        atan atanh batch_normalization cast ceil clip combine constant convolution
        convolution_transpose cos cosh crop_automatic crop_automatic_with_ancestors crop_manual
        custom_proxy_op
        depth_to_space dropout element_and element_divide element_max element_min element_not
        element_or element_select element_times element_xor elu equal exp expand_dims eye_like
        flatten floor forward_backward gather greater greater_equal hard_sigmoid hardmax
        image_scaler input input_variable labels_to_graph leaky_relu less less_equal
        local_response_normalization log log_add_exp log_softmax mean mean_variance_normalization
        minus negate not_equal one_hot ones_like
        optimized_rnnstack output_variable pad param_relu parameter
        per_dim_mean_variance_normalize placeholder plus
        pooling pow random_sample random_sample_inclusion_frequency reciprocal
        reconcile_dynamic_axes reduce_l1 reduce_l2 reduce_log_sum_exp
        reduce_max reduce_mean reduce_min reduce_prod reduce_sum reduce_sum_square relu reshape
        round selu sigmoid sin sinh slice softmax softplus softsign space_to_depth splice sqrt
        square squeeze stop_gradient straight_through_impl sum swapaxes tan tanh times
        times_transpose to_batch to_sequence to_sequence_like top_k transpose unpack_batch unpooling
        zeros_like""",
    "cntk.ops.functions": "BlockFunction CloneMethod Function ModelFormat load_model",
    "cntk.random": "auto_select",
    "cntk.shape": "FreeDimension InferredDimension",
    "cntk.tensor": "NDArrayView",
    "cntk.train.distributed": """
        Communicator DistributedLearner WorkerDescriptor block_momentum_distributed_learner
        data_parallel_distributed_learner mpi_communicator""",
    "cntk.train.trainer": "Trainer",
    "cntk.train.training_session": """
        CheckpointConfig CrossValidationConfig DataUnit TestConfig TrainingSession
        minibatch_size_schedule training_session""",
    "cntk.value": "Value",
    "cntk.variables": "Constant Parameter Variable",
}

# modules that are names of ``cntk``, where the module has another path than the name
MODULES = {
    "C": "cntk",
    "distributed": "cntk.train.distributed",
    "evaluator": "cntk.eval.evaluator",
    "functions": "cntk.ops.functions",
    "sequence": "cntk.ops.sequence",
    "trainer": "cntk.train.trainer",
    "utils": "cntk.internal.utils",
} | {
    name: f"cntk.{name}"
    for name in """
        axis cntk_py core debugging device eval initializer internal io layers learners logging
        losses metrics misc ops random tensor train variables""".split()
}

# distribution on PyPI -> the sub-packages it owns
DISTRIBUTIONS = {
    "cntk-layers": "cntk.layers",
    "cntk-readers": "cntk.io",
    "cntk-cpu": "cntk.native",
    "cntk-cuda": "cntk.cuda",
    "cntk-distributed": "cntk.mpi",
    "cntk-vision": "cntk.vision",
    "cntk-onnx": "cntk.onnx",
    "cntk-keras": "cntk.keras",
}

# operator of ``cntk.ops`` and ``cntk`` that another distribution brings
OPERATORS_ELSEWHERE = {"roipooling": "cntk-vision"}

# module of the original -> names that this release does not have yet
LATER = {
    "cntk": "contrib install_samples lattice_sequence_with_softmax sample_installer",
    "cntk.debugging": "save_as_legacy_model",
    "cntk.debugging.debug": "save_as_legacy_model",
    "cntk.internal.utils": """
        Dictionary DictionaryValue DictionaryValueFromDict DictionaryValueFromNDArrayView eval""",
    "cntk.io": "HTKMLFBinaryDeserializer LatticeDeserializer",
    "cntk.losses": "lattice_sequence_with_softmax",
}
# why, where there is more to say than that it takes time
REASONS = {
    "cntk.io.HTKMLFBinaryDeserializer": "the form of its files is described nowhere; "
    "HTKMLFDeserializer reads label files of text",
    "cntk.io.LatticeDeserializer": "the form of its files is described nowhere",
}
LATER_MODULES = "cntk.contrib", "cntk.sample_installer"

# module of the original -> names that only served its native library: they start that library, or
# turn arguments into its column-major order and type numbers, and mean nothing without it
NATIVE_ONLY = {
    "cntk": """
        cntk_library_path cntk_py_init data_type_to_dtype sanitize_axis
        sanitize_axis_list sanitize_batch sanitize_convolution_args sanitize_dtype_cntk
        sanitize_dynamic_axes sanitize_multi_axis_reduction_list sanitize_pooling_args
        sanitize_var_map""",
    "cntk.internal.sanitize": """
        bounded_cache data_type_to_dtype sanitize_axis sanitize_axis_list sanitize_batch
        sanitize_convolution_args sanitize_dtype_cntk sanitize_dynamic_axes
        sanitize_multi_axis_reduction_list sanitize_pooling_args sanitize_random_args
        sanitize_value sanitize_var_map sanitize_variable_value_dict""",
    "cntk.core": "data_type_to_dtype sanitize_batch",
    "cntk.layers": "NDShape",
    "cntk.layers.layers": "NDShape",
    "cntk.ops.functions": """
        sanitize_batch sanitize_dtype_cntk sanitize_var_map sanitize_variable_value_dict""",
    "cntk.variables": "sanitize_dtype_cntk sanitize_dynamic_axes sanitize_value",
}

# module of the original -> names that are only imported there, and that scripts may take from it
_OF_LAYERS = """
    BlockFunction Constant Function Parameter default_override_or get_default_override"""
_OF_CELLS = f"""
    {_OF_LAYERS} InferredDimension alias combine glorot_uniform placeholder sigmoid slice softplus
    tanh times"""
BORROWED = {
    "cntk.core": "typemap",
    "cntk.layers": """
        InferredDimension PoolingType_Average PoolingType_Max get_python_function_arguments
        map_function_arguments sanitize_shape""",
    "cntk.layers.blocks": _OF_CELLS,
    "cntk.layers.layers": f"""
        {_OF_LAYERS} PoolingType_Average PoolingType_Max Record
        SentinelValueForAutoSelectRandomSeed UntestedBranchError batch_normalization convolution
        convolution_transpose dropout is_default_override pooling reduce_mean reshape splice sqrt
        times unpooling""",
    "cntk.layers.models": """
        Dense Function Label PastValueWindow Stabilizer default_options default_override_or
        get_default_override glorot_uniform""",
    "cntk.layers.sequence": f"""
        {_OF_CELLS} ForwardDeclaration GRU LSTM RNNStep RNNUnit Record Stabilizer
        UntestedBranchError identity reconcile_dynamic_axes splice""",
    "cntk.layers.typing": """
        Record Variable get_python_function_arguments map_function_arguments sanitize_shape""",
    "cntk.ops.functions": """
        get_python_function_arguments is_byte_buffer map_function_arguments map_if_possible
        sanitize_Function_attributes sanitize_variables_or_functions typemap""",
    "cntk.variables": """
        DeviceDescriptor NDArrayView TensorOpsMixin default_override_or get_default_override
        sanitize_precision sanitize_shape typemap use_default_device""",
}
# where those of them are that are no names of ``cntk``
BORROWED_FROM = {
    "cntk.internal.sanitize": """
        is_byte_buffer sanitize_Function_attributes sanitize_precision
        sanitize_variables_or_functions""",
    "cntk.internal.utils": "get_python_function_arguments map_function_arguments",
    "cntk.layers": """
        Dense ForwardDeclaration GRU LSTM Label PastValueWindow RNNStep RNNUnit Record Stabilizer
        UntestedBranchError identity""",
    "cntk.tensor": "TensorOpsMixin",
}

# compiler directives of Python 2 that the original's modules show
DIRECTIVES = ("division", "print_function")
