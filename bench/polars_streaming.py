"""What a careful Polars user would write for the same answers, collected by its streaming engine.

The frame is in memory, sorted by (u, ts).  One number holds customer and time, so that a difference within the window is
of one customer, and filling forward need not be told where a customer ends.
"""

from collections.abc import Sequence

import polars as pl

from bench.logs import DAY, FIRST, TENTH, Log
from bench.questions import FILTERED_DEVICE, TIMELINE, TIMELINE_OF, WEEK_S, Asked, by_state, top, triangle

WINDOW = WEEK_S * 1000
KEY = pl.col("u").cast(pl.Int64) * 2**42 + pl.col("ts") - FIRST
NEVER = 2**62
WEEK = (pl.col("ts") - FIRST) // (7 * DAY)


def ask_polars(log: Log) -> dict[str, Asked]:
    events = pl.read_parquet(log.rows).lazy()
    people = pl.read_parquet(log.people).lazy().filter(pl.col("country") == TENTH).select("u")
    steps = [pl.col("e") == step for step in log.steps]
    filtered = [steps[0], steps[1] & (pl.col("device") == FILTERED_DEVICE), *steps[2:]]
    third = steps[2] & (pl.col("device") == FILTERED_DEVICE)

    def asked(frame: pl.LazyFrame, read: object) -> Asked:
        return Asked(lambda: frame.collect(engine="streaming"), lambda found: read(found.iter_rows()))  # type: ignore[operator]

    return {
        "funnel": asked(_funnel(events, steps), _one_row),
        "funnel by device, with times": Asked(lambda: _walked(events, steps), _read_walked),
        "funnel of a 10% segment": asked(_funnel(events.join(people, on="u", how="semi", maintain_order="left"), steps), _one_row),
        "funnel, a step filtered": asked(_funnel(events, filtered), _one_row),
        "session paths": asked(_paths(events, None), _read_paths),
        "paths from an event": asked(_paths(events, log.steps[0]), _read_paths),
        "weekly retention": asked(_retention(events, pl.lit(True)), triangle),
        "retention, return filtered": asked(_retention(events, third), triangle),
        "transitions": asked(_transitions(events), lambda rows: {(a, b): n for a, b, n in rows}),
        "weekly lifecycle": asked(_lifecycle(events), by_state),
        TIMELINE: asked(events.filter(pl.col("u") == TIMELINE_OF).select("ts", "e"), list),
    }


def _funnel(events: pl.LazyFrame, steps: Sequence[pl.Expr]) -> pl.LazyFrame:
    """start_k: at an event of step k, the latest start from which the steps up to it were done; filled forward."""
    found = events.filter(pl.any_horizontal(steps)).with_columns(key=KEY)
    found = found.with_columns(start_0=pl.when(steps[0]).then("key").forward_fill())
    for k in range(1, len(steps)):
        before = pl.col(f"start_{k - 1}")
        reached = steps[k] & (pl.col("key") - before <= WINDOW)
        found = found.with_columns(at=pl.when(reached).then(before)).with_columns(
            pl.when(reached).then("u").alias(f"u_{k}"), pl.col("at").forward_fill().alias(f"start_{k}")
        )
    found = found.with_columns(u_0=pl.when(steps[0]).then("u"))
    return found.select(pl.col(f"u_{k}").drop_nulls().n_unique() for k in range(len(steps)))


