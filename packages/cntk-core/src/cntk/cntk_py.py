"""The native module of CNTK 2.7, as far as scripts use it.

Its classes are this toolkit's own classes, its seeds are those of :mod:`cntk.seeds`. Switches of
the native library that have nothing to switch here are functions without effect; each says why.
"""

from __future__ import annotations

import importlib
import operator
import os
from collections.abc import Callable

from cntk.execution.threads import one_thread
from cntk.namespace import lookup_absent
from cntk.seeds import generate_random_seed as generate_random_seed
from cntk.seeds import get_random_seed as get_random_seed
from cntk.seeds import is_random_seed_fixed as is_random_seed_fixed
from cntk.seeds import reset_random_seed as reset_random_seed
from cntk.seeds import set_fixed_random_seed as set_fixed_random_seed

_ELSEWHERE = {
    "cntk.axis": "Axis",
    "cntk.core": "NDArrayView Value",
    "cntk.debugging": "set_checked_mode set_computation_network_trace_level set_node_timing",
    "cntk.device": "DeviceDescriptor",
    "cntk.eval.evaluator": "Evaluator",
    "cntk.learners": "Learner default_unit_gain_value set_default_unit_gain_value",
    "cntk.learners.universal": "universal_learner",
    "cntk.logging.progress_print": "ProgressWriter",
    "cntk.logging": "get_trace_level set_trace_level",
    "cntk.minibatch": "MinibatchData StreamInformation",
    "cntk.ops": "PoolingType_Average PoolingType_Max",
    "cntk.ops.functions": "Function",
    "cntk.shape": "FreeDimension InferredDimension",
    "cntk.train": "CheckpointConfig CrossValidationConfig TestConfig Trainer TrainingSession",
    "cntk.variables": "Constant Parameter Variable",
}
_HOME = {name: home for home, listed in _ELSEWHERE.items() for name in listed.split()}

# the native enumerations: members are numbered from 0 in this order
_ENUMERATIONS = {
    "DataType": "Unknown Float Double UChar Float16 Int8 Int16",
    "DataUnit": "Sweep Sample Minibatch",
    "DeviceKind": "CPU GPU",
    "MaskKind": "Invalid Valid SequenceBegin",
    "ModelFormat": "CNTKv2 ONNX",
    "PaddingMode": "CONSTANTPAD REFLECTPAD SYMMETRICPAD",
    "ParameterCloningMethod": "Share Clone Freeze Invalid",
    "StorageFormat": "Dense SparseCSC SparseBlockCol",
    "TraceLevel": "Error Warning Info",
    "VariableKind": "Input Output Parameter Constant Placeholder",
}
globals().update(
    (f"{kind}_{member}", number)
    for kind, members in _ENUMERATIONS.items()
    for number, member in enumerate(members.split())
)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        return lookup_absent(__name__, name)
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


def force_deterministic_algorithms() -> None:
    """Ask for results that do not depend on the number of threads; it costs speed.

    Equal runs on one machine have equal results without it.
    """
    one_thread.always = True


def should_force_deterministic_algorithms() -> bool:
    """Return whether :func:`force_deterministic_algorithms` was called."""
    return one_thread.always


def get_max_num_cputhreads() -> int:
    """Return how many threads the kernels of one run may use.

    >>> C.cntk_py.get_max_num_cputhreads() >= 1
    True
    """
    return one_thread.count


def set_max_num_cputhreads(count: int) -> None:
    """Let the kernels of one run use that many threads: those in C, oneDNN's, and NumPy's products.

    Before that it is OMP_NUM_THREADS, or all cores that the process may use.

    Args:
        count: how many; 0 changes nothing, more than the machine has cores is as many as these.

    Raises:
        TypeError: the count is no integer.
        OverflowError: it is negative.

    >>> before = C.cntk_py.get_max_num_cputhreads()
    >>> C.cntk_py.set_max_num_cputhreads(1)
    >>> C.cntk_py.get_max_num_cputhreads()
    1
    >>> C.cntk_py.set_max_num_cputhreads(before)
    """
    count = operator.index(count)
    if count < 0:
        raise OverflowError(f"set_max_num_cputhreads: a count of threads is 0 or more, not {count}")
    if count:
        one_thread.count = min(count, os.cpu_count() or 1)


def number_of_workers() -> int:
    """Return the number of processes that train together.

    >>> C.cntk_py.number_of_workers()
    1
    """
    from cntk.train.distributed import Communicator

    return Communicator.num_workers()


def worker_global_rank() -> int:
    """Return the number of this process among those that train together.

    >>> C.cntk_py.worker_global_rank()
    0
    """
    from cntk.train.distributed import Communicator

    return Communicator.rank()


def _switch(name: str, why: str) -> Callable[[], None]:
    def function() -> None:
        pass

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Do nothing: {why}."
    return function


def _level(name: str, why: str) -> Callable[[int], None]:
    def function(value: int) -> None:
        operator.index(value)  # a level is an integer, also where nobody reads it

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Do nothing with the level: {why}."
    return function


_LAYOUT = "a plan shares memory between values whose times do not overlap, and no result shows it"
enable_forward_values_sharing = _switch("enable_forward_values_sharing", _LAYOUT)
disable_forward_values_sharing = _switch("disable_forward_values_sharing", _LAYOUT)

_INFERENCE = "evaluation always runs a plan of its own, without what training needs"
enable_cpueval_optimization = _switch("enable_cpueval_optimization", _INFERENCE)
disable_cpueval_optimization = _switch("disable_cpueval_optimization", _INFERENCE)

_ACCUMULATION = "gradients are summed as graph nodes, and a plan fuses the sums where it can"
enable_gradient_accumulation_optimization = _switch(
    "enable_gradient_accumulation_optimization", _ACCUMULATION
)
disable_gradient_accumulation_optimization = _switch(
    "disable_gradient_accumulation_optimization", _ACCUMULATION
)

enable_synchronous_gpukernel_execution = _switch(
    "enable_synchronous_gpukernel_execution",
    "it located failing GPU kernels; errors here name the operator that launched the kernel",
)
always_allow_setting_default_device = _switch(
    "always_allow_setting_default_device",
    "the default device may be set at any time, as long as no other process has locked it",
)
enable_reversing_tensor_shapes_in_error_messages = _switch(
    "enable_reversing_tensor_shapes_in_error_messages",
    "errors show shapes in the order of Python always",
)
set_gpumemory_allocation_trace_level = _level(
    "set_gpumemory_allocation_trace_level",
    "memory is taken once per plan; cntk.debugging.explain shows how much",
)
set_math_lib_trace_level = _level(
    "set_math_lib_trace_level", "the native mathematics library is not part of this toolkit"
)
