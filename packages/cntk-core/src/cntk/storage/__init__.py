"""Model and checkpoint files of CNTK v2 as dictionaries of typed values.

This layer knows bytes and types, and nothing about networks.
"""

from cntk.storage.atomic import replace_file as replace_file
from cntk.storage.dictionary import Dictionary as Dictionary
from cntk.storage.dictionary import Double as Double
from cntk.storage.dictionary import Float as Float
from cntk.storage.dictionary import Int as Int
from cntk.storage.dictionary import Shape as Shape
from cntk.storage.dictionary import SizeT as SizeT
from cntk.storage.dictionary import StoredAxis as StoredAxis
from cntk.storage.errors import DamagedFileError as DamagedFileError
from cntk.storage.errors import ForeignFileError as ForeignFileError
from cntk.storage.errors import ModelFileAccessError as ModelFileAccessError
from cntk.storage.errors import ModelFileError as ModelFileError
from cntk.storage.files import describe_dictionary as describe_dictionary
from cntk.storage.files import dictionary_bytes as dictionary_bytes
from cntk.storage.files import read_dictionary as read_dictionary
from cntk.storage.files import write_dictionary as write_dictionary
from cntk.storage.joined import Deferred as Deferred
from cntk.storage.joined import Joined as Joined
from cntk.storage.pair import describe_state as describe_state
from cntk.storage.pair import has_state as has_state
from cntk.storage.pair import read_pair as read_pair
from cntk.storage.pair import remove_pair as remove_pair
from cntk.storage.pair import state_path as state_path
from cntk.storage.pair import write_pair as write_pair
from cntk.storage.plain import from_python as from_python
from cntk.storage.plain import to_python as to_python
