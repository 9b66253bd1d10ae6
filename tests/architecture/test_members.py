"""What objects of CNTK 2.7 have in their ``dir()`` works here, or says what to use instead."""

from __future__ import annotations

import numpy as np
import pytest

import cntk as C

# printed by CNTK 2.7, without names that begin with an underscore
MEMBERS = {
    "Function": """argument_map arguments as_string attributes backward block_arguments_mapping
        block_root clone clone_flattened constants current_version custom_attributes declare_args
        deserialize_method_name eval evaluate find_all_with_name find_by_name forward
        get_custom_attributes grad gradients inputs is_block is_composite is_primitive load
        load_from_buffer max_num_outputs module_name name native_user_function op_name output
        outputs parameters placeholders print_node_timing register_native_user_function
        register_udf_deserialize_callback replace_placeholder replace_placeholders
        reset_custom_attributes restore restore_from_checkpoint root_function save serialize
        set_attribute set_name set_native signature test train type uid update_signature
        with_signature""",
    "Variable": """as_constant as_parameter as_string current_value_time_stamp dtype dynamic_axes
        get_data_type get_value has_batch_axis has_sequence_axis is_constant is_initialized
        is_input is_output is_parameter is_placeholder is_sparse kind name needs_gradient owner
        shape uid""",
    "Parameter": """as_string asarray current_value_time_stamp dtype dynamic_axes get_data_type
        get_value has_batch_axis has_sequence_axis is_constant is_initialized is_input is_output
        is_parameter is_placeholder is_sparse kind name needs_gradient owner record_value_update
        set_value shape uid value""",
    "Constant": """as_string asarray clone_as current_value_time_stamp dtype dynamic_axes
        get_data_type get_value has_batch_axis has_sequence_axis is_constant is_initialized
        is_input is_output is_parameter is_placeholder is_sparse kind name needs_gradient owner
        record_value_update scalar set_value shape uid value""",
    "Learner": """add_progress_writers create_checkpoint current_version ignored_minibatch_size
        is_compatible_mode is_minibatch_size_explicitly_specified learning_rate minibatch_size
        parameters reset_learning_rate reset_smoothed_gradients restore_from_checkpoint
        set_need_to_update_master_parameter total_number_of_minibatches_seen
        total_number_of_samples_seen total_number_of_sweeps_seen update""",
    "Value": """ONE_HOT_SKIP alias as_sequences as_string asarray copy_from copy_variable_value_to
        copy_variable_value_to_double copy_variable_value_to_float create create_batch_double
        create_batch_float create_dense_double create_dense_float create_one_hot_double
        create_one_hot_float create_sequence_double create_sequence_float data deep_clone device
        dtype erase get_data_type get_storage_format is_read_only is_sparse is_valid mask
        masked_count one_hot one_hot_skip shape unpack_variable_value""",
    "NDArrayView": """alias as_shape as_string asarray change_device copy_from deep_clone device
        dtype from_csr from_data from_dense get_data_type get_storage_format is_read_only
        is_slice_view is_sparse random_uniform_double random_uniform_float set_value shape
        slice_view to_ndarray""",
    "Axis": """all_axes all_static_axes as_string default_batch_axis default_dynamic_axis
        default_input_variable_dynamic_axes end_static_axis is_batch_axis is_dynamic_axis
        is_ordered is_sequence_axis is_static_axis name new_leading_axis new_unique_dynamic_axis
        operand_sequence_axis static_axis_index unknown_dynamic_axes""",
    "DeviceDescriptor": """all_devices as_string cpu_device get_gpu_properties gpu_device id
        is_locked set_excluded_devices try_set_default_device type use_default_device""",
}
# raised by the properties themselves, of an object that has no such thing
REFUSED = {"block_arguments_mapping": ValueError, "block_root": ValueError, "owner": RuntimeError}
NATIVE_ONLY = set(
    """add_progress_writers copy_variable_value_to copy_variable_value_to_double
    copy_variable_value_to_float
    create_batch_double create_batch_float create_dense_double create_dense_float
    create_one_hot_double create_one_hot_float create_sequence_double create_sequence_float
    current_version deserialize_method_name is_slice_view module_name restore_from_checkpoint
    serialize set_native set_need_to_update_master_parameter unpack_variable_value""".split()
)


def an_object(kind):
    x = C.input_variable(3)
    if kind == "Function":
        return C.times(x, C.parameter((3, 2)))
    ragged = C.Value([np.ones((n, 3), np.float32) for n in (1, 2)])
    return {
        "Variable": x,
        "Parameter": C.parameter(2),
        "Learner": C.sgd([C.parameter(2)], 0.1),
        "Constant": C.constant(2),
        "Value": ragged,
        "NDArrayView": ragged.data,
        "Axis": C.Axis(1),
        "DeviceDescriptor": C.cpu(),
    }[kind]


@pytest.mark.parametrize("kind", MEMBERS)
def test_each_member_is_there_or_says_what_to_use(kind):
    thing = an_object(kind)
    for name in MEMBERS[kind].split():
        assert name in dir(thing), name
        if name in NATIVE_ONLY and (kind, name) != ("Learner", "restore_from_checkpoint"):
            with pytest.raises(AttributeError, match=f"'{name}' served the native.*try: "):
                getattr(thing, name)
            assert not hasattr(thing, name)
        elif name in REFUSED and kind in ("Function", "Variable", "Parameter", "Constant"):
            with pytest.raises(REFUSED[name]):
                getattr(thing, name)
        else:
            getattr(thing, name)


def test_native_numbers_are_those_of_the_enumerations():
    native = C.cntk_py
    assert C.input_variable(1, np.float64).get_data_type() == native.DataType_Double == 2
    assert C.Value(np.ones((1, 1), np.float16)).get_data_type() == native.DataType_Float16 == 4
    assert C.placeholder().get_data_type() == native.DataType_Unknown == 0
    assert C.Value.one_hot([1], 3).get_storage_format() == native.StorageFormat_SparseCSC == 1
    assert C.cpu().type() == native.DeviceKind_CPU == 0
    assert C.parameter(1).kind() == native.VariableKind_Parameter == C.parameter(1).kind
