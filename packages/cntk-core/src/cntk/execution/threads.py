"""How many threads NumPy's BLAS uses while a plan runs.

Most products of a plan are small: to hand one to threads costs more than it saves, and many times
more where other work keeps the cores busy, because OpenBLAS's threads wait for each other by
spinning. So plans run on one thread, and kernels ask for all threads for their large products.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock


class OneThread:
    """A context in which BLAS uses one thread; contexts of several Python threads may overlap.

    Attributes:
        always: large products use one thread as well. The last bits of a product depend on the
            number of threads that share it, so then results do not depend on the machine's.
    """

    def __init__(self) -> None:
        self.always = False
        self._lock, self._depth = Lock(), 0
        self._libraries: list | None = None
        self._usual: list[int] = []

    def __enter__(self) -> None:
        with self._lock:
            if self._libraries is None:
                self._libraries = _libraries()
            self._depth += 1
            if self._depth == 1:
                self._usual = [library.get_num_threads() for library in self._libraries]
                self._set_one()

    def __exit__(self, *error) -> None:
        with self._lock:
            self._depth -= 1
            if self._depth == 0:
                self._set_usual()

    @contextmanager
    def all_threads(self):
        """Give BLAS the threads that it had before."""
        with self._lock:
            if not self.always:
                self._set_usual()
        try:
            yield
        finally:
            with self._lock:
                if self._depth:
                    self._set_one()

    def _set_one(self) -> None:
        for library, usual in zip(self._libraries or (), self._usual):
            if usual != 1:
                library.set_num_threads(1)

    def _set_usual(self) -> None:
        for library, usual in zip(self._libraries or (), self._usual):
            if usual != 1:
                library.set_num_threads(usual)


def _libraries() -> list:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas").lib_controllers


one_thread = OneThread()