def _walked(events: pl.LazyFrame, steps: Sequence[pl.Expr]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """From every start to the next event of each step; per customer the deepest attempt, then the first to get there."""
    found = events.filter(pl.any_horizontal(steps)).with_columns(key=KEY)
    walked = found.filter(steps[0]).select("u", "device", t0="key", at="key")
    for k in range(1, len(steps)):
        later = found.filter(steps[k]).select(at="key").with_columns(pl.col("at").alias("next"))
        walked = walked.join_asof(later, on="at", strategy="forward").with_columns(at=pl.col("next").fill_null(NEVER)).drop("next")
        walked = walked.with_columns(pl.when(pl.col("at") - pl.col("t0") <= WINDOW).then("at").alias(f"t{k}"))
    times = [f"t{k}" for k in range(1, len(steps))]
    depth = pl.sum_horizontal(pl.col(time).is_not_null() for time in times)
    best = walked.with_columns(depth=depth, got=pl.max_horizontal("t0", *times)).sort("depth", "got", "t0", descending=[True, False, True])
    chosen = best.unique("u", keep="first", maintain_order=True).collect(engine="streaming")
    groups = chosen.group_by("device").agg(pl.len(), *(pl.col(f"t{k}").count() for k in range(1, len(steps)))).sort("device")
    return groups, chosen.select((pl.col(f"t{k}") - pl.col(f"t{k - 1}")).median().alias(f"m{k}") for k in range(1, len(steps)))


def _read_walked(found: tuple[pl.DataFrame, pl.DataFrame]) -> tuple[dict[int, list[int]], list[float]]:
    groups, medians = found
    return {row[0]: list(row[1:]) for row in groups.iter_rows()}, [round(m / 1000, 3) for m in medians.row(0)]


def _paths(events: pl.LazyFrame, anchor: int | None) -> pl.LazyFrame:
    repeat = (pl.col("e") == pl.col("e").shift()) & (pl.col("session") == pl.col("session").shift())
    told = events.select("session", "e", repeat=repeat).filter(~pl.col("repeat").fill_null(False))
    listed = pl.col("e")
    if anchor is not None:
        listed = listed.slice((pl.col("e") == anchor).arg_max(), 5)
        told = told.filter((pl.col("e") == anchor).any().over("session"))
    paths = told.group_by("session").agg(listed.head(5).alias("path"))
    return paths.group_by(pl.col("path")).len().sort("len", descending=True).head(200)


def _retention(events: pl.LazyFrame, returning: pl.Expr) -> pl.LazyFrame:
    """The weeks in which a customer was active, as the bits of one number."""
    bit = pl.when(returning).then(pl.lit(1, pl.Int64) * pl.lit(2, pl.Int64).pow(WEEK)).otherwise(0)
    people = events.select("u", week=WEEK, bit=bit).group_by("u").agg(pl.col("week").min().alias("cohort"), pl.col("bit").bitwise_or())
    kinds = people.group_by("cohort", "bit").len()
    placed = kinds.with_columns(k=pl.int_ranges(0, 13)).explode("k")
    here = (pl.col("k") == 0) | (pl.col("bit") // pl.lit(2, pl.Int64).pow(pl.col("cohort") + pl.col("k")) % 2 == 1)
    return placed.filter(here).group_by("cohort", "k").agg(pl.col("len").sum())


def _transitions(events: pl.LazyFrame) -> pl.LazyFrame:
    pairs = events.select("e", next=pl.col("e").shift(-1), same=pl.col("u") == pl.col("u").shift(-1))
    return pairs.filter("same").group_by("e", "next").len()


def _lifecycle(events: pl.LazyFrame) -> pl.LazyFrame:
    weeks = events.select("u", week=WEEK).unique().sort("u", "week")
    same, later = pl.col("u") == pl.col("u").shift(), pl.col("u") == pl.col("u").shift(-1)
    active = weeks.with_columns(
        before=pl.when(same).then(pl.col("week").shift()), after=pl.when(later).then(pl.col("week").shift(-1)), last=pl.col("week").max()
    )
    returning = pl.col("before") == pl.col("week") - 1
    came = pl.when(returning).then(pl.lit("returning")).otherwise(pl.lit("resurrected"))
    state = pl.when(pl.col("before").is_null()).then(pl.lit("new")).otherwise(came)
    gone = active.filter((pl.col("after").fill_null(-1) != pl.col("week") + 1) & (pl.col("week") < pl.col("last")))
    dormant = gone.select(week=pl.col("week") + 1, state=pl.lit("dormant"))
    return pl.concat([active.select("week", state=state), dormant]).group_by("week", "state").len()


def _one_row(rows: object) -> list[int]:
    return list(next(iter(rows)))  # type: ignore[call-overload]


def _read_paths(rows: object) -> tuple[list[int], set[tuple[int, ...]]]:
    return top((tuple(path), n) for path, n in rows)  # type: ignore[attr-defined]
