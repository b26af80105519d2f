"""What is kept while days pass: the state of every person, and a diary of all that happened, one column at a time."""

from collections import defaultdict
from typing import Any

import numpy as np

from journey.demo import world
from journey.demo.people import NEVER, People

LONG_AGO = -NEVER
MARKS = ("late", "low_csat", "refused", "called")


class State:
    """Arrays with one entry a person, changed day by day.

    signed_up, left: the day, NEVER before it happens.  last_...: the day it last happened, LONG_AGO if never.
    touches: (channels, people), the day of the last touch by the channel.  marks: what will be remembered, by day.
    """

    def __init__(self, people: People) -> None:
        count = people.count
        self.signed_up = np.where(people.arrival < 0, -people.tenure, NEVER)
        self.left = np.full(count, NEVER)
        self.lost = np.zeros(count, bool)  # never registered and will not come again
        self.visited = np.zeros(count, bool)
        self.last_visit = np.full(count, LONG_AGO)
        self.last_abandoned = np.full(count, LONG_AGO)
        self.last = {mark: np.full(count, LONG_AGO) for mark in MARKS}
        self.touches = np.full((len(world.CHANNELS), count), LONG_AGO)
        self.orders = np.zeros(count, int)
        self.coupon_first = np.zeros(count, bool)
        self.plus = np.zeros(count, bool)
        self.plus_renews = np.full(count, NEVER)
        self.marks: dict[tuple[str, int], list[np.ndarray]] = defaultdict(list)
        self.responses: dict[int, list[np.ndarray]] = defaultdict(list)

    def registered(self) -> np.ndarray:
        return self.signed_up < NEVER

    def remember(self, mark: str, persons: np.ndarray, days: np.ndarray) -> None:
        """Each person will carry the mark from the day given."""
        for day in set(days.tolist()):
            self.marks[mark, int(day)].append(persons[days == day])

    def recall(self, day: int) -> None:
        """Apply what was to be remembered on this day."""
        for mark in MARKS:
            for persons in self.marks.pop((mark, day), []):
                self.last[mark][persons] = day

    def recently(self, mark: str, day: int) -> np.ndarray:
        """(people,): carries the mark from one of the last 28 days, today not included."""
        return day - self.last[mark] <= world.MEMORY_DAYS


class Diary:
    """Columns of what happened, by the kind of thing: diary.write("orders", person=..., day=...)."""

    def __init__(self) -> None:
        self._parts: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self._rows: dict[str, int] = defaultdict(int)

    def write(self, kind: str, **columns: np.ndarray) -> np.ndarray:
        """Append rows; the numbers they got, from 0 within their kind."""
        rows = len(next(iter(columns.values())))
        numbers = np.arange(self._rows[kind], self._rows[kind] + rows)
        for name, values in columns.items():
            self._parts[kind][name].append(values)
        self._rows[kind] += rows
        return numbers

    def read(self, kind: str) -> dict[str, np.ndarray]:
        """All rows of a kind, as arrays of equal length."""
        return {name: np.concatenate(parts) for name, parts in self._parts[kind].items()}
