"""One pool for work that lets go of the interpreter: compiled kernels over shares of the customers, numpy's sorting."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")

CORES = max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
POOL = ThreadPoolExecutor(CORES, thread_name_prefix="journey-index")
_WITHIN = threading.local()


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
