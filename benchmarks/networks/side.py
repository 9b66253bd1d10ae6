"""One side of a comparison: a process that does what it reads, line by line.

``memory 20`` runs steps and tells the memory that they took, ``steps 5`` tells their time; more
commands are the side's own. Each is answered by one line of JSON. Runs on Python 3.6 too.
"""

import json
import sys
import time

commands = {}  # by name; a function of a step and a number that returns what is answered


def serve(workloads):
    """Make the workload that the command line names, and obey until the input ends."""
    before = _megabytes("VmRSS")  # what the imports took
    step = workloads[sys.argv[1]]()
    for line in sys.stdin:
        word, number = line.split()
        if word == "memory":
            for i in range(int(number)):
                step(i)
            answer = {"MB": _megabytes("VmHWM") - before}
        elif word == "steps":
            answer = {"ms": _milliseconds(step, int(number))}
        else:
            answer = commands[word](step)
        print(json.dumps(answer), flush=True)


def _milliseconds(step, count):
    """Return the median time of some steps, after one that is not counted."""
    step(0)
    times = []
    for i in range(count):
        begin = time.perf_counter()
        step(i + 1)
        times.append(time.perf_counter() - begin)
    return 1e3 * sorted(times)[count // 2]


def _megabytes(field):
    """Return the memory in use (``VmRSS``), or the most that ever was (``VmHWM``)."""
    with open("/proc/self/status") as status:
        (found,) = [line.split()[1] for line in status if line.startswith(field + ":")]
    return int(found) / 1024.0
