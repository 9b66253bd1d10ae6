"""Minibatches and where they come from; ``cntk.io`` publishes these names."""

from .data import MinibatchData as MinibatchData
from .from_data import MinibatchSourceFromData as MinibatchSourceFromData
from .limits import DEFAULT_RANDOMIZATION_WINDOW_IN_CHUNKS as DEFAULT_RANDOMIZATION_WINDOW_IN_CHUNKS
from .limits import FULL_DATA_SWEEP as FULL_DATA_SWEEP
from .limits import INFINITELY_REPEAT as INFINITELY_REPEAT
from .stream import StreamInformation as StreamInformation
from .user_source import UserMinibatchSource as UserMinibatchSource
