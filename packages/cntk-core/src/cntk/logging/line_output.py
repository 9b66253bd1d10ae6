"""Where ProgressPrinter's lines go: the screen, or a file for each rank."""

from __future__ import annotations


class LineOutput:
    """Writes lines to standard output, or adds them to a file.

    Each line is written through: what a killed job has reported can be read.

    Args:
        path: beginning of the file's path; None for standard output.
        rank: of this worker; ends the path; None for a job of one.
    """

    def __init__(self, path: str | None, rank: int | None) -> None:
        self.path = None
        if path is not None:
            self.path = path if rank is None else f"{path}rank{rank}"
            print(f"Redirecting log to file {self.path}", flush=True)
            with open(self.path, "w", encoding="utf-8") as file:
                print(self.path, file=file)

    def line(self, text: object) -> None:
        """Write a line."""
        if self.path is None:
            print(text, flush=True)
        else:
            with open(self.path, "a", encoding="utf-8") as file:
                print(text, file=file)
