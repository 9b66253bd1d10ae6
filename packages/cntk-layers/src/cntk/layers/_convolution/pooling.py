"""Pooling layers."""

from __future__ import annotations

from cntk import ops
from cntk.default_options import default_override_or, get_default_override
from cntk.graph.trace import block_function
from cntk.layers._convolution.convolutional import per_filter_axis


def _window(word: str, filter_shape) -> tuple[int, ...]:
    if not isinstance(filter_shape, (tuple, list)):
        raise TypeError(f"{word}: filter_shape must be a tuple, not {filter_shape!r}")
    return tuple(filter_shape)


def _pooling(op_name: str, kind: int, filter_shape, strides, pad, name: str):
    """Return a layer that pools over windows."""
    strides = per_filter_axis("strides", strides, filter_shape)
    pad = per_filter_axis("pad", pad, filter_shape)

    @block_function(op_name, name)
    def pool(x):
        return ops.pooling(x, kind, filter_shape, strides=strides, auto_padding=pad)

    return pool


def MaxPooling(filter_shape, strides=1, pad=default_override_or(False), name: str = ""):
    """Return a layer that takes the largest value of each window.

    Args:
        filter_shape: shape of the window, a tuple over the last axes of the input.
        strides: step of the window; one per axis or one for all.
        pad: whether to pad so that windows may reach over the border.
        name: name of the layer.

    Raises:
        TypeError: ``filter_shape`` is no tuple.

    >>> x = C.input_variable((1, 4, 4))
    >>> C.layers.MaxPooling((2, 2), strides=2)(x).shape
    (1, 2, 2)
    """
    pad = get_default_override(MaxPooling, pad=pad)
    window = _window("MaxPooling", filter_shape)
    return _pooling("MaxPooling", ops.MAX_POOLING, window, strides, pad, name)


def AveragePooling(filter_shape, strides=1, pad=default_override_or(False), name: str = ""):
    """Return a layer that takes the mean of each window.

    Args:
        filter_shape: shape of the window, a tuple over the last axes of the input.
        strides: step of the window; one per axis or one for all.
        pad: whether windows may reach over the border; padding does not count in the mean.
        name: name of the layer.

    Raises:
        TypeError: ``filter_shape`` is no tuple.

    >>> x = C.input_variable((1, 4, 4))
    >>> C.layers.AveragePooling((4, 4))(x).shape
    (1, 1, 1)
    """
    pad = get_default_override(AveragePooling, pad=pad)
    window = _window("AveragePooling", filter_shape)
    return _pooling("AveragePooling", ops.AVG_POOLING, window, strides, pad, name)


def _global(op_name: str, kind: int, name: str):
    """Return a layer that pools over all spatial axes."""

    @block_function(op_name, name)
    def pool(x):
        return ops.pooling(x, kind, (-2,), auto_padding=(False,))

    return pool


def GlobalMaxPooling(name: str = ""):
    """Return a layer that takes the largest value over all spatial positions.

    Args:
        name: name of the layer.

    >>> C.layers.GlobalMaxPooling()(C.input_variable((3, 4, 5))).shape
    (3, 1, 1)
    """
    return _global("GlobalMaxPooling", ops.MAX_POOLING, name)


def GlobalAveragePooling(name: str = ""):
    """Return a layer that takes the mean over all spatial positions.

    Args:
        name: name of the layer.

    Reference:
        Lin, Chen, Yan, "Network in network", ICLR 2014, arXiv:1312.4400.

    >>> C.layers.GlobalAveragePooling()(C.input_variable((3, 4, 5))).shape
    (3, 1, 1)
    """
    return _global("GlobalAveragePooling", ops.AVG_POOLING, name)


def MaxUnpooling(filter_shape, strides=1, pad=False, name: str = ""):
    """Return a layer that puts pooled values back to where the maxima were.

    It is a function of (pooled values, input of the pooling).

    Args:
        filter_shape: shape of the window, as for the pooling.
        strides: step of the window, as for the pooling.
        pad: padding, as for the pooling.
        name: name of the layer.

    Raises:
        TypeError: ``filter_shape`` is no tuple.
        RuntimeError: where the layer is applied: the first argument has not the shape that the
            pooling of the second one gives.

    Reference:
        Zeiler, Fergus, "Visualizing and understanding convolutional networks", ECCV 2014,
        arXiv:1311.2901.

    >>> x = C.input_variable((1, 4, 4))
    >>> pooled = C.layers.MaxPooling((2, 2), 2)(x)
    >>> C.layers.MaxUnpooling((2, 2), 2)(pooled, x).shape
    (1, 4, 4)
    """
    window = _window("MaxUnpooling", filter_shape)
    strides = per_filter_axis("strides", strides, window)
    pad = per_filter_axis("pad", pad, window)

    @block_function("MaxUnpooling", name)
    def unpool(x, y):
        return ops.unpooling(x, y, ops.MAX_UNPOOLING, window, strides=strides, auto_padding=pad)

    return unpool
