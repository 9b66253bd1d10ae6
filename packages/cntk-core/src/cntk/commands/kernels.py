"""``python -m cntk kernels OPERATOR``: what could compute an operator."""

from __future__ import annotations

import sys

import cntk.plugins as plugins


def show(operator: str) -> int:
    """Print the kernels of an operator, best first; return the exit status."""
    known = {name: declared for name, (declared, _) in plugins.operators().items()}
    if operator not in known:
        print(f"there is no operator '{operator}'", file=sys.stderr)
        return 1
    found = [(k, owner) for k, owner in plugins.kernels() if k.operator == operator]
    for kernel, owner in sorted(found, key=lambda pair: -pair[0].priority):
        notes = [word for word in ("writes", "view") if getattr(kernel, word)]
        print(f"{kernel.label}  priority {kernel.priority}  from {owner}  {' '.join(notes)}")
    declared = known[operator]
    if declared.is_composite:
        print(f"the body of the composite, in {declared.__module__}")
    elif "reference" in declared.rules:
        print(f"numpy  the reference, in {declared.__module__}")
    return 0
