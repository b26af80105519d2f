"""Counting what came next after a history, and after its shorter ends: by the index, by SQL, or from looks at stages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from journey.answers import data_until
from journey.index import open_index
from journey.predict.following.definition import PEOPLE, looks_story, matched_story, now_query, steps_story
from journey.predict.following.question import Followed
from journey.predict.following.symbols import Symbols
from journey.predict.following.witten_bell import interpolated
from journey.rules import Binder
from journey.scope import Scope
from journey.timeline import SESSION_GAP
from journey.warehouse import ask_sql

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Counted:
    """after: what was asked after, the latest first.

    orders: (orders + 1, places) how often each came next, after the history cut to that order.
    backed: the longest of them that was ever seen.  people: customer, next, times, of steps at that order.
    here: who is there now, where that came along with the counting.
    """

    symbols: Symbols
    after: tuple[int, ...]
    orders: Array
    backed: int
    people: pl.DataFrame
    here: Array | None = None

    @property
    def chances(self) -> Array:
        """(places,): of what comes next; they sum to 1."""
        return interpolated(list(self.orders), self.symbols.floor)

    @property
    def times(self) -> int:
        """How often the history that backs the answer was seen."""
        return int(self.orders[self.backed].sum())


def settled_until(binder: Binder, followed: Followed) -> int:
    """ms from which on nobody knows yet what came next: the silence that ends a run may not be over at the data's end."""
    gap = SESSION_GAP if followed.unit == "session" else followed.silence
    return (data_until(binder.con) or 0) - gap


def count_events(binder: Binder, followed: Followed, symbols: Symbols, after: Sequence[int], scope: Scope) -> Counted:
    """Of events; the longest history that was seen is found first, then who was there."""
    after = list(after)
    by_depth, people, here = _events(binder, followed, symbols, after, scope, max(1, len(after)))
    orders = _orders(by_depth, opens=bool(after) and after[0] == symbols.start)
    backed = max((order for order in range(len(orders)) if orders[order].any()), default=0)
    if backed < max(1, len(after)):
        _, people, _ = _events(binder, followed, symbols, after, scope, backed)
    return Counted(symbols, tuple(after), orders, backed, people, here)


def _events(
    binder: Binder, followed: Followed, symbols: Symbols, after: list[int], scope: Scope, least: int
) -> tuple[Array, pl.DataFrame, Array | None]:
    """-> ((depths, places) counts, customer / next / times of steps at least so deep, who is there now where that is known)."""
    until, index = settled_until(binder, followed), open_index(binder.con)
    if index is not None:
        from journey.predict.following.by_index import count_by_index  # its compiler is worth waiting for only with an index

        if (fast := count_by_index(index, binder, followed, symbols, after, scope, until, least)) is not None:
            return fast
    asked = Binder(binder.con)
    story = matched_story(asked, _events_story(asked, followed, symbols, after), after, scope, until)
    rows = ask_sql(binder.con, story + PEOPLE, asked.params).with_columns(pl.col("next", "times").cast(pl.Int64))
    counts = np.zeros((len(after) + 1, symbols.places), np.int64)
    np.add.at(counts, (rows["depth"].to_numpy(), rows["next"].to_numpy()), rows["times"].to_numpy())
    people = rows.filter(pl.col("depth") >= least).group_by("customer", "next").agg(pl.col("times").sum())
    return counts, people, None


def _events_story(binder: Binder, followed: Followed, symbols: Symbols, after: Sequence[int]) -> str:
    return steps_story(binder, followed, symbols, max(1, len(after)), opens=bool(after) and after[0] == symbols.start)


def _orders(by_depth: Array, opens: bool) -> Array:
    """A step that matches deeply matches less deeply too; but what runs begin with came after no event."""
    orders = by_depth[::-1].cumsum(axis=0)[::-1].copy()
    if opens:
        orders[0] = by_depth[0]
    return orders


def events_here(binder: Binder, followed: Followed, symbols: Symbols, after: Sequence[int], scope: Scope) -> Array:
    """(n,) customers whose latest events are these: to whom the statement applies now."""
    after = list(after)
    if after and after[0] == symbols.start:
        return np.empty(0, np.int64)
    index = open_index(binder.con)
    if index is not None:
        from journey.predict.following.by_index import here_by_index

        if (fast := here_by_index(index, binder, followed, symbols, after, scope)) is not None:
            return fast
    asked = Binder(binder.con)
    story = steps_story(asked, followed, symbols, max(1, len(after)), opens=False, before=scope.stop)
    return ask_sql(binder.con, now_query(asked, story, after, scope), asked.params)["customer"].to_numpy()


@dataclass(frozen=True)
class Looks:
    """Stages at looks, one row per customer and look but the last.

    customer, ts: (n,).  trail: (n, order): the stage then and before, -1 beyond.  following: (n,) the stage at the next.
    """

    symbols: Symbols
    customer: Array
    ts: Array
    trail: Array
    following: Array
    last: pl.DataFrame

    def counted(self, after: Sequence[int], start: int | None) -> Counted:
        kept = self.ts >= (start or 0)
        matches = [kept]
        for place, number in enumerate(after):
            matches.append(matches[-1] & (self.trail[:, place] == number))
        orders = np.array([np.bincount(self.following[match], minlength=self.symbols.places) for match in matches])
        backed = max((order for order in range(len(orders)) if orders[order].any()), default=0)
        steps = pl.DataFrame({"customer": self.customer[matches[backed]], "next": self.following[matches[backed]].astype(np.int64)})
        people = steps.group_by("customer", "next").agg(pl.len().cast(pl.Int64).alias("times"))
        return Counted(self.symbols, tuple(after), orders, backed, people)

    def here(self, after: Sequence[int]) -> Array:
        """Customers who are there at the last look."""
        holds = [pl.col(f"s{place}") == number for place, number in enumerate(after)]
        return self.last.filter(pl.all_horizontal(pl.lit(True), *holds))["customer"].to_numpy()


def read_looks(binder: Binder, followed: Followed, symbols: Symbols, back: int, scope: Scope) -> Looks:
    asked = Binder(binder.con)
    story = looks_story(asked, followed, symbols, back, scope)
    columns = ", ".join(f"s{place}" for place in range(back))
    rows = ask_sql(binder.con, f"{story}\nselect customer, ts, {columns}, next\nfrom steps\norder by customer, ts", asked.params)
    known = rows.filter(pl.col("next").is_not_null())
    trail = known.select(pl.col(f"s{place}").fill_null(-1).cast(pl.Int64) for place in range(back)).to_numpy()
    last = rows.filter(pl.col("next").is_null())
    return Looks(symbols, known["customer"].to_numpy(), known["ts"].to_numpy(), trail, known["next"].cast(pl.Int64).to_numpy(), last)
