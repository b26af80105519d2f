"""A funnel by its meaning alone: every attempt of a tiny log is enumerated, without SQL and without cleverness.

Exponential; for logs of a dozen events.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby, permutations, product
from typing import Any


@dataclass(frozen=True)
class Event:
    customer: str
    name: str
    ts: int
    seq: int
    props: tuple[tuple[str, Any], ...] = ()

    def get(self, name: str) -> Any:
        return dict(self.props).get(name)


@dataclass(frozen=True)
class Attempt:
    """times: per step, None where it was skipped or not reached.  start, stop: order keys of its first and deepest step."""

    times: tuple[int | None, ...]
    keys: tuple[Any, ...]
    void: bool
    first: Event | None = None

    @property
    def deepest(self) -> int:
        return max(step for step, time in enumerate(self.times) if time is not None)

    @property
    def rank(self) -> tuple[Any, ...]:
        done = sum(time is not None for time in self.times)
        stop = self.keys[self.deepest]
        later = tuple((key is None, key or ()) for key in self.keys[1:])
        return (-self.deepest, self.void, stop, tuple(-part for part in self.keys[0]), -done, later)


def serves(event: Event, step: Any) -> bool:
    """Whether the event is one of the step's: name, None, {"event", "where": {name: value}} or {"any_of": [...]}."""
    if step is None or isinstance(step, str):
        return step is None or event.name == step
    if "any_of" in step:
        return any(serves(event, part) for part in step["any_of"])
    return serves(event, step.get("event")) and all(event.get(name) == value for name, value in step.get("where", {}).items())


def count_units(events: Sequence[Event], plain: Mapping[str, Any], window: int | None, start: int = 0) -> dict[Any, Attempt]:
    """The attempt with which each unit counts.  window: ms.  start: entries begin here."""
    unit = plain.get("count_by", "customer")
    by = (lambda e: e.customer) if unit == "customer" else (lambda e: e.get(unit.removeprefix("property:")))
    chosen = {}
    for key in {by(event) for event in events} - {None}:
        own = sorted((event for event in events if by(event) == key), key=lambda e: (e.ts, e.seq))
        best = min(_attempts(own, plain, window, start), key=lambda attempt: attempt.rank, default=None)
        if best is not None and not best.void:
            chosen[key] = best
    return chosen


def _attempts(events: Sequence[Event], plain: Mapping[str, Any], window: int | None, start: int) -> Iterator[Attempt]:
    for held in _held_values(events, plain.get("hold", ())):
        mine = [event for event in events if tuple(event.get(name) for name in plain.get("hold", ())) == held]
        if plain.get("order") == "unordered":
            yield from _unordered(mine, events, plain, window, start)
        else:
            yield from _in_order(mine, events, plain, window, start)


def _held_values(events: Sequence[Event], names: Sequence[str]) -> set[tuple[Any, ...]]:
    values = {tuple(event.get(name) for name in names) for event in events}
    return {value for value in values if None not in value}


def _order(event: Event, plain: Mapping[str, Any]) -> tuple[int, ...]:
    return (event.ts, event.seq) if plain.get("ties") == "load_order" else (event.ts,)


def _in_order(mine: list[Event], events: Sequence[Event], plain: Mapping[str, Any], window: int | None, start: int) -> Iterator[Attempt]:
    steps = plain["steps"]
    for skipped in (set(skip) for size in range(4) for skip in combinations(plain.get("optional", ()), size)):
        way = [step for step in range(len(steps)) if step not in skipped]
        find = _strict_chains if plain.get("order") == "strict" else _chains
        chains = [chain for chain in find(mine, events, plain, way) if _allowed(chain, window, start)]
        for first in {_order(chain[0], plain) for chain in chains}:
            from_here = [chain for chain in chains if _order(chain[0], plain) == first]
            if plain.get("order") == "strict":
                yield from (_attempt(chain, way, events, plain, window) for chain in from_here)
            else:
                deepest = max(len(chain) for chain in from_here)
                soonest = min((chain for chain in from_here if len(chain) == deepest), key=lambda c: [_order(e, plain) for e in c])
                yield _attempt(soonest, way, events, plain, window)


def _allowed(chain: Sequence[Event], window: int | None, start: int) -> bool:
    return chain[0].ts >= start and (window is None or chain[-1].ts - chain[0].ts <= window)


