"""What was made once and is shown again: a bounded shelf that all sessions take from.

Streamlit's own data cache pickles an answer when it is made and unpickles it at every run.  Answers here are frozen, so
that every session may be handed the same object; and what is the same object needs no second figure.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any
from uuid import uuid4

import streamlit as st

LONG = 1_000  # a list longer than this, of customers say, is known by being the same list: comparing it would take longer


class Same:
    """A thing known by being itself; held, so that no other can take its place in memory."""

    __slots__ = ("thing",)

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.thing is self.thing


def by_value(part: Any) -> Hashable:
    """What equal questions, scopes and plain data have in common: their kinds, and all that they hold."""
    if part is None or isinstance(part, str):
        return part
    if isinstance(part, list | tuple):
        return Same(part) if len(part) > LONG else (type(part), *map(by_value, part))
    if isinstance(part, Mapping):
        return (dict, *((key, by_value(value)) for key, value in part.items()))
    if is_dataclass(part) and not isinstance(part, type):
        return (type(part), *(by_value(getattr(part, one.name)) for one in fields(part)))
    return type(part), part  # True is not 1


def by_itself(part: Any) -> Hashable:
    """As `by_value` for plain data; an answer, or anything else that is large, is known by being the same object."""
    if part is None or isinstance(part, str | int | float):
        return type(part), part
    if isinstance(part, list | tuple):
        return Same(part) if len(part) > LONG else (type(part), *map(by_itself, part))
    if isinstance(part, Mapping):
        return (dict, *((by_itself(key), by_itself(value)) for key, value in part.items()))
    return Same(part)


@dataclass
class _Place:
    lock: threading.Lock = field(default_factory=threading.Lock)
    made: bool = False
    thing: Any = None


class Shelf:
    """The `most` things that were asked for last, each made once however many ask at the same time.

    What fails is not kept.  `st.cache_data.clear()` empties this shelf as well.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._places: OrderedDict[Hashable, _Place] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: Hashable, make: Callable[[], Any]) -> Any:
        place = self._place((_clearing(), key))
        if not place.made:
            with place.lock:
                if not place.made:
                    place.thing = make()
                    place.made = True
        return place.thing

    def _place(self, key: Hashable) -> _Place:
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            if len(self._places) > self.most:
                self._places.popitem(last=False)
            return place


@st.cache_data(show_spinner=False)
def _clearing() -> str:
    """Another text after every `st.cache_data.clear()`."""
    return uuid4().hex
