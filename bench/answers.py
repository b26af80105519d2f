"""The same questions asked of Journey, ClickHouse (chdb) and Polars, in turns; answers must be equal before times count.

Times are medians over alternating runs, wall and CPU of this process, of a warm library call without any cache.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from chdb.session import Session

from journey.ask import ask
from journey.ingest import load_events
from journey.warehouse import open_warehouse

DAY = 86_400_000
FIRST = 1_767_571_200_000  # 2026-01-05, a Monday
DAYS = 182
TYPES = 30
RUNS = 7
STEPS = ("e1", "e2", "e3", "e4")
WEEK_S = 604_800


def drawn_log(events: int, seed: int = 1) -> pl.DataFrame:
    """customer, event, ts: about 28 events a customer, event names by a falling share, times spread over half a year."""
    rng = np.random.default_rng(seed)
    customers = max(1, events // 28)
    names = np.array([f"e{i}" for i in range(TYPES)])
    share = 1 / np.arange(1, TYPES + 1)
    return pl.DataFrame(
        {
            "customer": np.char.add("c", rng.integers(0, customers, events).astype(str)),
            "event": rng.choice(names, events, p=share / share.sum()),
            "ts": FIRST + rng.choice(DAYS * DAY, events, replace=False),
        }
    ).with_columns(pl.col("ts").cast(pl.Datetime("ms", "UTC")))


def journey(frame: pl.DataFrame) -> dict[str, Callable[[], Any]]:
    con = open_warehouse(":memory:")
    load_events(con, frame)
    funnel = {"ask": "funnel", "steps": list(STEPS), "window": WEEK_S, "times": False}
    retention = {"ask": "retention", "period": "week", "periods": 11, "mode": "on", "scope": {"start": "2026-01-05", "stop": "2026-03-30"}}
    return {
        "funnel": lambda: [step["count"] for step in ask(con, funnel)["steps"]],
        "retention": lambda: [cohort["returned"] for cohort in ask(con, retention)["cohorts"]],
    }


def clickhouse(frame: pl.DataFrame) -> dict[str, Callable[[], Any]]:
    """windowFunnel over a table sorted by (customer, ts); cohorts by the week of the first event."""
    session = Session()
    session.query("create table log (u UInt32, e LowCardinality(String), t DateTime64(3), ms Int64) engine = MergeTree order by (u, ms)")
    codes = frame.with_columns(pl.col("customer").cast(pl.Categorical).to_physical().alias("u"), pl.col("ts").dt.epoch("ms").alias("ms"))
    codes.select("u", pl.col("event").alias("e"), "ms").write_parquet("/tmp/journey-bench.parquet")
    session.query("insert into log select u, e, fromUnixTimestamp64Milli(ms), ms from file('/tmp/journey-bench.parquet')")
    conditions = ", ".join(f"e = '{step}'" for step in STEPS)
    funnel = f"""
        select level, count() from (select u, windowFunnel({WEEK_S * 1000})(toUInt64(ms), {conditions}) as level from log group by u)
        group by level"""
    week = f"intDiv(ms - {FIRST}, {7 * DAY})"
    retention = f"""
        select cohort, week - cohort as k, count() from (
            select u, min({week}) over (partition by u) as cohort, {week} as week from log group by u, week
        ) where cohort < 12 and k < 12 and week < 12 + 12 group by cohort, k order by cohort, k"""

    def levels() -> list[int]:
        rows = dict(line.split(",") for line in str(session.query(funnel)).split())
        return [sum(int(n) for level, n in rows.items() if int(level) > k) for k in range(len(STEPS))]

    def cohorts() -> list[list[int]]:
        rows = [tuple(map(int, line.split(","))) for line in str(session.query(retention)).split()]
        return _triangle(rows)

    return {"funnel": levels, "retention": cohorts}


def polars(frame: pl.DataFrame) -> dict[str, Callable[[], Any]]:
    """Retention as a Polars user would write it; a funnel of this meaning has no short form there."""
    log = frame.select(
        pl.col("customer").cast(pl.Categorical).to_physical().alias("u"), ((pl.col("ts").dt.epoch("ms") - FIRST) // (7 * DAY)).alias("week")
    )

    def cohorts() -> list[list[int]]:
        weeks = log.lazy().unique().with_columns(pl.col("week").min().over("u").alias("cohort"))
        counts = weeks.group_by("cohort", (pl.col("week") - pl.col("cohort")).alias("k")).len().collect()
        return _triangle([row for row in counts.iter_rows() if row[0] < 12 and row[1] < 12])

    return {"retention": cohorts}


def _triangle(rows: list[tuple[int, ...]]) -> list[list[int]]:
    """(cohort, k, customers) -> per cohort of the first twelve weeks, k from 0 to 11, while the scope lasts."""
    known = {(cohort, k): n for cohort, k, n in rows}
    return [[known.get((cohort, k), 0) for k in range(12 - cohort)] for cohort in range(12)]


def report(events: int) -> None:
    frame = drawn_log(events)
    tools = {"journey": journey(frame), "clickhouse": clickhouse(frame), "polars": polars(frame)}
    print(f"\nAnswers over {events:,} events, {RUNS} alternating runs, median ms wall / CPU")
    for question in ("funnel", "retention"):
        asked = {tool: calls[question] for tool, calls in tools.items() if question in calls}
        answers = {tool: call() for tool, call in asked.items()}
        assert all(answer == answers["journey"] for answer in answers.values()), f"{question}: {answers}"
        times: dict[str, list[tuple[float, float]]] = {tool: [] for tool in asked}
        for _ in range(RUNS):
            for tool, call in asked.items():
                wall, cpu = time.perf_counter(), time.process_time()
                call()
                times[tool].append((1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)))
        told = [
            f"{tool} {statistics.median(t[0] for t in runs):.0f} / {statistics.median(t[1] for t in runs):.0f}"
            for tool, runs in times.items()
        ]
        print(f"  {question:10} " + "   ".join(told))
