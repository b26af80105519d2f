"""What is asked of every tool, as Journey takes it, and what of the answers must be equal."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bench.logs import TENTH, Log

WEEK_S = 604_800
FILTERED_DEVICE = 2
TIMELINE_OF = 1_234
TIMELINE = "one customer's timeline"


@dataclass(frozen=True)
class Asked:
    """A tool's way to an answer.  run: what is timed.  read: its result -> what must be equal to the others'."""

    run: Callable[[], Any]
    read: Callable[[Any], Any]


@dataclass(frozen=True)
class Question:
    """plain: as `ask` takes it.  read: the plain answer -> what must be equal to the others'."""

    name: str
    plain: Mapping[str, Any]
    read: Callable[[Mapping[str, Any]], Any]


def questions(log: Log) -> list[Question]:
    first, second, third, last = (f"e{code}" for code in log.steps)
    steps = [first, second, third, last]
    funnel = {"ask": "funnel", "steps": steps, "window": WEEK_S, "times": False}
    filtered = {"event": second, "where": {"device": f"d{FILTERED_DEVICE}"}}
    segment = {"segment": {"property": "country", "op": "eq", "value": f"c{TENTH}"}}
    retention = {"ask": "retention", "period": "week", "periods": 12, "mode": "on"}
    returning = {"event": third, "where": {"device": f"d{FILTERED_DEVICE}"}}
    return [
        Question("funnel", funnel, counts),
        Question("funnel by device, with times", funnel | {"times": True, "breakdown": "device"}, counts_and_times),
        Question("funnel of a 10% segment", funnel | {"scope": segment}, counts),
        Question("funnel, a step filtered", funnel | {"steps": [first, filtered, third, last]}, counts),
        Question("session paths", {"ask": "paths"}, lambda answer: top(_paths(answer))),
        Question("paths from an event", {"ask": "paths", "start": first}, lambda answer: top(_paths(answer))),
        Question("weekly retention", retention, cohorts),
        Question("retention, return filtered", retention | {"returning": returning}, cohorts),
        Question("transitions", {"ask": "transitions"}, edges),
        Question("weekly lifecycle", {"ask": "lifecycle", "period": "week"}, states),
    ]


def counts(answer: Mapping[str, Any]) -> list[int]:
    return [step["count"] for step in answer["steps"]]


def counts_and_times(answer: Mapping[str, Any]) -> tuple[dict[int, list[int]], list[float]]:
    groups = {code(value): counts(group) for value, group in answer["breakdown"].items()}
    return dict(sorted(groups.items())), [round(step["median_seconds"], 3) for step in answer["steps"][1:]]


def cohorts(answer: Mapping[str, Any]) -> list[list[int]]:
    return [cohort["returned"] for cohort in answer["cohorts"]]


def edges(answer: Mapping[str, Any]) -> dict[tuple[int, int], int]:
    return {(code(edge["from"]), code(edge["to"])): edge["count"] for edge in answer["edges"]}


def states(answer: Mapping[str, Any]) -> list[list[int]]:
    return [answer["new"], answer["returning"], answer["resurrected"], [-n for n in answer["dormant"]]]


def code(name: str) -> int:
    """e12 -> 12, d3 -> 3."""
    return int(name[1:])


def _paths(answer: Mapping[str, Any]) -> list[tuple[tuple[int, ...], int]]:
    return [(tuple(code(event) for event in path["events"]), path["count"]) for path in answer["top_paths"]]


def top(paths: Iterable[tuple[tuple[int, ...], int]]) -> tuple[list[int], set[tuple[int, ...]]]:
    """The counts of the hundred commonest paths, and those of them that no tie at the end could have left out."""
    ranked = sorted(paths, key=lambda path: -path[1])[:100]
    return [count for _, count in ranked], {path for path, count in ranked if count > ranked[-1][1]}


def triangle(rows: Iterable[tuple[int, int, int]], periods: int = 12) -> list[list[int]]:
    """(cohort, k, customers) -> per week of joining, k from 0 to `periods`, while the log lasts."""
    known = {(int(cohort), int(k)): int(n) for cohort, k, n in rows}
    weeks = 1 + max(cohort + k for (cohort, k), n in known.items() if n)
    return [[known.get((cohort, k), 0) for k in range(min(periods + 1, weeks - cohort))] for cohort in range(weeks)]


def by_state(rows: Iterable[tuple[int, str, int]]) -> list[list[int]]:
    """(week, state, customers) -> a list per state."""
    known = {(int(week), state): int(n) for week, state, n in rows}
    weeks = 1 + max(week for week, state in known if state != "dormant")
    return [[known.get((week, state), 0) for week in range(weeks)] for state in ("new", "returning", "resurrected", "dormant")]
