"""Variables: inputs, outputs, parameters, constants, placeholders."""

from cntk.namespace import attribute_getter as _attribute_getter
from cntk.record import Record as Record
from cntk.variables.part import PartOfGraph as PartOfGraph
from cntk.variables.printing import axes_text as axes_text
from cntk.variables.stored import Constant as Constant
from cntk.variables.stored import Parameter as Parameter
from cntk.variables.stored import resolve_shape as resolve_shape
from cntk.variables.tracing import arguments_of_running_bodies as arguments_of_running_bodies
from cntk.variables.tracing import tracing as tracing
from cntk.variables.uids import checked_name as checked_name
from cntk.variables.uids import lift_uid_counter as lift_uid_counter
from cntk.variables.uids import next_uid as next_uid
from cntk.variables.uids import skip_uids as skip_uids
from cntk.variables.variable import Variable as Variable
from cntk.variables.variable import VariableKind as VariableKind
from cntk.variables.variable import VariableMixin as VariableMixin
from cntk.variables.variable import input_like as input_like
from cntk.variables.variable import output_of as output_of
from cntk.variables.variable import placeholder_like as placeholder_like
from cntk.variables.variable import placeholder_variable as placeholder_variable

__getattr__ = _attribute_getter(__name__)
