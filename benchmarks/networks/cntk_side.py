"""Our side of a comparison; runs on CNTK 2.7 too (Python 3.6), which knows ``steps`` alone."""

import side
from cntk_cells import CELLS
from cntk_inference import INFERENCE
from cntk_training import TRAINING


def work(step):
    """Return operations and bytes of each kind of work in one step."""
    from cntk.debugging.measuring import Measuring
    from cntk.execution import watch

    measuring = Measuring()
    watch.start(measuring)
    step(0)
    watch.stop(measuring)
    return [list(times.work) for times in measuring.steps if times.count]


def peak(step):
    """Return what this machine can do: operations and bytes per second."""
    from cntk.debugging.peak import peak

    return list(peak())


if __name__ == "__main__":
    side.commands.update(work=work, peak=peak)
    workloads = dict(TRAINING)
    workloads.update(INFERENCE)
    workloads.update(CELLS)
    side.serve(workloads)
