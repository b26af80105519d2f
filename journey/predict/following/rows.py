"""The moments that statements about what comes next are proved on: what was known at each, and what came.

Of a large log a sample of whole customers is taken, by the hash of their ids; rare events are told as one.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from journey.predict.following.counted import read_looks, settled_until
from journey.predict.following.definition import moments_story
from journey.predict.following.looks import horizon_of
from journey.predict.following.question import Followed
from journey.predict.following.symbols import Symbols
from journey.rules import Binder
from journey.scope import Scope
from journey.timeline import SESSION_GAP
from journey.warehouse import ask_sql, one

Array = np.ndarray[Any, Any]
MOST = 200_000  # events, or customers' looks, that are read
KINDS = 60  # events that keep their names; the rest is one
COUNTED = 8  # the commonest events, whose number so far is a feature
BACK = 3  # events or looks back that boosted trees see
OTHER = "other events"
SAMPLED = """select e.customer, e.ts
from events e
join customers c on c.customer = e.customer
where hash(c.id) % $every = 0
order by e.customer, e.ts"""


@dataclass(frozen=True)
class Moments:
    """One row per moment, by customer and time.

    customer, ts: (n,).  trail: (n, back): what came last, the latest first; `kinds` is (start), -1 is beyond it.
    following: (n,) what came next.  known: ts from which on it was known.  labels: (kinds,).
    numbers: (n, features) times and counts, NaN where there is none.  every: one customer in so many was read.
    """

    customer: Array
    ts: Array
    known: Array
    trail: Array
    following: Array
    numbers: Array
    labels: tuple[str, ...]
    every: int

    @property
    def kinds(self) -> int:
        return len(self.labels)

    def __len__(self) -> int:
        return len(self.ts)

    def where(self, kept: Array) -> "Moments":
        columns = {name: getattr(self, name)[kept] for name in ("customer", "ts", "known", "trail", "following", "numbers")}
        return replace(self, **columns)


def read_moments(binder: Binder, followed: Followed, symbols: Symbols, scope: Scope) -> Moments:
    back = max(followed.order, BACK)
    return _events(binder, followed, symbols, back, scope) if followed.of == "event" else _looks(binder, followed, symbols, back, scope)


def _events(binder: Binder, followed: Followed, symbols: Symbols, back: int, scope: Scope) -> Moments:
    every = max(1, -(-int(one(binder.con, "select count(*) from events")) // MOST))
    asked = Binder(binder.con)
    sql = moments_story(asked, followed, symbols, every, scope)
    sql += "\nselect customer, run, ts, event, next, entered\nfrom moments\norder by customer, ts, seq"
    rows = ask_sql(binder.con, sql, asked.params)
    customer, run, ts, event, after = (rows[name].to_numpy().astype(np.int64) for name in ("customer", "run", "ts", "event", "next"))
    path = _changes(customer, run)
    until = settled_until(binder, followed)
    kept = rows["entered"].to_numpy() & (ts < until)
    code_of, labels = _folded(symbols, event[kept])
    event, after = code_of[event], code_of[after]
    place = np.arange(len(ts)) - path
    moments = Moments(
        customer=customer,
        ts=ts,
        known=ts + (SESSION_GAP if followed.unit == "session" else followed.silence),
        trail=_trail(event, place, back, len(labels)),
        following=after,
        numbers=_numbers(customer, ts, event, path, place, len(labels)),
        labels=labels,
        every=every,
    )
    return moments.where(kept)


def _changes(*columns: Array) -> Array:
    """(n,) the first row of the stretch of equal values that each row is in."""
    n = len(columns[0])
    new = np.zeros(n, bool)
    new[:1] = True
    for column in columns:
        new[1:] |= column[1:] != column[:-1]
    return np.maximum.accumulate(np.where(new, np.arange(n), 0)) if n else np.zeros(0, np.int64)


def _folded(symbols: Symbols, events: Array) -> tuple[Array, tuple[str, ...]]:
    """-> (the kind of each symbol, the kinds' names): the commonest events, the rest as one, and the end."""
    counts = np.bincount(events, minlength=len(symbols.names))
    shown = [code for code in range(len(symbols.names)) if code not in symbols.hidden]
    named = sorted(shown, key=lambda code: (-counts[code], code))[:KINDS]
    rest = len(shown) > len(named)
    labels = [*(symbols.names[code] for code in named), *([OTHER] if rest else []), symbols.label(symbols.end)]
    code_of = np.full(symbols.places, len(named), np.int64)
    code_of[named] = np.arange(len(named))
    code_of[symbols.end] = len(labels) - 1
    return code_of, tuple(labels)


def _trail(event: Array, place: Array, back: int, start: int) -> Array:
    """(n, back).  place: of each row in its run, from 0."""
    trail = np.full((len(event), back), -1, np.int64)
    for shift in range(back):
        within = place >= shift
        trail[within, shift] = event[np.flatnonzero(within) - shift]
        trail[place == shift - 1, shift] = start
    return trail


def _numbers(customer: Array, ts: Array, event: Array, path: Array, place: Array, kinds: int) -> Array:
    """Time since the event before and the one before that, since the run began, and since the customer came; how many events
    in the run and before; how many of the commonest kinds so far in the run and ever."""
    came = _changes(customer)
    at = np.arange(len(ts))
    since = [np.where(at - came >= back, ts - ts[np.maximum(at - back, 0)], np.nan) for back in (1, 2)]
    columns = [np.log1p(time / 1000.0) for time in (*since, ts - ts[path], ts - ts[came])] + [np.log1p(place), np.log1p(at - came)]
    for kind in range(min(COUNTED, kinds - 1)):
        reached = np.concatenate([[0], np.cumsum(event == kind)])
        columns += [np.log1p(reached[at + 1] - reached[path]), np.log1p(reached[at + 1] - reached[came])]
    return np.column_stack(columns)


def _looks(binder: Binder, followed: Followed, symbols: Symbols, back: int, scope: Scope) -> Moments:
    looks = read_looks(binder, followed, symbols, back, scope)
    every = max(1, -(-len(looks.ts) // MOST))
    events = ask_sql(binder.con, SAMPLED, {"every": every})
    kept = (looks.ts >= (scope.start or 0)) & np.isin(looks.customer, events["customer"].unique().to_numpy())
    trail = np.where(looks.trail == symbols.start, len(symbols.names), looks.trail)
    horizon = horizon_of(binder.con, followed)
    moments = Moments(
        customer=looks.customer.astype(np.int64),
        ts=looks.ts.astype(np.int64),
        known=looks.ts + horizon,
        trail=trail,
        following=looks.following,
        numbers=np.empty((len(looks.ts), 0)),
        labels=symbols.names,
        every=every,
    ).where(kept)
    return replace(moments, numbers=_habits(moments, events, horizon))


def _habits(moments: Moments, events: pl.DataFrame, horizon: int) -> Array:
    """Days since the last event and since the first; how many events in the last horizon, the one before, and ever."""
    if not len(moments) or events.is_empty():
        return np.empty((len(moments), 5))
    ts = events["ts"].to_numpy()
    origin = int(ts.min())
    bits = int(max(int(moments.ts.max()), int(ts.max())) - origin + 2 * horizon).bit_length()
    keys = (events["customer"].to_numpy().astype(np.int64) << bits) + (ts - origin)

    def before(time: Array) -> Array:
        """How many events of all lie before these customers' times."""
        return np.searchsorted(keys, (moments.customer << bits) + np.maximum(time - origin, 0))

    first, now, recent, earlier = (before(time) for time in (moments.ts * 0, moments.ts, moments.ts - horizon, moments.ts - 2 * horizon))
    recent, earlier = np.maximum(recent, first), np.maximum(earlier, first)
    last_ts, first_ts = ts[np.maximum(now - 1, 0)], ts[np.minimum(first, len(ts) - 1)]
    days = [np.log1p((moments.ts - time) / 86_400_000.0) for time in (last_ts, first_ts)]
    return np.column_stack([*days, np.log1p(now - recent), np.log1p(recent - earlier), np.log1p(now - first)])
