"""What progress writers have counted, in checkpoints: logs go on where they ended."""

from __future__ import annotations

from typing import Any

from cntk.train.trainer import Trainer


def reports_of(trainer: Trainer) -> dict[str, Any]:
    """Return the sums of the epoch and the counts of each writer.

    Args:
        trainer: the trainer.
    """
    writers = [writer.counts() for writer in trainer.progress_writers]
    return {"sums": list(trainer.epoch_sums), "writers": writers}


def go_on_reporting(trainer: Trainer, reports: dict[str, Any]) -> None:
    """Let reports go on from what :func:`reports_of` returned.

    Writers are told apart by their order; where there are more or fewer now, all begin anew.

    Args:
        trainer: the trainer.
        reports: from a checkpoint.
    """
    trainer.epoch_sums = reports["sums"]
    if len(reports["writers"]) == len(trainer.progress_writers):
        for writer, counts in zip(trainer.progress_writers, reports["writers"]):
            writer.go_on_from(counts)