def _chains(mine: Sequence[Event], _: Sequence[Event], plain: Mapping[str, Any], way: Sequence[int]) -> Iterator[tuple[Event, ...]]:
    """Every way to serve the first steps of `way` by different events whose times do not fall."""

    def grow(chain: tuple[Event, ...]) -> Iterator[tuple[Event, ...]]:
        if chain:
            yield chain
        if len(chain) == len(way):
            return
        for event in mine:
            later = not chain or _order(event, plain) >= _order(chain[-1], plain)
            if later and event not in chain and serves(event, plain["steps"][way[len(chain)]]):
                yield from grow((*chain, event))

    yield from grow(())


def _strict_chains(
    mine: Sequence[Event], events: Sequence[Event], plain: Mapping[str, Any], way: Sequence[int]
) -> Iterator[tuple[Event, ...]]:
    """The same for steps that follow at once, in any order that events of the same time may have."""
    if plain.get("ties") == "load_order":
        orders: list[list[Event]] = [list(events)]
    else:
        moments = [list(group) for _, group in groupby(events, key=lambda e: e.ts)]
        orders = [[event for part in parts for event in part] for parts in product(*(permutations(moment) for moment in moments))]
    seen = set()
    for order in orders:
        for at in range(len(order)):
            for size in range(1, len(way) + 1):
                chain = tuple(order[at : at + size])
                whole = len(chain) == size and all(event in mine for event in chain)
                if whole and chain not in seen and all(serves(e, plain["steps"][way[k]]) for k, e in enumerate(chain)):
                    seen.add(chain)
                    yield chain


def _attempt(chain: Sequence[Event], way: Sequence[int], events: Sequence[Event], plain: Mapping[str, Any], window: int | None) -> Attempt:
    at = dict(zip(way, chain, strict=False))
    times = tuple(at[step].ts if step in at else None for step in range(len(plain["steps"])))
    keys = tuple(_order(at[step], plain) if step in at else None for step in range(len(plain["steps"])))
    void = any(_voids(exclusion, at, way, events, plain, window) for exclusion in plain.get("exclusions", ()))
    return Attempt(times, keys, void, chain[0])


def _voids(
    exclusion: Mapping[str, Any],
    at: Mapping[int, Event],
    way: Sequence[int],
    events: Sequence[Event],
    plain: Mapping[str, Any],
    window: int | None,
) -> bool:
    begin = max(step for step in way if step <= exclusion["from_step"])
    ends = [step for step in way if step >= exclusion["to_step"]]
    if begin not in at:
        return False
    for event in events:
        if serves(event, exclusion["event"]) and _order(event, plain) > _order(at[begin], plain):
            if ends and ends[0] in at:
                if _order(event, plain) < _order(at[ends[0]], plain):
                    return True
            elif window is None or event.ts < at[0].ts + window:
                return True
    return False


def _unordered(
    mine: Sequence[Event], events: Sequence[Event], plain: Mapping[str, Any], window: int | None, start: int
) -> Iterator[Attempt]:
    steps = plain["steps"]
    for anchor in mine:
        if anchor.ts < start or not any(serves(anchor, step) for step in steps):
            continue
        inside = [event for event in mine if event.ts >= anchor.ts and (window is None or event.ts - anchor.ts <= window)]
        times = []
        for moment in sorted({event.ts for event in inside}):
            size = _matching([event for event in inside if event.ts <= moment], steps)
            times += [moment] * (size - len(times))
        done = len(times) == len(steps)
        void = any(
            serves(event, exclusion["event"])
            and event.ts > anchor.ts
            and (window is None or event.ts - anchor.ts <= window)
            and not (done and event.ts >= times[-1])
            for event in events
            for exclusion in plain.get("exclusions", ())
        )
        if void:
            continue
        padded = tuple(times) + (None,) * (len(steps) - len(times))
        yield Attempt(padded, tuple(None if time is None else (time,) for time in padded), False, anchor)


def _matching(events: Sequence[Event], steps: Sequence[Any]) -> int:
    """The most steps that can each have an event of their own."""

    def most(at: int, left: frozenset[int]) -> int:
        if at == len(steps):
            return 0
        options = [1 + most(at + 1, left - {i}) for i in left if serves(events[i], steps[at])]
        return max([most(at + 1, left), *options])

    return most(0, frozenset(range(len(events))))
