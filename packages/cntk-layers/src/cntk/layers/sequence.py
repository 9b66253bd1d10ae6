"""The path ``cntk.layers.sequence`` of CNTK 2.7."""

from cntk.layers._recurrence.recurrence import Fold as Fold
from cntk.layers._recurrence.recurrence import Recurrence as Recurrence
from cntk.layers._recurrence.recurrence import RecurrenceFrom as RecurrenceFrom
from cntk.layers._recurrence.unfold import UnfoldFrom as UnfoldFrom
from cntk.layers._recurrence.windows import Delay as Delay
from cntk.layers._recurrence.windows import PastValueWindow as PastValueWindow
from cntk.namespace import attribute_getter as _attribute_getter

__getattr__ = _attribute_getter(__name__)
