"""How near estimates come: ``python benchmarks/estimates.py``, beside what training then takes.

Each network is a process of its own. Memory is what it grows by over 20 steps, beside what the
estimate says of parameters, gradients, learners and values; time is the median of its steps.
"""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from process import Side

NETWORKS = ("fcn5", "alexnet", "resnet20", "resnet56", "lstm", "tagger", "tiny")


def serve(name: str) -> None:
    """Estimate a network's step, and take such steps when told to."""
    sys.path.insert(0, str(Path(__file__).parent / "networks"))
    import side
    from cntk_training import TRAINING

    import cntk as C

    trainers, make = [], C.Trainer
    C.Trainer = lambda *given: trainers.append(make(*given)) or trainers[0]
    step = TRAINING[name]()
    data = [x for x in step.__closure__ if isinstance(x.cell_contents, list)][0].cell_contents
    x = trainers[0].loss_function.arguments[0]
    stated: dict = {"minibatch_size": len(data[0][x])}
    if len(x.dynamic_axes) > 1:
        value = C.Value.create(x, data[0][x]) if isinstance(data[0][x], list) else data[0][x]
        stated = {"sequence_lengths": [one.shape[0] for one in value.as_sequences(x)]}
    C.debugging.peak.peak(), C.debugging.peak.overhead()
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the most from now on
    before = side._megabytes("VmRSS")
    found = C.debugging.estimate(trainers[0], **stated)

    def answer(step):
        for i in range(20):
            step(i)
        grown = side._megabytes("VmHWM") - before
        return [(found.bytes - found.data) / 2**20, grown, 1e3 * found.seconds]

    side.commands.update(estimate=answer)
    side.serve({name: lambda: step})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("networks", nargs="*", choices=[*NETWORKS, []], help="default: all")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        sys.argv[1:] = given.networks
        serve(given.networks[0])
        return
    print("| network | memory, MB | estimate | ratio | step, ms | estimate | ratio |")
    print("|---|---|---|---|---|---|---|", flush=True)
    for name in given.networks or NETWORKS:
        with Side("estimates.py", [name, "--serve"], threads=2) as process:
            stated, grown, floor = process.ask("estimate")
            taken = process.ask("steps", 20)["ms"]
        print(
            f"| {name} | {grown:.1f} | {stated:.1f} | {stated / grown:.2f} "
            f"| {taken:.3g} | {floor:.3g} | {floor / taken:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
