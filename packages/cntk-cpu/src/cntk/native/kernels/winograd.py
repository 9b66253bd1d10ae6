"""Convolution with windows of 3 x 3 after Winograd, in C, where there is enough work."""

from __future__ import annotations

from collections.abc import Callable

from cntk.errors import OutOfMemoryError
from cntk.execution.kernels import Kernel
from cntk.native.kernels.roles import ROLES, fitting_role, orders
from cntk.native.kernels.then import going_on
from cntk.native.launch import Launch, place
from cntk.native.library import lib
from cntk.ops._convolution.geometry import ConvolutionGeometry

_SIDE, _POINTS, _BLOCK, _PANEL = 4, 36, 16, 32  # as in winograd.h
_MOST_CHANNELS = 4096  # what is transformed at once, a few tiles of all channels, takes 8 MB
# What transforming one number costs, in multiplications with addition that a product of matrices
# does meanwhile: measured with AVX-512, where products and direct convolutions reach 95 % of its
# peak. Source and result cost from 15 and 8, where they come from caches, to 30 and 16.
_SOURCE_COST, _WEIGHTS_COST, _RESULT_COST = 20, 12, 10
_WORTH = 0.8  # of the time of a direct convolution: a little speed is not worth digits
_ROWS_IN_TRAINING = 8  # minibatches have more; an evaluation may be of one sample


class WinogradLaunch(Launch):
    """A launch that needs scratch memory."""

    @staticmethod
    def check() -> None:
        """Raise where there was too little memory.

        Raises:
            MemoryError: for a launch in this thread.
        """
        if lib().winograd_failed():
            raise OutOfMemoryError(
                "there is too little memory for what a convolution needs besides its operands.\n"
                "  try: smaller minibatches, or fewer channels"
            )


def pays(geometry: ConvolutionGeometry, rows: int) -> bool:
    """Return whether the estimated time is well below that of a direct convolution.

    Args:
        geometry: a convolution that :func:`computes` agrees to.
        rows: the fewest samples of a minibatch that matter.
    """
    if lib().vector_lanes() < 8 or geometry.channels > _MOST_CHANNELS:
        return False
    high, wide = geometry.outputs
    tiles = rows * -(-high // _SIDE) * -(-wide // _SIDE)
    channels = -(-geometry.channels // _BLOCK) * _BLOCK
    filters = -(-geometry.filters // _PANEL) * _PANEL
    numbers = (
        tiles * channels * (filters + _SOURCE_COST)
        + tiles * filters * _RESULT_COST
        + channels * filters * _WEIGHTS_COST
    )
    direct = rows * geometry.positions * geometry.fan_in * geometry.filters
    return _POINTS * numbers < _WORTH * direct


def computes(geometry: ConvolutionGeometry) -> bool:
    """Return whether a convolution is of the one kind that the kernel knows."""
    axes = geometry.axes
    return (
        len(axes) == 2
        and geometry.groups == 1
        and all(a.window == 3 and a.stride == a.dilation == 1 <= a.output for a in axes)
    )


def _geometry(step) -> ConvolutionGeometry:
    """Return the convolution from the source of what is computed to its result."""
    role = ROLES[step.operator.name]
    geometry = role.geometry(step)
    return geometry if role.kind == "forward" else geometry.reversed()


def _serves(step) -> bool:
    role = fitting_role(step)
    if role is None or not computes(role.geometry(step)) or not orders(step):
        return False
    return pays(_geometry(step), _ROWS_IN_TRAINING if step.outputs[0].graph.training else 1)


def _bind(step, inputs, outputs, context) -> Callable:
    """Bind a convolution or its gradient to the source."""
    source, target, _ = ROLES[step.operator.name].symbols(step)
    geometry, gradient = _geometry(step), step.operator.name != "convolve"
    if gradient:
        source, target = target, source
    symbols, slots = [*step.operands[:2], step.outputs[0]], [*inputs[:2], outputs[0]]
    places = [place(symbol, slot, context) for symbol, slot in zip(symbols, slots)]
    ints = [geometry.channels, geometry.filters, *geometry.sizes, *geometry.outputs]
    ints += [axis.lower for axis in geometry.axes]
    ints += [source.channels_last, target.channels_last, gradient, 0]
    return WinogradLaunch("winograd_f32", places, ints, rows=context.layout_slot(source))


def _has_channels_last(y) -> bool:
    return y.channels_last


declared = [
    going_on(Kernel(name, _bind, backend="native", algorithm="winograd", priority=20, writes=True,
                    reads=(0, 1), when=_serves, channels_last=orders), when=_has_channels_last)
    for name in ("convolve", "convolve_data_gradient")
]  # fmt: skip
