"""The lines of ProgressPrinter, letter for letter those of CNTK 2.7: other tools parse them."""

from __future__ import annotations

TABLE_HEADER = (
    " average      since    average      since      examples",
    "    loss       last     metric       last              ",
    " ------------------------------------------------------",
)

Span = tuple[float, float]  # a sum: (at the last line, now)
Count = tuple[int, int]  # likewise


def table_row(samples: Count, loss: Span | None, metric: Span | None) -> str:
    """Return a row below ``TABLE_HEADER``; a sum that is None leaves its two columns empty.

    >>> table_row((4, 12), (2.5, 6.0), None)
    '      0.5      0.438                                  12'
    """
    return f" {_both(loss, samples)}   {_both(metric, samples)}    {samples[1]:10d}"


def minibatch_line(
    samples: Count, updates: Count, loss: Span | None, metric: Span | None, is_percent: bool
) -> str:
    """Return the line of a window of minibatches, of a test if ``loss`` is None.

    >>> minibatch_line((0, 40), (0, 10), (0, 20.0), (0, 10.0), is_percent=True)
    ' Minibatch[   1-  10]: loss = 0.500000 * 40, metric = 25.00% * 40;'
    """
    number = samples[1] - samples[0]
    parts = []
    if loss is not None:
        parts.append(f"loss = {_since_last(loss, samples):0.6f} * {number}")
    if metric is not None:
        parts.append(metric_text(_since_last(metric, samples), number, is_percent))
    word = " Evaluation Minibatch" if loss is None else " Minibatch"
    return f"{word}[{updates[0] + 1:4d}-{updates[1]:4d}]: {', '.join(parts)};"


def epoch_line(
    epoch: int,
    num_epochs: int | None,
    tag: str,
    samples: int,
    average_loss: float,
    average_metric: float | None,
    seconds: float,
    is_percent: bool,
) -> str:
    """Return the summary of an epoch.

    >>> epoch_line(1, 3, 'Training', 12, 0.5, None, 0.017, True)
    'Finished Epoch[1 of 3]: [Training] loss = 0.500000 * 12 0.017s (705.9 samples/s);'
    """
    of = "" if num_epochs is None else f" of {num_epochs}"
    label = f"[{tag}] " if tag else ""
    metric = ""
    if average_metric is not None:
        metric = f", {metric_text(average_metric, samples, is_percent)}"
    speed = samples / seconds if seconds > 0 else 0.0
    return (
        f"Finished Epoch[{epoch}{of}]: {label}loss = {average_loss:0.6f} * {samples}{metric} "
        f"{seconds:0.3f}s ({speed:5.1f} samples/s);"
    )


def evaluation_line(
    number: int, samples: int, updates: int, average_metric: float, is_percent: bool
) -> str:
    """Return the summary of a test.

    >>> evaluation_line(1, 4, 2, 0.25, is_percent=True)
    'Finished Evaluation [1]: Minibatch[1-2]: metric = 25.00% * 4;'
    """
    metric = metric_text(average_metric, samples, is_percent)
    return f"Finished Evaluation [{number}]: Minibatch[1-{updates}]: {metric};"


def exchange_line(samples: Count, updates: Count) -> str:
    """Return the line about exchanges between workers.

    >>> exchange_line((0, 20), (0, 2))
    'Distributed training: #Syncs elapsed = 2, #Samples elapsed = 20'
    """
    return (
        f"Distributed training: #Syncs elapsed = {updates[1] - updates[0]}, "
        f"#Samples elapsed = {samples[1] - samples[0]}"
    )


def metric_text(average: float, samples: int, is_percent: bool) -> str:
    """Return ``metric = 25.00% * 4``, or ``metric = 0.250000 * 4``."""
    number = f"{100 * average:0.2f}%" if is_percent else f"{average:0.6f}"
    return f"metric = {number} * {samples}"


def average(total: float, samples: int) -> float:
    """Return the mean; 0 of nothing."""
    return total / samples if samples else 0.0


def _both(total: Span | None, samples: Count) -> str:
    """Return the two columns of a sum: since the epoch's start, since the last line."""
    if total is None:
        return f"{'':8}   {'':8}"
    return f"{average(total[1], samples[1]):8.3g}   {_since_last(total, samples):8.3g}"


def _since_last(total: Span, samples: Count) -> float:
    return average(total[1] - total[0], samples[1] - samples[0])
