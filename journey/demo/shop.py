"""All that happened in the shop, drawn from one seed and put together as tables."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from journey.demo import world
from journey.demo.days import live
from journey.demo.diary import State
from journey.demo.noise import BOTS, arrivals, bot_rows, twice
from journey.demo.office import office_rows, ticket_rows
from journey.demo.people import People, anonymous_names, consent_table, customer_names, customers_table, draw_people
from journey.demo.site import site_rows, step_times
from journey.demo.truth import Drawn, tell_truth
from journey.demo.visits import CODE, Steps, walk_visits
from journey.errors import QuestionError
from journey.scope import to_ms

UNREGISTERED = -(10**16)
TEXT_COLUMNS = ("device", "channel", "touch", "plan", "product", "category", "query", "campaign", "experiment", "variant", "order",
                "line", "coupon", "ticket", "text", "action", "segment")  # fmt: skip
NUMBER_COLUMNS = {"price": pl.Float64, "quantity": pl.Int64, "revenue": pl.Float64, "delay_days": pl.Int64, "rating": pl.Int64,
                  "csat": pl.Int64, "wait_hours": pl.Float64, "propensity": pl.Float64, "cost": pl.Float64}  # fmt: skip


@dataclass(frozen=True)
class Shop:
    """events: one row an event, in the order of arrival, which is not quite that of ts.  truth: what was planted, JSON-able."""

    events: pl.DataFrame
    customers: pl.DataFrame
    consent: pl.DataFrame
    truth: dict[str, Any]


def generate_shop(
    seed: int | np.random.Generator = 7, customers: int = 20_000, days: int = 180, tell: Callable[[int], None] = lambda day: None
) -> Shop:
    """The shop of a seed, the same to the bit every time: `customers` people over `days` days that end with 2026-10-31.

    tell: called with the number of each day as it passes.
    Raises: QuestionError: fewer than 50 people or 60 days, in which nothing of the truth would show.
    """
    if customers < 50 or not 60 <= days <= 400:
        raise QuestionError(f"A simulated shop needs at least 50 customers and 60 to 400 days, not {customers:,} and {days:,}.")
    rng = seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed)
    midnight = world.midnights(days)
    people = draw_people(rng, customers, days)
    state, diary = live(people, rng, days, tell)
    visits, orders = diary.read("visits"), diary.read("orders")
    steps = walk_visits(visits, people, state, rng)
    ts = step_times(steps, visits, people, midnight, rng)
    signup = _signup_times(people, state, steps, visits, ts, midnight)
    site = site_rows(steps, visits, orders, people, ts, rng)
    order_ts = _order_times(steps, orders, ts)
    tickets = diary.read("tickets")
    parts = [
        site,
        office_rows(people, diary, order_ts, midnight, rng),
        ticket_rows(tickets, people, midnight, rng),
        bot_rows(int(people.device_ids.max()) + 1, midnight, rng),
        twice(site, rng),
    ]
    known = _together(parts, people, days, rng)
    drawn = Drawn(people, state, diary, visits, orders, tickets, known, days)
    return Shop(
        events=known.select("customer", "anonymous_id", "event", "ts", *TEXT_COLUMNS, *NUMBER_COLUMNS),
        customers=customers_table(people, signup),
        consent=consent_table(rng, people, signup, midnight[0]),
        truth=tell_truth(drawn),
    )


def _together(parts: list[pl.DataFrame], people: People, days: int, rng: np.random.Generator) -> pl.DataFrame:
    """One table in the order of arrival, with names for people and devices; device_no and person stay beside them."""
    loose = pl.concat([part.with_columns(pl.col(pl.Enum, pl.Categorical).cast(pl.String)) for part in parts], how="diagonal_relaxed")
    start, ts = to_ms(world.first_day(days)), loose["ts"].to_numpy()
    arrived = np.where((ts >= start) & (ts < to_ms(world.STOP)), arrivals(loose, rng), -1)
    order = np.argsort(arrived, kind="stable")
    rows = loose[order[np.searchsorted(arrived[order], 0) :]]
    people_names = customer_names(people.count)
    devices = anonymous_names(rng, int(people.device_ids.max()) + 1 + BOTS)
    known = pl.col("identified").fill_null(True)
    return rows.with_columns(
        customer=pl.when(known).then(pl.lit(people_names).gather(pl.col("person"))),
        anonymous_id=pl.lit(devices).gather(pl.col("device_no")),
        ts=pl.col("ts").cast(pl.Datetime("ms", "UTC")),
        **{name: pl.col(name).cast(kind) for name, kind in NUMBER_COLUMNS.items()},
    )


def _signup_times(
    people: People, state: State, steps: Steps, visits: dict[str, np.ndarray], ts: np.ndarray, midnight: np.ndarray
) -> np.ndarray:
    """(people,) ms: the Sign up event, a time before the first day, or UNREGISTERED."""
    signup = np.full(people.count, UNREGISTERED)
    before = people.arrival < 0
    signup[before] = midnight[people.zone[before], 0] - people.tenure[before] * world.DAY_MS + 10 * 3_600_000
    joins = steps.code == CODE["Sign up"]
    signup[visits["person"][steps.visit[joins]]] = ts[joins]
    signup[signup >= to_ms(world.STOP)] = UNREGISTERED
    return signup


def _order_times(steps: Steps, orders: dict[str, np.ndarray], ts: np.ndarray) -> np.ndarray:
    """(orders,) ms of their Purchase event."""
    bought = np.flatnonzero(steps.code == CODE["Purchase"])
    of_visit = np.full(int(steps.visit.max()) + 1, -1, dtype=np.int64)
    of_visit[steps.visit[bought]] = ts[bought]
    return of_visit[orders["visit"]]
