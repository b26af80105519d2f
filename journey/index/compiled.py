"""How kernels are compiled: as small serial functions without the GIL, for the pool to run over shares of the customers.

Numba's own threads are not used: its parallel runtime aborts under threads that it did not start, as Streamlit's are.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import config, njit

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def jit(kernel: Kernel) -> Kernel:
    """Compile on first call and keep the machine code on disk.  Division by zero gives no Python error: check before."""
    with _kept_beside(Path(kernel.__code__.co_filename)):
        return cast(Kernel, njit(nogil=True, cache=True, error_model="numpy")(kernel))


def inlined(kernel: Kernel) -> Kernel:
    """A part of kernels, compiled into each of them: handing a few arrays over takes longer than a short walk."""
    return cast(Kernel, njit(nogil=True, error_model="numpy", inline="always")(kernel))


@contextmanager
def _kept_beside(source: Path) -> Iterator[None]:
    """Keep machine code in a folder named for its source, which is where numba looks while a kernel is declared.

    By itself it keeps the code of all versions together, and stumbles where an older one names what is there no more.
    """
    folder = source.parent / "__pycache__" / f"kernels-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}"
    usual = config.CACHE_DIR  # type: ignore[attr-defined]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    except OSError:  # an installation that is not ours to write in: numba finds a place of the user's own
        pass
    yield
    config.CACHE_DIR = usual  # type: ignore[attr-defined]
