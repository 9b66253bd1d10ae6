"""Time operators on large operands: ``python benchmarks operators sigmoid relu``.

A row shows the median of 20 evaluations of a sample of an operator, and what of it was spent in
kernels; the same with NumPy's kernels alone; oneDNN's own time where it can be called directly; the
speed that follows; and the share of the roof: the time that operations or bytes take at least, by
the best product and the best copy of memory here. Data in caches can be faster than memory. At
``large_product`` and ``large_convolution`` arithmetic decides.
"""

from __future__ import annotations

import argparse

from process import Side


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("operators", nargs="*", metavar="operator", help="default: all of them")
    parser.add_argument("--threads", type=int, default=2, help="threads of each side (default 2)")
    given = parser.parse_args()
    plain = Side("operators_side.py", [], given.threads, CNTK_DISABLE_PLUGINS="cntk-cpu")
    with Side("operators_side.py", [], given.threads) as ours, plain as numpy:
        samples = ours.ask("samples")
        unknown = [name for name in given.operators if name not in samples]
        if unknown:
            parser.error(f"no such operator: {', '.join(unknown)}; there are {', '.join(samples)}")
        peak = ours.ask("peak")
        print(f"Roof: {peak[0] / 1e9:.1f} GFLOP/s, {peak[1] / 1e9:.1f} GB/s\n")
        head = ("operator", "sample", "MB", "ms", "in kernels", "NumPy", "oneDNN", "GFLOP/s")
        print(f"| {' | '.join((*head, 'GB/s', 'of roof'))} |")
        print("|---" * (len(head) + 2) + "|")
        for name in given.operators or samples:
            for number in range(samples[name]):
                both = (ours.ask(name, number), numpy.ask(name, number))
                print(row(name, number, *both, peak), flush=True)


def row(name: str, number: int, ours: dict, numpy: dict, peak: list[float]) -> str:
    """Return the line of one sample."""
    if "error" in ours or "error" in numpy:
        return f"| {name} | {number} | {ours.get('error') or numpy.get('error')} |"
    seconds = ours["ms"] / 1e3
    floor = max(ours["operations"] / peak[0], ours["bytes"] / peak[1])
    own = ours["onednn_ms"]
    cells = [
        name,
        number,
        f"{ours['bytes'] / 1e6:.1f}",
        f"{ours['ms']:.2f}",
        f"{ours['kernels_ms']:.2f}",
        f"{numpy['ms']:.2f}",
        "" if own is None else f"{own:.2f}",
        f"{ours['operations'] / seconds / 1e9:.1f}",
        f"{ours['bytes'] / seconds / 1e9:.1f}",
        f"{floor / seconds:.0%}",
    ]
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
