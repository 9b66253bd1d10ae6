"""Memory of the machine: what a failed allocation wanted, and what is left."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator

from cntk.counts import with_prefix
from cntk.shape import shape_text


def wanted_memory(error: MemoryError) -> Iterator[str]:
    """Yield a line on what an allocation wanted, as far as it is known.

    Args:
        error: what was raised; NumPy's errors know the array.

    >>> try:
    ...     array = np.empty((2**40, 2**10), np.float32)
    ... except MemoryError as error:
    ...     print(*wanted_memory(error))
    wanted    4.5 PB: [1099511627776 x 1024] float32
    """
    shape, dtype = getattr(error, "shape", None), getattr(error, "dtype", None)
    if shape is not None and dtype is not None:
        size = math.prod(shape) * dtype.itemsize
        yield f"wanted    {with_prefix(size, 'B')}: {shape_text(shape)} {dtype}"


def free_memory() -> Iterator[str]:
    """Yield a line on what this process may still take, where the system tells.

    Nothing is yielded if there is too little memory to find out.
    """
    try:
        left = [size for size in (_of_machine(), _of_process()) if size is not None]
    except (OSError, ValueError, MemoryError):
        return
    if left:
        yield f"free      {with_prefix(min(left), 'B')}"


def _of_machine() -> int | None:
    if sys.platform != "linux":
        return None
    return 1024 * _numbers("/proc/meminfo")["MemAvailable"]


def _of_process() -> int | None:
    """Return what the limit of the address space leaves; None without a limit."""
    if sys.platform != "linux":
        return None
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return None
    return max(limit - 1024 * _numbers("/proc/self/status")["VmSize"], 0)


def _numbers(path: str) -> dict[str, int]:
    """Return the numbers, in kB, of a file of ``name: number kB`` lines."""
    with open(path, encoding="ascii", errors="replace") as file:
        fields = (line.split() for line in file)
        return {f[0].rstrip(":"): int(f[1]) for f in fields if len(f) == 3 and f[2] == "kB"}
