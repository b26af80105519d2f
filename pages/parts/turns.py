"""One page's Python at a time: runs take turns, where together each would wait for all.

Python runs one thread at a time, and every element that a run sends to the browser hands that right to another thread:
getting it back takes up to 5 ms where others compute.  A hundred elements among five runs are seconds of that.  In turn,
each run takes what it takes alone.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# A courtesy, not a lock: a run that is stuck holds nobody up for longer.
PATIENCE_S = 1.0

_turn = threading.Semaphore(1)
_mine = threading.local()


@contextmanager
def own_turn() -> Iterator[None]:
    """Wait for the turn, a second at most, and hand it on at the end."""
    _mine.held = _turn.acquire(timeout=PATIENCE_S)
    try:
        yield
    finally:
        _hand_on()


@contextmanager
def lent_turn() -> Iterator[None]:
    """While something is waited for that is not Python - a query, another run's answer - others may go on."""
    held = _hand_on()
    try:
        yield
    finally:
        if held:
            _mine.held = _turn.acquire(timeout=PATIENCE_S)


def _hand_on() -> bool:
    held = getattr(_mine, "held", False)
    _mine.held = False
    if held:
        _turn.release()
    return held
