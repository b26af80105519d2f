"""What can come before and after: events or stages by number, and our own two that no event may take.

0 .. n - 1   events by their codes, or stages by their places
n            (start): nothing came before in this session; of stages: not known at the look before
n + 1        (end): nothing more comes in this session
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from journey.predict.following.question import Followed
from journey.rules import Binder, nearest
from journey.rules.staged import StageRule, stages_in_force
from journey.warehouse import ask_sql

START, END = "(start)", "(end)"
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Symbols:
    """names: of events by code, of stages by place, all different and none of ours.  hidden: numbers that are left out.

    once: (n,) bool, whose repeats in a row are one.  ends: whether there can be an end.
    """

    names: tuple[str, ...]
    hidden: tuple[int, ...]
    once: tuple[bool, ...]
    ends: bool

    @property
    def start(self) -> int:
        return len(self.names)

    @property
    def end(self) -> int:
        return len(self.names) + 1

    @property
    def places(self) -> int:
        return len(self.names) + 2

    @property
    def floor(self) -> Array:
        """(places,): the same chance for all that can come next."""
        can = np.ones(self.places)
        can[[*self.hidden, self.start, *([] if self.ends else [self.end])]] = 0
        return can / max(can.sum(), 1)

    def label(self, number: int) -> str:
        return {self.start: START, self.end: END}.get(number) or self.names[number]

    def find(self, name: str) -> int | None:
        """The number of what a person names; None where there is none, or where it is hidden."""
        if name == START:
            return self.start
        found = next((number for number, known in enumerate(self.names) if name in (known, known.removesuffix(" (event)"))), None)
        return None if found in self.hidden else found

    def known_end(self, binder: Binder, after: Sequence[str], order: int, what: str) -> list[int]:
        """The latest of `after` that are known and within the order, the last of them first.

        An unknown name brings a warning, and what came before it is left out: the history is known from there on.
        """
        found: list[int] = []
        for name in reversed(after[len(after) - min(order, len(after)) :]):
            number = self.find(name)
            if number is None:
                rest = " What follows the events after it is told." if found else " What follows any is told."
                binder.warn(f"No {what} is named {name!r}.{nearest(name, self.names)}{rest}".replace("events", what + "s"))
                break
            found.append(number)
            if number == self.start:
                break
        return found


def read_symbols(binder: Binder, followed: Followed) -> Symbols:
    if followed.of == "stage":
        names = tuple(stage.name for stage in rules_of(binder, followed))
        return Symbols(_apart(names), (), (False,) * len(names), ends=False)
    names = tuple(ask_sql(binder.con, "select name from event_names order by event")["name"].to_list())
    for name in (*followed.hide, *(followed.collapse_repeats if isinstance(followed.collapse_repeats, tuple) else ())):
        if name not in names:
            binder.warn(f"No event is named {name!r}.{nearest(name, names)}")
    collapse = followed.collapse_repeats
    once = tuple(collapse if isinstance(collapse, bool) else name in collapse for name in names)
    return Symbols(_apart(names), tuple(code for code, name in enumerate(names) if name in followed.hide), once, ends=True)


def rules_of(binder: Binder, followed: Followed) -> tuple[StageRule, ...]:
    return followed.rules or stages_in_force(binder.con)


def _apart(names: Sequence[str]) -> tuple[str, ...]:
    """An event that is really named "(end)" is shown as "(end) (event)", so that "(end)" is always the end."""
    told: list[str] = []
    for name in names:
        label = name
        while label in (START, END) or (label != name and (label in names or label in told)):
            label += " (event)"
        told.append(label)
    return tuple(told)
