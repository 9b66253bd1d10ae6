"""Time and memory of networks beside PyTorch's: ``python benchmarks networks tiny resnet20``.

Each workload has a process of ours and one of PyTorch's. They run a few steps in turn, so that a
machine whose speed drifts treats both alike; a row gives medians of the times and of the ratios
pair by pair. Beside them stands what PyTorch's own product of matrices reached between the pairs,
which tells how busy the machine was. Needs Linux, and PyTorch: ``pip install torch``.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from process import Side

from networks.table import Row, conditions, progress, tables

TRAINING = ("fcn5", "alexnet", "resnet20", "resnet56", "lstm", "tagger", "tiny")
INFERENCE = ("vgg16_1", "vgg16_16", "resnet50_1", "resnet50_16")
CELLS = {"cell": "tagger", "cell_of_gates": "tagger"}  # each against a workload of our own
MOST_STEPS = 2000
README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- networks: written by --write -->\n", "\n<!-- end -->"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    known = [*TRAINING, *INFERENCE, *CELLS]
    parser.add_argument("workloads", nargs="*", metavar="workload", help=", ".join(known))
    parser.add_argument("--pairs", type=int, default=7, help="runs of each side (default 7)")
    parser.add_argument("--threads", type=int, default=2, help="threads of each side (default 2)")
    parser.add_argument("--seconds", type=float, default=1.0, help="least time of a run (1)")
    parser.add_argument("--compile", action="store_true", help="run torch.compile, too")
    parser.add_argument("--original", default="", help="a Python that has CNTK 2.7, to run, too")
    parser.add_argument("--write", action="store_true", help="put the tables into README.md, too")
    given = parser.parse_args()
    unknown = [name for name in given.workloads if name not in known]
    if unknown:
        parser.error(f"no such workload: {', '.join(unknown)}; there are {', '.join(known)}")
    if find_spec("torch") is None:
        parser.error("PyTorch is missing; `hatch run pip install torch` installs it")
    rows = []
    for name in given.workloads or known:
        rows.append(compared(name, given))
        print(progress(rows[-1]), file=sys.stderr, flush=True)
    report = f"{conditions(given)}\n{tables(rows)}\n"
    print(report, end="")
    if given.write:
        text = README.read_text(encoding="utf-8")
        before, _, after = text.partition(BEGIN)
        README.write_text(f"{before}{BEGIN}\n{report}{END}{after.partition(END)[2]}", "utf-8")


def compared(name: str, given) -> Row:
    """Return what the sides of a workload take."""
    with ExitStack() as stack:

        def side(program: str, *arguments: str, python: str = "") -> Side:
            path = f"networks/{program}.py"
            return stack.enter_context(Side(path, list(arguments), given.threads, python))

        ours = side("cntk_side", name)
        if name in CELLS:
            return measured(Row(name), ours, side("cntk_side", CELLS[name]), {}, given)
        theirs, others = side("torch_side", name), {}
        if given.compile:
            others["torch.compile"] = side("torch_side", name, "--compile")
        if given.original:
            others["CNTK 2.7"] = side("cntk_side", name, python=given.original)
        return measured(Row(name), ours, theirs, others, given)


def measured(row: Row, ours: Side, theirs: Side, others: dict[str, Side], given) -> Row:
    """Fill a row."""
    steps = 5 if row.name.endswith("_16") else 20
    row.memory = (ours.ask("memory", steps)["MB"], theirs.ask("memory", steps)["MB"])
    slowest = max(side.ask("steps", 1)["ms"] for side in (ours, theirs))
    count = max(1, min(MOST_STEPS, int(1e3 * given.seconds / slowest)))
    for pair in range(given.pairs):
        turn = (ours, theirs) if pair % 2 == 0 else (theirs, ours)
        times = {side: side.ask("steps", count)["ms"] for side in turn}
        row.times.append((times[ours], times[theirs]))
        for label, side in others.items():
            row.others.setdefault(label, []).append(side.ask("steps", count)["ms"])
        if row.name not in CELLS:
            row.products.append(theirs.ask("sgemm"))
    row.peak, row.work = ours.ask("peak"), ours.ask("work")
    return row


if __name__ == "__main__":
    main()
