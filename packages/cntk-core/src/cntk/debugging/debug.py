"""CNTK's path of the debugger and of the switches that make runs tell what they do."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import TextIO

from cntk.debugging.insertion import with_debug_nodes
from cntk.debugging.session import DebugSession
from cntk.debugging.trace_level import Tracing
from cntk.execution import watch
from cntk.execution.checking import Checking
from cntk.execution.timing import node_timing
from cntk.graph.function import Function
from cntk.namespace import attribute_getter

__getattr__ = attribute_getter(__name__)
_checking = Checking()


def debug_model(
    model: Function,
    in_stream: TextIO = sys.stdin,
    out_stream: TextIO = sys.stdout,
    exit_func: Callable = sys.exit,
) -> Function:
    """Return the model with a stop at each of its inputs and functions, forward and backward.

    A run of it, also in training, asks at each stop what to do: ``n`` goes on to the next, ``p``
    prints the values, ``u name`` goes on until a name, ``h`` shows all commands. Parameters are
    shared with the model. There is no stop inside blocks, inside recurrences, or at sparse values.

    Args:
        model: the model.
        in_stream: where commands come from, one a line; at its end the run goes on without stops.
        out_stream: where prompts and values go.
        exit_func: what the command ``q`` calls.

    >>> import io
    >>> x = C.input_variable(2, name='x')
    >>> shown = io.StringIO()
    >>> model = debug_model(C.relu(x, name='y'), io.StringIO('p' + chr(10)), shown)
    >>> model.eval([[1, -2]])
    array([[1., 0.]], dtype=float32)
    >>> '[[ 1. -2.]]' in shown.getvalue()
    True
    """
    if not isinstance(model, Function):
        raise TypeError(f"debug_model takes a Function, not {type(model).__name__}")
    return with_debug_nodes(model, DebugSession(in_stream, out_stream, exit_func))


def set_checked_mode(enable: bool) -> None:
    """Make runs look at what each of their steps computes, or stop doing so.

    A run then stops with a RuntimeError at the first step that produces NaN, or that makes
    infinite values of finite ones. The error names the operator and the user's line.

    Args:
        enable: whether to look.

    >>> x = C.input_variable(1)
    >>> set_checked_mode(True)
    >>> C.exp(x).eval([[1000]])
    Traceback (most recent call last):
        ...
    cntk.errors.ExecutionError: operator 'exp' of Exp... unexpectedly produced infinite values...
    >>> set_checked_mode(False)
    >>> C.exp(x).eval([[1000]])
    array([[inf]], dtype=float32)
    """
    if not isinstance(enable, bool):
        raise TypeError(f"set_checked_mode takes True or False, not {enable!r}")
    if enable:
        watch.start(_checking)
    else:
        watch.stop(_checking)


def set_node_timing(enable: bool) -> None:
    """Make runs measure how long the steps of each node take, or stop doing so.

    ``Function.print_node_timing()`` and ``Trainer.print_node_timing()`` print what was measured.

    Args:
        enable: whether to measure.

    >>> set_node_timing(True)
    >>> y = C.exp(C.input_variable(1))
    >>> y.eval([[0]])
    array([[1.]], dtype=float32)
    >>> set_node_timing(False)
    >>> y.print_node_timing()
    Exp... forward avg 0.00...s, backward avg 0.000000s (fwd# 1|bwd# 0)
    """
    if enable:
        watch.start(node_timing)
    else:
        watch.stop(node_timing)


def set_computation_network_trace_level(level: int) -> None:
    """Make runs print to standard error how they compute.

    Args:
        level: 0 prints nothing; from 1 the steps of each plan when it is made; from 1000 also each
            step that has run, with the sum of the absolute values of its output.

    >>> set_computation_network_trace_level(0)
    """
    level = operator.index(level)
    for watcher in watch.watchers():
        if isinstance(watcher, Tracing):
            watch.stop(watcher)
    if level > 0:
        watch.start(Tracing(level))
