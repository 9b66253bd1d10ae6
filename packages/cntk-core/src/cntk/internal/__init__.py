"""Names that extension code of CNTK 2.7 imports from ``cntk.internal``.

Only those are here that make sense without the original's native library.
"""

from cntk.internal.sanitize import is_byte_buffer as is_byte_buffer
from cntk.internal.sanitize import is_string as is_string
from cntk.internal.sanitize import sanitize_2d_number as sanitize_2d_number
from cntk.internal.sanitize import sanitize_dtype_numpy as sanitize_dtype_numpy
from cntk.internal.sanitize import sanitize_function as sanitize_function
from cntk.internal.sanitize import sanitize_Function_attributes as sanitize_Function_attributes
from cntk.internal.sanitize import sanitize_input as sanitize_input
from cntk.internal.sanitize import sanitize_permutation as sanitize_permutation
from cntk.internal.sanitize import sanitize_precision as sanitize_precision
from cntk.internal.sanitize import sanitize_range as sanitize_range
from cntk.internal.sanitize import sanitize_shape as sanitize_shape
from cntk.internal.sanitize import sanitize_variable_or_function as sanitize_variable_or_function
from cntk.internal.sanitize import (
    sanitize_variables_or_functions as sanitize_variables_or_functions,
)
from cntk.internal.swig_helper import map_if_possible as map_if_possible
from cntk.internal.swig_helper import typemap as typemap
