"""What the journey index is: a few sorted arrays per dataset version, and what is made of them on first use.

    row         0      1      2      3      4          an event's place in the order (customer, ts, seq)
    keys        ann 9  ann 9  ann 11 bob 8  bob 9      customer << bits | ms since the origin
    codes       visit  cart   visit  visit  cart
    rows        0 2 3 | 1 4                            rows of visit, rows of cart; each list rising
    starts      0 3 5
    customers   0 3 5                                  first row of each customer, and the end
    sessions    0 2 3 5                                first row of each session, and the end

One subtraction of keys answers two questions: `b - a <= window` holds only for the same customer and inside the window,
since two customers are further apart than any window.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from journey.index.kernel import allowed_by_customer, allowed_by_event, framed_keys

END, NONE = 2**62, -(2**61)  # after and before every key; NONE is outside any window of any key
PAD = 8  # END marks after a framed list, so that kernels may look ahead without bounds checks
KEPT_BYTES = 1_000_000_000  # of what is made on first use; the longest unused goes first

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Posting:
    """The occurrences of what a step names, in the order of rows.

    keys: (1 + n + PAD,) framed: NONE, the n keys, END marks.  rows: (n,) u32.
    """

    keys: Array
    rows: Array

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def nbytes(self) -> int:
        return self.keys.nbytes + self.rows.nbytes


@dataclass(frozen=True)
class Index:
    """version: of the dataset.  bits: of a key that are time.  origin: ms since 1970 of time 0.  names: by event code.

    sessions is None where sessions of one customer overlap, as a source may name them: questions of sessions then go to SQL.
    """

    version: int
    bits: int
    origin: int
    names: tuple[str, ...]
    keys: Array
    codes: Array
    rows: Array
    starts: Array
    customers: Array
    sessions: Array | None
    kept: "Kept" = field(default_factory=lambda: Kept())

    @property
    def events(self) -> int:
        return len(self.keys)

    @property
    def people(self) -> int:
        """Customers, those without events too."""
        return len(self.customers) - 1

    @property
    def stored_bytes(self) -> int:
        arrays = (self.keys, self.codes, self.rows, self.starts, self.customers, self.sessions)
        return sum(array.nbytes for array in arrays if array is not None)

    @property
    def unlimited(self) -> int:
        """The window that holds any two events of one customer, and no two of different ones."""
        return 2 ** (self.bits - 1) - 1

    def window(self, ms: int | None) -> int:
        """A window of a question, None for no limit, as keys are compared by."""
        return self.unlimited if ms is None else min(ms, self.unlimited)

    def code(self, name: str) -> int | None:
        """The code of an event; None where the log never held it."""
        return self._code_of.get(name)

    @cached_property
    def _code_of(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(self.names)}

    def posting(self, code: int) -> Posting:
        """The occurrences of one event; its keys are gathered on first use."""
        rows = self.rows[self.starts[code] : self.starts[code + 1]]
        return self.kept.get(("posting", code), lambda: self.posting_of(rows))

    def posting_of(self, rows: Array) -> Posting:
        """rows: (n,) u32, rising."""
        return Posting(framed_keys(self.keys, rows, NONE, END, PAD), rows)

    def posting_where(self, found: Posting, column: Array, allowed: Array) -> Posting:
        """Those whose value is allowed.  column: (events,) codes of values; allowed: (values,) u8."""
        return Posting(*allowed_by_event(found.keys, found.rows, column, allowed, END, PAD))

    def posting_by(self, found: Posting, allowed: Array) -> Posting:
        """Those of the customers that are allowed: (people,) u8."""
        return Posting(*allowed_by_customer(found.keys, found.rows, self.bits, allowed, END, PAD))

    def every(self) -> Posting:
        """All events."""
        return self.kept.get(("posting", None), lambda: self.posting_of(np.arange(self.events, dtype=np.uint32)))

    def shares(self, parts: int, least: int = 20_000) -> list[tuple[int, int]]:
        """[from, to) customers, about the same number of events in each; one share where there are few events."""
        parts = max(1, min(parts, self.events // least))
        cuts = np.searchsorted(self.customers[:-1], self.events * np.arange(1, parts) // parts)
        bounds = [0, *map(int, cuts), self.people]
        return [(low, high) for low, high in pairwise(bounds) if low < high or parts == 1]


class Kept:
    """What was made on first use, bounded in bytes.  Threads may ask at once; one of them makes it, others of the same wait."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self.most = most
        self.held: OrderedDict[Any, Any] = OrderedDict()
        self.making: dict[Any, threading.RLock] = {}
        self.door = threading.Lock()

    def get(self, name: Any, make: Callable[[], Any]) -> Any:
        """What is kept under the name.  It has `nbytes`."""
        with self.door:
            if name in self.held:
                self.held.move_to_end(name)
                return self.held[name]
            turn = self.making.setdefault(name, threading.RLock())
        with turn:
            with self.door:
                if name in self.held:
                    return self.held[name]
            made = make()
            self._keep(name, made)
            return made

    def _keep(self, name: Any, made: Any) -> None:
        with self.door:
            self.held[name] = made
            self.making.pop(name, None)
            while len(self.held) > 1 and sum(one.nbytes for one in self.held.values()) > self.most:
                self.held.popitem(last=False)
