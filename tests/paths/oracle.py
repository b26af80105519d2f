"""Paths counted again, one event after the other in plain Python: slow, and as easy to follow as questions can be."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

HALF_HOUR = 1_800_000


@dataclass
class Told:
    """What the oracle found.  Keys are (step, source, target), (step, node) and tuples of events."""

    links: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    link_customers: dict[tuple[int, str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    waits: dict[tuple[int, str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    nodes: Counter[tuple[int, str]] = field(default_factory=Counter)
    node_customers: dict[tuple[int, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    trails: Counter[tuple[str, ...]] = field(default_factory=Counter)
    paths: int = 0


def sessions_of(log: list[tuple[str, int, str]], whole: bool = False) -> list[tuple[str, list[tuple[int, str]]]]:
    """(customer, events in order) per session.  log: (customer, ms, event) in the order of loading.

    whole: all that a customer did is one.
    """
    found: list[tuple[str, list[tuple[int, str]]]] = []
    for customer in sorted({row[0] for row in log}):
        mine = sorted(((ts, event) for who, ts, event in log if who == customer), key=lambda row: row[0])
        for number, (ts, event) in enumerate(mine):
            if number == 0 or (not whole and ts - mine[number - 1][0] > HALF_HOUR):
                found.append((customer, []))
            found[-1][1].append((ts, event))
    return found


def tell(log: list[tuple[str, int, str]], q: dict[str, Any], since: int | None = None, until: int | None = None) -> Told:
    """The answer to a question with its defaults filled in, over paths that begin in [since, until)."""
    told, ways, served = Told(), [], set()
    for customer, events in sessions_of(log, q["unit"] == "history"):
        way = stretch(events, q)
        if not way or (since is not None and way[0][0] < since) or (until is not None and way[0][0] >= until):
            continue
        if q["unit"] == "customer" and customer in served:
            continue
        served.add(customer)
        ways.append((customer, in_columns(way, q)))
    told.paths = len(ways)
    keep = kept_rows(ways, q)
    cells = [(customer, cells_of(columns, keep, q)) for customer, columns in ways]
    fold(cells, q)
    for (customer, columns), (_, row) in zip(ways, cells, strict=True):
        told.trails[tuple(name for _, (_, name) in sorted(columns.items()))] += 1
        count(told, customer, columns, row)
    return told


def stretch(events: list[tuple[int, str]], q: dict[str, Any]) -> list[tuple[int, str]]:
    seen: list[tuple[int, str]] = []
    for ts, event in events:
        name = q["group"].get(event, event)
        if event in q["hide"]:
            continue
        repeats = q["collapse_repeats"] is True or (q["collapse_repeats"] is not False and name in q["collapse_repeats"])
        if repeats and seen and seen[-1][1] == name:
            continue
        seen.append((ts, name))
    if q["start"] is not None:
        first = next((i for i, (_, name) in enumerate(seen) if name == q["start"]), None)
        seen = [] if first is None else seen[first:]
    if q["end"] is not None:
        after = 1 if q["start"] is not None else 0
        last = next((i for i, (_, name) in enumerate(seen) if name == q["end"] and i >= after), None)
        seen = [] if last is None else seen[: last + 1]
    return seen


def in_columns(way: list[tuple[int, str]], q: dict[str, Any]) -> dict[int, tuple[int, str]]:
    if q["end"] is not None:
        return {place - len(way): event for place, event in enumerate(way) if len(way) - place <= q["steps"]}
    return {place + 1: event for place, event in enumerate(way) if place < q["steps"]}


def kept_rows(ways: list[tuple[str, dict[int, tuple[int, str]]]], q: dict[str, Any]) -> set[tuple[int, str]]:
    columns: dict[int, Counter[str]] = defaultdict(Counter)
    for _, way in ways:
        for step, (_, name) in way.items():
            columns[step][name] += 1
    return {
        (step, name)
        for step, names in columns.items()
        for name, _ in sorted(names.items(), key=lambda pair: (-pair[1], pair[0]))[: q["rows"]]
    }


def cells_of(columns: dict[int, tuple[int, str]], keep: set[tuple[int, str]], q: dict[str, Any]) -> dict[int, str]:
    cells = {step: name if (step, name) in keep else "Other" for step, (_, name) in columns.items()}
    if q["end"] is None and max(cells) < q["steps"]:
        cells[max(cells) + 1] = "Drop-off"
    if q["end"] is not None and min(cells) > -q["steps"]:
        cells[min(cells) - 1] = "(start)"
    return cells


def fold(cells: list[tuple[str, dict[int, str]]], q: dict[str, Any]) -> None:
    """Links to an event of fewer than min_count paths lead to Other, column by column from the anchor."""
    if q["min_count"] <= 1:
        return
    sign = -1 if q["end"] is not None else 1
    for number in range(1, q["steps"] + 1):
        step, before = sign * number, sign * (number - 1)
        if number == 1 and (q["start"] is not None or q["end"] is not None):
            continue
        weights = Counter((row.get(before), row.get(step)) for _, row in cells)
        for row, key in [(row, (row.get(before), row.get(step))) for _, row in cells]:
            if step in row and row[step] not in ("Drop-off", "(start)") and weights[key] < q["min_count"]:
                row[step] = "Other"


def count(told: Told, customer: str, columns: dict[int, tuple[int, str]], row: dict[int, str]) -> None:
    for step, name in row.items():
        told.nodes[step, name] += 1
        told.node_customers[step, name].add(customer)
        if step + 1 in row:
            link = (step, name, row[step + 1])
            told.links[link] += 1
            told.link_customers[link].add(customer)
            if step in columns and step + 1 in columns:
                told.waits[link].append((columns[step + 1][0] - columns[step][0]) / 1000)
