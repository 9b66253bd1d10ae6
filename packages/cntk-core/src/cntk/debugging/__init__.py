"""Finding out what a model does: this file is the list."""

from cntk.debugging.debug import debug_model as debug_model
from cntk.debugging.debug import set_checked_mode as set_checked_mode
from cntk.debugging.debug import (
    set_computation_network_trace_level as set_computation_network_trace_level,
)
from cntk.debugging.debug import set_node_timing as set_node_timing
from cntk.debugging.determinism import force_deterministic as force_deterministic
from cntk.debugging.dump import dump_function as dump_function
from cntk.debugging.dump import dump_signature as dump_signature
from cntk.debugging.estimate import Estimate as Estimate
from cntk.debugging.estimate import estimate as estimate
from cntk.debugging.explain import explain as explain
from cntk.debugging.gradient_check import check_gradients as check_gradients
from cntk.debugging.profiler import disable_profiler as disable_profiler
from cntk.debugging.profiler import enable_profiler as enable_profiler
from cntk.debugging.profiler import start_profiler as start_profiler
from cntk.debugging.profiler import stop_profiler as stop_profiler
from cntk.namespace import attribute_getter
from cntk.train.non_finite import set_non_finite_policy as set_non_finite_policy

__getattr__ = attribute_getter(__name__)
