"""How an experiment went, day by day: what a reading that stopped there would have said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.experiments.checks import courses
from journey.experiments.checks.course import courses_of, thinned
from journey.experiments.judge import HowRead
from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.read import measure_experiment, read_experiment, units_of
from journey.experiments.units import Units
from journey.ingest import load_events
from journey.scope import Scope, to_datetime, to_ms
from journey.warehouse import Warehouse
from tests.lent import empty_warehouse

DAY = 86_400_000
START = datetime(2026, 3, 2, tzinfo=UTC)
MONEY = {"event": "buy", "property": "price"}
METRICS: list[dict[str, Any]] = [
    {"name": "bought", "event": "buy", "role": "primary"},
    {"name": "money", **MONEY, "before": "7d"},
    {"name": "price", **MONEY, "denominator": "buy"},
    {"name": "soon", "event": "buy", "of": "count", "within": "36h"},
    {"name": "cut", **MONEY, "winsorise": 0.9, "before": "7d"},
    {"name": "price, cut", **MONEY, "denominator": "buy", "winsorise": 0.8},
]


def random_log(seed: int, people: int = 80, days: int = 6) -> Warehouse:
    """Everybody is exposed once or twice, in one variant, and buys now and then, before and after."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[Any, ...]] = []
    for who in range(people):
        arm, at = ("control", "new")[who % 2], rng.integers(0, days * 24 * 60)
        rows += [(who, "seen", at + again * 500, arm, None) for again in range(rng.integers(1, 3))]
        rows += [
            (who, "buy", rng.integers(-5 * 1440, (days + 2) * 1440), None, float(rng.integers(1, 90))) for _ in range(rng.integers(0, 5))
        ]
    frame = pl.DataFrame(
        {
            "customer": [f"c{row[0]:03}" for row in rows],
            "event": [row[1] for row in rows],
            "ts": pl.Series([START + timedelta(minutes=int(row[2])) for row in rows]).cast(pl.Datetime("ms", "UTC")),
            "experiment": ["x" if row[3] else None for row in rows],
            "variant": [row[3] for row in rows],
            "price": [row[4] for row in rows],
        }
    )
    con = empty_warehouse()
    load_events(con, frame)
    return con


def test_each_day_says_what_a_reading_that_stopped_there_says() -> None:
    con, question = random_log(4), read_experiment({"experiment": "x", "metrics": METRICS, "checks": False})
    scope = Scope(timezone="Europe/Paris")
    found = courses(con, question, scope, units_of(con, question, scope), HowRead())
    assert [(course.metric.name, course.arm) for course in found] == [(metric["name"], "new") for metric in METRICS]
    for at in [point.at for point in found[0].points][2::3]:
        assert to_datetime(at, scope.zone).hour == 0 or at == found[0].points[-1].at
        reading = measure_experiment(con, question, Scope(stop=at, timezone=scope.timezone))
        for course, estimate in zip(found, reading.estimates, strict=True):
            point, told = next(point for point in course.points if point.at == at or point is course.points[-1]), estimate.compared
            assert (point.n, point.control_n) == (told.n, told.control_n), (course.metric.name, at)
            assert near(point.difference) == near(told.difference)
            assert near(point.low, point.high) == near(*(told.interval or (None, None)))
            assert near(*(point.naive or ())) == near(*(told.fixed_interval or ()))
            if told.interval:
                assert point.boundary == pytest.approx((told.interval[1] - told.interval[0]) / 2)


def near(*numbers: float | None) -> list[float | None]:
    """To nine digits."""
    return [None if number is None else float(f"{number:.9e}") if abs(number) > 1e-12 else 0.0 for number in numbers]


def units(*rows: tuple[int, str, int, float]) -> Units:
    """(unit, arm, day of exposure, y) of one share."""
    frame = pl.DataFrame(rows, schema={"unit": pl.Int64, "arm": pl.String, "exposed_at": pl.Int64, "y0": pl.Float64}, orient="row")
    frame = frame.with_columns(pl.col("exposed_at") * DAY, pl.lit(1.0).alias("x0"))
    return Units(frame, ("a", "b"), (ExperimentMetric("did", role="primary"),), 0, (0,))


def test_days_worked_by_hand() -> None:
    """One of each variant on day 0, three more on day 1; of b all do it at once, of a nobody does."""
    told = units(*[(n, "ab"[n % 2], int(n > 1), float(n % 2)) for n in range(8)])
    changes = pl.DataFrame({"unit": [1, 3, 5, 7], "ts": [0, DAY, DAY + 1, 2 * DAY - 1], "dy": [1.0] * 4, "dx": [0.0] * 4})
    seen: list[tuple[int, int]] = []

    def how(after: int, until: int) -> HowRead:
        seen.append((max(after, 0), until))
        return HowRead("fixed")

    course = courses_of(told, [changes], [(DAY, 2 * DAY, 3 * DAY)], how)[0]
    assert seen == [(0, DAY), (DAY, 2 * DAY), (2 * DAY, 3 * DAY)]
    assert [(point.n, point.control_n, point.difference) for point in course.points] == [(1, 1, None), (4, 4, 1.0), (4, 4, 1.0)]
    assert course.points[0].naive is None and course.peeked == 2 * DAY  # one of each says nothing; four of four beside none of four does


def test_a_change_of_somebody_who_does_not_count_is_passed_over() -> None:
    told = units((0, "a", 0, 0.0), (2, "b", 0, 0.0))
    changes = pl.DataFrame({"unit": [1, 5], "ts": [0, 0], "dy": [1.0, 1.0], "dx": [0.0, 0.0]})
    course = courses_of(told, [changes], [(DAY,)], lambda after, until: HowRead())[0]
    assert (course.points[0].n, course.points[0].control_n, course.points[0].difference) == (1, 1, None)


def test_a_long_course_keeps_its_last_day() -> None:
    assert thinned(range(120)) == tuple(range(120))
    assert thinned(range(1, 366)) == tuple(range(1, 366, 4))
    assert thinned([]) == ()


def test_sixty_days_of_many_units_are_a_matter_of_a_moment() -> None:
    """40,000 units here; 200,000 take about .1 s."""
    rng, n = np.random.default_rng(1), 40_000
    exposed, who = rng.integers(0, 60 * DAY, n), rng.integers(0, n, 2 * n)
    ts = exposed[who] + rng.integers(0, 30 * DAY, 2 * n)
    changes = pl.DataFrame({"unit": who, "ts": ts, "dy": rng.lognormal(3, 1, 2 * n), "dx": np.ones(2 * n)}).sort("ts")
    y = np.bincount(who, changes["dy"].to_numpy(), n)
    frame = pl.DataFrame({"unit": np.arange(n), "arm": np.where(rng.random(n) < 0.5, "a", "b"), "exposed_at": exposed, "y0": y, "x0": 1.0})
    told = Units(frame, ("a", "b"), (ExperimentMetric("money", "mean", value=Counted(of="sum")),), 0, (0,))
    started = datetime.now(UTC)
    courses_of(told, [changes], [range(DAY, 61 * DAY, DAY)], lambda after, until: HowRead())
    assert to_ms(datetime.now(UTC)) - to_ms(started) < 500
