"""Progress writers, under the path that CNTK 2.7 has them: this file is the list."""

from cntk.logging.parameter_count import log_number_of_parameters as log_number_of_parameters
from cntk.logging.progress_printer import ProgressPrinter as ProgressPrinter
from cntk.logging.progress_writer import ProgressWriter as ProgressWriter
from cntk.logging.tensorboard import TensorBoardProgressWriter as TensorBoardProgressWriter
from cntk.logging.training_summary import (
    TrainingSummaryProgressCallback as TrainingSummaryProgressCallback,
)
