"""Transforms of images, for :class:`cntk.io.ImageDeserializer`.

A stream's transforms are applied in their order to an image of bytes, channels in the order blue,
green, red; the deserializer then makes it ``(channels, rows, columns)`` of float32.

What a transform draws is a function of (seed, sweep, sample): the seed of the source, the number of
the sweep, and the line of the sample. The n-th transform of a kind draws the same numbers in every
stream, so that a label image is cropped and flipped as its features are.
"""

from cntk.namespace import attribute_getter

from .color import color as color
from .crop import crop as crop
from .cutout import cutout as cutout
from .flip import flip as flip
from .mean import mean as mean
from .mixup import mixup as mixup
from .scale import scale as scale
from .transform import Transform as Transform

__getattr__ = attribute_getter(__name__)
