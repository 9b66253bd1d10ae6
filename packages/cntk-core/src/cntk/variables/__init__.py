"""Variables: inputs, outputs, parameters, constants, placeholders."""

from cntk.record import Record as Record
from cntk.variables.part import PartOfGraph as PartOfGraph
from cntk.variables.printing import axes_text as axes_text
from cntk.variables.stored import Constant as Constant
from cntk.variables.stored import Parameter as Parameter
from cntk.variables.stored import resolve_shape as resolve_shape
from cntk.variables.tracing import tracing as tracing
from cntk.variables.uids import lift_uid_counter as lift_uid_counter
from cntk.variables.uids import next_uid as next_uid
from cntk.variables.uids import skip_uids as skip_uids
from cntk.variables.variable import Variable as Variable
from cntk.variables.variable import VariableKind as VariableKind
from cntk.variables.variable import VariableMixin as VariableMixin
from cntk.variables.variable import output_of as output_of
from cntk.variables.variable import placeholder_like as placeholder_like
from cntk.variables.variable import placeholder_variable as placeholder_variable
