"""Reports of training, and looking into graphs: this file is the list."""

from cntk.logging.graph import depth_first_search as depth_first_search
from cntk.logging.graph import find_all_with_name as find_all_with_name
from cntk.logging.graph import find_by_name as find_by_name
from cntk.logging.graph import find_by_uid as find_by_uid
from cntk.logging.graph import get_node_outputs as get_node_outputs
from cntk.logging.graph import plot as plot
from cntk.logging.progress_bar import ProgressBar as ProgressBar
from cntk.logging.progress_print import ProgressPrinter as ProgressPrinter
from cntk.logging.progress_print import TensorBoardProgressWriter as TensorBoardProgressWriter
from cntk.logging.progress_print import (
    TrainingSummaryProgressCallback as TrainingSummaryProgressCallback,
)
from cntk.logging.progress_print import log_number_of_parameters as log_number_of_parameters
from cntk.logging.table_writers import CSVProgressWriter as CSVProgressWriter
from cntk.logging.table_writers import JSONLinesProgressWriter as JSONLinesProgressWriter
from cntk.logging.trace import TraceLevel as TraceLevel
from cntk.logging.trace import get_trace_level as get_trace_level
from cntk.logging.trace import set_trace_level as set_trace_level
