"""Journeys and runs told the slow way, customer by customer, from plain lists of events."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

Event = tuple[int, int, str]  # ts, seq, name


def reached(events: Sequence[Event], steps: Sequence[str], window: int) -> list[int | None] | None:
    """The times of a customer's milestones, None where not reached; None altogether where the journey never begins."""
    events = sorted(events)
    start = next((event for event in events if event[2] == steps[0]), None)
    if start is None:
        return None
    times: list[int | None] = [start[0]]
    used = [start]
    for step in steps[1:]:
        fitting = [e for e in events if e[2] == step and e not in used and used[-1][0] <= e[0] <= start[0] + window]
        if not fitting:
            break
        used.append(fitting[0])
        times.append(fitting[0][0])
    return times + [None] * (len(steps) - len(times))


def run_of(events: Sequence[Event], steps: Sequence[str], window: int) -> list[tuple[int, int]] | None:
    """(milestone, ts) of each milestone event of a run, in order, up to the last milestone."""
    starts = [ts for ts, _, name in events if name == steps[0]]
    if not starts:
        return None
    inside = [(ts, steps.index(name), seq) for ts, seq, name in events if name in steps and min(starts) <= ts <= min(starts) + window]
    run = []
    for ts, milestone, _ in sorted(inside):
        run.append((milestone, ts))
        if milestone == len(steps) - 1:
            break
    return run


def conformance(log: dict[str, list[Event]], steps: Sequence[str], window: int, until: int, collapse: bool = False) -> dict[str, Any]:
    first: Counter[tuple[int, int]] = Counter()
    loops: Counter[tuple[int, int]] = Counter()
    rework: Counter[int] = Counter()
    follows = paths = completed = 0
    for events in log.values():
        run = run_of(events, steps, window)
        if run is None or run[0][1] + window > until:
            continue
        paths += 1
        places = [milestone for milestone, _ in run]
        moves = list(pairwise(places))
        completed += places[-1] == len(steps) - 1
        wrong = [(a, b) for a, b in moves if b != a + 1 and not (collapse and a == b)]
        if wrong:
            first[wrong[0]] += 1
        elif places[-1] == len(steps) - 1:
            follows += 1
        else:
            first[places[-1], -1] += 1
        loops.update((a, b) for a, b in moves if b < a)
        rework.update({place: n - 1 for place, n in Counter(places).items() if n > 1})
    return {"paths": paths, "follows": follows, "completed": completed, "first": dict(first), "loops": dict(loops), "rework": dict(rework)}
