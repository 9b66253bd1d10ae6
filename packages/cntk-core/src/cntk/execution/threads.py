"""How many threads a plan may use, and how few NumPy's BLAS uses while it runs.

Most products of a plan are small: to hand one to threads costs more than it saves, and many times
more where other work keeps the cores busy, because OpenBLAS's threads wait for each other by
spinning. So plans run on one thread, and kernels ask for all threads for their large products.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import contextmanager
from threading import Lock


def usual_count() -> int:
    """Return OMP_NUM_THREADS, or how many cores this process may use."""
    first = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    if first.isdecimal() and int(first):
        return int(first)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class OneThread:
    """A context in which BLAS uses one thread; contexts of several Python threads may overlap.

    Attributes:
        count_of_products: how many threads may share a product: its last bits depend on that.
    """

    def __init__(self) -> None:
        self._always, self._chosen, self._count = False, 0, usual_count()
        self.count_of_products = self._count
        self._followers: list[Callable[[], object]] = []
        self._lock, self._depth = Lock(), 0
        self._libraries: list | None = None
        self._usual: list[int] = []

    @property
    def always(self) -> bool:
        """Whether large products use one thread as well.

        The last bits of a product depend on the number of threads that share it, so then results
        do not depend on the machine's.
        """
        return self._always

    @always.setter
    def always(self, value: bool) -> None:
        self._always = value
        self._tell()

    @property
    def count(self) -> int:
        """How many threads one run may use."""
        return self._chosen or self._count

    @count.setter
    def count(self, value: int) -> None:
        self._chosen = value
        self._tell()

    def follow(self, tell: Callable[[], object]) -> None:
        """Call a function now, and whenever a count has changed."""
        self._followers.append(tell)
        tell()

    def _tell(self) -> None:
        self.count_of_products = 1 if self._always else self.count
        for tell in self._followers:
            tell()

    def __enter__(self) -> None:
        with self._lock:
            if self._libraries is None:
                self._libraries = _libraries()
            self._depth += 1
            if self._depth == 1:
                self._usual = [library.get_num_threads() for library in self._libraries]
                self._set(1)

    def __exit__(self, *error) -> None:
        with self._lock:
            self._depth -= 1
            if self._depth == 0:
                self._set(0)

    @contextmanager
    def all_threads(self):
        """Give BLAS the threads that were chosen; those that it had before, if none were."""
        with self._lock:
            if not self.always:
                self._set(self._chosen)
        try:
            yield
        finally:
            with self._lock:
                if self._depth:
                    self._set(1)

    def _set(self, count: int) -> None:
        """Set the threads of each library; 0: what it had before."""
        for library, usual in zip(self._libraries or (), self._usual):
            if usual != 1 or self._chosen > 1:
                library.set_num_threads(count or usual)


def _libraries() -> list:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas").lib_controllers


one_thread = OneThread()
