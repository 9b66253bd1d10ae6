"""Readers: minibatch sources and the deserializers that feed them."""

from importlib import import_module as _import_module

from cntk.minibatch import (
    DEFAULT_RANDOMIZATION_WINDOW_IN_CHUNKS as DEFAULT_RANDOMIZATION_WINDOW_IN_CHUNKS,
)
from cntk.minibatch import FULL_DATA_SWEEP as FULL_DATA_SWEEP
from cntk.minibatch import INFINITELY_REPEAT as INFINITELY_REPEAT
from cntk.minibatch import MinibatchData as MinibatchData
from cntk.minibatch import MinibatchSourceFromData as MinibatchSourceFromData
from cntk.minibatch import StreamInformation as StreamInformation
from cntk.minibatch import UserMinibatchSource as UserMinibatchSource
from cntk.namespace import lookup_absent as _lookup_absent
from cntk.record import Record as Record
from cntk.tensor import ArrayMixin as ArrayMixin
from cntk.value import Value as Value

from .chunk import Chunk as Chunk
from .chunk import SequenceRows as SequenceRows
from .deserializer import Deserializer as Deserializer
from .deserializer import UserDeserializer as UserDeserializer
from .deserializers.arrays import NumPyDeserializer as NumPyDeserializer
from .deserializers.arrow import ArrowDeserializer as ArrowDeserializer
from .deserializers.cbf import CBFDeserializer as CBFDeserializer
from .deserializers.ctf import CTFDeserializer as CTFDeserializer
from .deserializers.htk import HTKFeatureDeserializer as HTKFeatureDeserializer
from .deserializers.htk import HTKMLFDeserializer as HTKMLFDeserializer
from .deserializers.image import Base64ImageDeserializer as Base64ImageDeserializer
from .deserializers.image import ImageDeserializer as ImageDeserializer
from .deserializers.tar import TarDeserializer as TarDeserializer
from .minibatch_source import MinibatchSource as MinibatchSource
from .problems import Problem as Problem
from .streams import StreamConfiguration as StreamConfiguration
from .streams import StreamDef as StreamDef
from .streams import StreamDefs as StreamDefs
from .text_format import sequence_to_cntk_text_format as sequence_to_cntk_text_format

# names of other modules that CNTK 2.7 shows here as well
_ELSEWHERE = {
    "TraceLevel": "cntk.logging",
    "get_trace_level": "cntk.logging",
    "is_string": "cntk.internal.sanitize",
    "typemap": "cntk.internal.swig_helper",
    "use_default_device": "cntk.device",
}


def __getattr__(name: str):
    """Return a deserializer of a plugin, or a name that lives in another module."""
    if name in _ELSEWHERE:
        return getattr(_import_module(_ELSEWHERE[name]), name)
    return _lookup_absent(__name__, name)
