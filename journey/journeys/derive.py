"""The journey of a log whose vocabulary no catalog knows: from what customers do first to what most journeys lead to.

The first milestone is the event that most customers begin with.  The goal is the event that brings revenue, else one that is
called like a goal, else the one that most customers end with.  Between them stand those events that most customers who
reached the goal did on the way, in the order they usually did them.  Known limit: it reads the first time of each event
only, of at most 20,000 customers and the 60 events most of them do.
"""

import math
from dataclasses import dataclass

import polars as pl

from journey.rules.commonest import COMMONEST, commonest_values
from journey.rules.commonest import SETBACKS as COMMON_SETBACKS
from journey.warehouse import Warehouse, ask_sql, setting

BETWEEN, USUAL = 3, 0.5
LEAST_SHARE = 0.01  # of customers who do a goal
GOALS = (
    "purchase",
    "order",
    "bought",
    "buy",
    "paid",
    "payment",
    "subscri",
    "success",
    "complete",
    "passed",
    "confirm",
    "sign",
    "book",
    "activat",
)
SETBACKS = (*COMMON_SETBACKS, "appeal")
HOUR, DAY = 3_600_000, 86_400_000
WINDOWS = (HOUR, 6 * HOUR, DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 180 * DAY, 365 * DAY, 730 * DAY)

FIRSTS = f"""with {COMMONEST}
select e.customer, n.name, min(e.ts) as ts, min(row(e.ts, e.seq)) as place, max(row(e.ts, e.seq)) as last_place
from events e
join sampled s on s.customer = e.customer
join common c on c.event = e.event
join event_names n on n.event = e.event
group by e.customer, n.name"""


@dataclass(frozen=True)
class Derived:
    """events: names, in order, two at least.  window: ms."""

    events: tuple[str, ...]
    window: int


def derive_journey(con: Warehouse) -> Derived | None:
    """The likeliest journey of the log; None where it holds fewer than two events that follow one another."""
    firsts = ask_sql(con, FIRSTS, commonest_values(con))
    if firsts["name"].n_unique() < 2:
        return None
    start = _most(firsts.sort("place").group_by("customer", maintain_order=True).first())
    goal = _goal(con, firsts, start)
    began = firsts.filter(pl.col("name") == start).select("customer", began="ts")
    made = firsts.filter(pl.col("name") == goal).select("customer", made="ts").join(began, on="customer")
    made = made.filter(pl.col("made") >= pl.col("began"))
    if goal is None or made.is_empty():
        return None
    return Derived((start, *_between(firsts, made, start, goal), goal), _window(firsts, made))


def _most(rows: pl.DataFrame) -> str:
    counts = rows.group_by("name").len().sort("len", "name", descending=[True, False])
    return str(counts["name"][0])


def _goal(con: Warehouse, firsts: pl.DataFrame, start: str) -> str | None:
    """Of goals by name the one most customers do, of those that enough customers do; the start is none."""
    reach = dict(firsts.filter(pl.col("name") != start).group_by("name").len().iter_rows())
    if not reach:
        return None
    least = LEAST_SHARE * firsts["customer"].n_unique()
    revenue = (setting(con, "revenue") or {}).get("event")
    if reach.get(revenue, 0) > 0:
        return str(revenue)
    lower = {name: name.casefold() for name, n in reach.items() if n >= least}
    goals = [name for name, text in lower.items() if any(goal in text for goal in GOALS) and not any(word in text for word in SETBACKS)]
    if goals:
        return max(goals, key=lambda name: (-min(k for k, goal in enumerate(GOALS) if goal in lower[name]), reach[name], name))
    ends = firsts.filter(pl.col("name") != start).sort("last_place").group_by("customer", maintain_order=True).last()
    return _most(ends)


def _between(firsts: pl.DataFrame, made: pl.DataFrame, start: str, goal: str) -> list[str]:
    """What most of those who reached the goal did first between the start and it, the earliest first."""
    inside = firsts.filter(~pl.col("name").is_in([start, goal])).join(made, on="customer")
    inside = inside.filter((pl.col("ts") >= pl.col("began")) & (pl.col("ts") <= pl.col("made")))
    inside = inside.with_columns(rank=pl.col("place").rank("min").over("customer"))
    usual = inside.group_by("name").agg(n=pl.len(), rank=pl.col("rank").mean()).filter(pl.col("n") >= USUAL * made.height)
    return usual.sort("n", "name", descending=[True, False]).head(BETWEEN).sort("rank", "name")["name"].to_list()


def _window(firsts: pl.DataFrame, made: pl.DataFrame) -> int:
    """The shortest usual window in which nine of ten reach the goal, within half of what the log covers."""
    needed = made.select((pl.col("made") - pl.col("began")).quantile(0.9, "higher")).item()
    low, high = firsts.select(low=pl.col("ts").min(), high=pl.col("ts").max()).row(0)
    wide = [window for window in WINDOWS if window <= (high - low) / 2] or [WINDOWS[0]]
    return next((window for window in wide if window >= needed), wide[-1]) if math.isfinite(needed) else wide[-1]
