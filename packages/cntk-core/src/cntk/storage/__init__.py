"""Model and checkpoint files of CNTK v2 as dictionaries of typed values.

This layer knows bytes and types, and nothing about networks.
"""

from .atomic import replace_file as replace_file
from .dictionary import Dictionary as Dictionary
from .dictionary import Double as Double
from .dictionary import Float as Float
from .dictionary import Int as Int
from .dictionary import Shape as Shape
from .dictionary import SizeT as SizeT
from .dictionary import StoredAxis as StoredAxis
from .errors import DamagedFileError as DamagedFileError
from .errors import ForeignFileError as ForeignFileError
from .errors import ModelFileAccessError as ModelFileAccessError
from .errors import ModelFileError as ModelFileError
from .files import describe_dictionary as describe_dictionary
from .files import dictionary_bytes as dictionary_bytes
from .files import read_dictionary as read_dictionary
from .files import write_dictionary as write_dictionary
from .joined import Joined as Joined
from .pair import describe_state as describe_state
from .pair import has_state as has_state
from .pair import read_pair as read_pair
from .pair import remove_pair as remove_pair
from .pair import state_path as state_path
from .pair import write_pair as write_pair
from .plain import from_python as from_python
from .plain import to_python as to_python
