"""ProgressPrinter: lines about loss and metric on the screen or in a file."""

from __future__ import annotations

import sys
import time

from cntk.logging.build_info import print_build_info
from cntk.logging.line_output import LineOutput
from cntk.logging.lines import (
    TABLE_HEADER,
    average,
    epoch_line,
    evaluation_line,
    exchange_line,
    minibatch_line,
    table_row,
)
from cntk.logging.manual_progress import ManualProgress
from cntk.logging.progress_writer import ProgressWriter

_HEARTBEAT_SECONDS = 10


class ProgressPrinter(ManualProgress, ProgressWriter):
    """Prints the loss and the metric as training goes on.

    Args:
        freq: a line after each that many minibatches; 0: a row after 1, 3, 7, 15, ... minibatches,
            and none at the end of an epoch; None: only at the end of an epoch.
        first: a line after each of that many first minibatches of an epoch.
        tag: a word in the line at the end of an epoch.
        log_to_file: beginning of the path of a file to write to instead of the screen.
        rank: of this worker; ends the file's path as ``rank<number>``.
        gen_heartbeat: print ``PROGRESS: 0.00%`` now and then; job schedulers wait for it.
        num_epochs: how many there will be, for the line at the end of an epoch.
        test_freq: as ``freq``, for test minibatches.
        test_first: as ``first``, for test minibatches.
        metric_is_pct: the metric is a share, printed in percent.
        distributed_freq: as ``freq``, for exchanges between workers.
        distributed_first: as ``first``, for exchanges between workers.

    Raises:
        TypeError: a frequency is not an integer.
        OverflowError: a frequency is negative.
        OSError: the file cannot be written.

    >>> printer = ProgressPrinter(freq=2, tag='Training', num_epochs=3)
    >>> for loss in (2.0, 3.0):
    ...     printer.update_training(4, loss, 1.0)
     Minibatch[   1-   2]: loss = 0.375000 * 8, metric = 12.50% * 8;
    """

    def __init__(
        self,
        freq=None,
        first=0,
        tag="",
        log_to_file=None,
        rank=None,
        gen_heartbeat=False,
        num_epochs=None,
        test_freq=None,
        test_first=0,
        metric_is_pct=True,
        distributed_freq=None,
        distributed_first=0,
    ) -> None:
        ProgressWriter.__init__(
            self, freq, first, test_freq, test_first, distributed_freq, distributed_first
        )
        self.freq = sys.maxsize if freq is None else freq
        self.test_freq = sys.maxsize if test_freq is None else test_freq
        self.first, self.num_epochs = first, num_epochs
        self.tag = tag or ""
        self.metric_is_pct, self.gen_heartbeat = metric_is_pct, gen_heartbeat
        self._last_beat: float | None = None
        ManualProgress.__init__(self)
        print_build_info()
        self._output = LineOutput(log_to_file, rank)
        self.log_to_file, self.logfilename = log_to_file, self._output.path
        if log_to_file is not None:
            commands = 300 if num_epochs is None else num_epochs
            self.log(f"CNTKCommandTrainInfo: train : {commands}")
            self.log(f"CNTKCommandTrainInfo: CNTKNoMoreCommands_Total : {commands}")
            self.log("CNTKCommandTrainBegin: train")
        if freq == 0:
            for line in TABLE_HEADER:
                self.log(line)

    def log(self, message) -> None:
        """Write a line where the others go."""
        self._output.line(message)

    def write(self, key, value) -> None:
        """Write ``key: value``."""
        self.log(f"{key}: {value}")

    def end_progress_print(self, msg="") -> None:
        """Write the line that ends a log; ``msg`` too, if the log is a file."""
        self.log("CNTKCommandTrainEnd: train")
        if msg and self.log_to_file is not None:
            self.log(msg)

    def on_write_training_update(self, samples, updates, aggregate_loss, aggregate_metric) -> None:
        """Write the line or the row of a window of minibatches."""
        if self.freq == 0:
            self.log(table_row(samples, aggregate_loss, aggregate_metric))
        else:
            self.log(
                minibatch_line(
                    samples, updates, aggregate_loss, aggregate_metric, self.metric_is_pct
                )
            )

    def on_write_test_update(self, samples, updates, aggregate_metric) -> None:
        """Write the line or the row of a window of test minibatches."""
        if self.test_freq == 0:
            self.log(table_row(samples, None, aggregate_metric))
        else:
            self.log(minibatch_line(samples, updates, None, aggregate_metric, self.metric_is_pct))

    def on_write_distributed_sync_update(self, samples, updates, aggregate_metric) -> None:
        """Write the line about exchanges between workers."""
        self.log(exchange_line(samples, updates))

    def on_write_training_summary(
        self, samples, updates, summaries, aggregate_loss, aggregate_metric, elapsed_milliseconds
    ) -> None:
        """Write the line of an epoch, unless ``freq`` is 0."""
        if self.freq == 0:
            return
        has_metric = aggregate_metric is not None
        self.log(
            epoch_line(
                summaries,
                self.num_epochs,
                self.tag,
                samples,
                average(aggregate_loss, samples),
                average(aggregate_metric, samples) if has_metric else None,
                elapsed_milliseconds / 1000,
                self.metric_is_pct,
            )
        )

    def on_write_test_summary(
        self, samples, updates, summaries, aggregate_metric, elapsed_milliseconds
    ) -> None:
        """Write the line of a test."""
        metric = average(aggregate_metric, samples)
        self.log(evaluation_line(summaries, samples, updates, metric, self.metric_is_pct))

    def on_training_update_end(self) -> None:
        """Write the sign of life, if it is wanted and due."""
        self._beat()

    def _beat(self) -> None:
        now = time.monotonic()
        if self.gen_heartbeat and (
            self._last_beat is None or now - self._last_beat > _HEARTBEAT_SECONDS
        ):
            self._last_beat = now
            print("PROGRESS: 0.00%", flush=True)  # on the screen, where schedulers look
