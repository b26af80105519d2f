"""How kernels are compiled and run: small serial functions without the GIL, over shares of the customers, in one pool.

Numba's own threads are not used: its parallel runtime aborts under threads that it did not start, as Streamlit's are.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import config, njit

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
Result = TypeVar("Result")

JOURNEY = Path(__file__).parents[1]


def keep_code(room: Path = JOURNEY / "index" / "__pycache__") -> Path | None:
    """Keep machine code in a folder named for all kernels' sources together; None where nothing can be written there.

    Numba looks at one file's age only: code that was compiled with an older version of another file would go on being used.
    """
    sources = b"".join(path.read_bytes() for path in sorted(JOURNEY.rglob("kernel.py")))
    folder = room / f"kernels-{hashlib.sha256(sources).hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    config.CACHE_DIR = str(folder)
    return folder


keep_code()
CORES = max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
POOL = ThreadPoolExecutor(CORES, thread_name_prefix="journey-index")
_WITHIN = threading.local()


def jit(kernel: Kernel) -> Kernel:
    """Compile on first call and keep the machine code on disk.  Division by zero gives no Python error: check before."""
    return cast(Kernel, njit(nogil=True, cache=True, error_model="numpy")(kernel))


def run(work: Callable[[Any], Result], shares: Sequence[Any]) -> list[Result]:
    """`work` of every share, on all cores; in this thread where there is one share, or where it is a share itself."""
    if len(shares) == 1 or getattr(_WITHIN, "busy", False):
        return [work(share) for share in shares]

    def marked(share: Any) -> Result:
        _WITHIN.busy = True
        try:
            return work(share)
        finally:
            _WITHIN.busy = False

    return list(POOL.map(marked, shares))
