"""Reports of training, and looking into graphs: this file is the list."""

from cntk.logging.progress_print import ProgressPrinter as ProgressPrinter
from cntk.logging.progress_print import TensorBoardProgressWriter as TensorBoardProgressWriter
from cntk.logging.progress_print import (
    TrainingSummaryProgressCallback as TrainingSummaryProgressCallback,
)
from cntk.logging.progress_print import log_number_of_parameters as log_number_of_parameters
from cntk.logging.trace import TraceLevel as TraceLevel
from cntk.logging.trace import get_trace_level as get_trace_level
from cntk.logging.trace import set_trace_level as set_trace_level
