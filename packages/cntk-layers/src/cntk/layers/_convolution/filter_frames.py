"""The frames of a sequence that the filters of a convolution see, laid along a static axis."""

from __future__ import annotations

from cntk import ops
from cntk.axis import Axis
from cntk.ops import sequence


class FilterFrames:
    """The frames around each frame; of an even number one more lies ahead, as in CNTK 2.7.

    Args:
        size: number of frames.
        stride: must be 1.
        dilation: distance between two of them.
        pad: whether zeros stand in for frames beyond the sequence; otherwise there are no results
            at the edges.

    Raises:
        ValueError: the dilation is not positive.
        NotImplementedError: another stride.
    """

    def __init__(self, size: int, stride: int, dilation: int, pad: bool) -> None:
        if stride != 1:
            raise NotImplementedError(
                "windowed convolution with stride not yet implemented: a stride over the sequence "
                f"axis must be 1, not {stride}; SequentialConvolution has others"
            )
        if dilation < 1:
            raise ValueError(
                f"Convolution: dilation over the sequence must be 1 or more: {dilation}"
            )
        span = (size - 1) * dilation
        self.before, self.pad = span // 2, pad
        self.after = span - self.before
        self.offsets = range(-self.before, self.after + 1, dilation)

    def spread(self, x, reduction_rank: int, rank: int):
        """Return ``[channels, ...]`` as ``[channels, size, ...]``; also gives missing channels."""
        new_axes = (1,) * (2 - reduction_rank)
        position = _behind_all_but(rank - 1)
        x = ops.reshape(x, new_axes, position, position)
        frames = [_shifted(x, offset) for offset in self.offsets]
        return ops.splice(*frames, axis=-rank) if len(frames) > 1 else x

    def without_incomplete(self, y):
        """Return the frames of a result that all frames of the window took part in."""
        if self.pad or self.before == self.after == 0:
            return y
        return sequence.slice(y, self.before, -self.after)

    def without_axis(self, y, rank: int, has_channels: bool):
        """Return ``[channels, 1, ...]`` as ``[channels, ...]``, or as ``[...]``."""
        first = -rank if has_channels else -rank - 1
        return ops.reshape(y, (), first, _behind_all_but(rank - 1))


def _behind_all_but(rank: int):
    """Return where a reshape puts axes in front of the last ones."""
    return -rank if rank else Axis.new_leading_axis()


def _shifted(x, offset: int):
    if offset == 0:
        return x
    shift = sequence.past_value if offset < 0 else sequence.future_value
    return shift(x, time_step=abs(offset))
