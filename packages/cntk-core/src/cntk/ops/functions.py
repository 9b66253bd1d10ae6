"""CNTK's path of Functions: what operators return, and how files and Python give them."""

from __future__ import annotations

from os import PathLike

from cntk.device import DeviceDescriptor as DeviceDescriptor
from cntk.device import cpu as cpu
from cntk.graph.function import CloneMethod as CloneMethod
from cntk.graph.function import Function as Function
from cntk.graph.function import ModelFormat as ModelFormat
from cntk.graph.native_user_function import native_user_function as native_user_function
from cntk.graph.native_user_function import (
    register_native_user_function as register_native_user_function,
)
from cntk.graph.trace import block_function as BlockFunction
from cntk.graph.user_function import UserFunction as UserFunction
from cntk.namespace import attribute_getter
from cntk.value import Value as Value
from cntk.variables import Record as Record
from cntk.variables import Variable as Variable

__all__ = [
    "BlockFunction",
    "CloneMethod",
    "DeviceDescriptor",
    "Function",
    "ModelFormat",
    "Record",
    "UserFunction",
    "Value",
    "Variable",
    "cpu",
    "load_model",
    "native_user_function",
    "register_native_user_function",
]
__getattr__ = attribute_getter(__name__)


def load_model(
    model: str | PathLike | bytes,
    device: DeviceDescriptor | None = None,
    format: ModelFormat = ModelFormat.CNTKv2,
) -> Function:
    """Return the Function that a model file holds, with its parameters, names and uids.

    Args:
        model: path of the file, or its bytes.
        device: where the parameters shall lie; None is the default device.
        format: format of the file.

    Raises:
        ValueError: ``model`` is neither a file nor bytes.
        RuntimeError: it is not a model of this format.

    >>> import os, tempfile
    >>> x = C.input_variable(2, name='x')
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, 'half.model')
    ...     C.element_times(x, 0.5).save(path)
    ...     half = load_model(path)
    >>> half.eval([[2, 4]])
    array([[1., 2.]], dtype=float32)
    """
    return Function.load(model, device, format)
