"""Groups against the rest, spans against each other, from when a log is settled, and who is behind a mean."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.inference import difference_of_shares
from journey.ingest import load_events
from journey.retention import against_rest, compare_spans, find_settled, measure_retention, read_retention, retention_customers
from journey.retention.settled import settled_after
from journey.scope import Scope, read_scope, to_datetime
from tests.drawn import drawn
from tests.lent import empty_warehouse

SPRING, HOUR = 1772841600000, 3_600_000


def of_groups(app: tuple[int, int], web: tuple[int, int]) -> object:
    lines = [f"{g}{i} a{{g={g}}}" + (" +1d b" if i < back else "") for g, (n, back) in {"app": app, "web": web}.items() for i in range(n)]
    question = read_retention({"mode": "on", "target": "a", "returning": "b", "breakdown": "g"})
    return measure_retention(drawn(*lines, "end +2d z"), question, Scope())


def test_a_group_is_set_against_all_others() -> None:
    app, web = against_rest(of_groups((50, 25), (40, 4)), 1)  # type: ignore[arg-type]
    assert (app.group, app.size, app.returned, app.rest_size, app.rest_returned) == ("app", 50, 25, 40, 4)
    assert app.difference == pytest.approx(difference_of_shares(25, 50, 4, 40))
    assert app.q == pytest.approx(5.46e-5, rel=0.01) and app.told_apart  # pooled z: .4 / sqrt(.3222 * .6778 * (1/50 + 1/40)) = 4.035
    assert web.q == app.q and web.difference and app.difference and web.difference[0] == -app.difference[0]


def test_too_few_are_not_judged() -> None:
    assert [row.q for row in against_rest(of_groups((50, 25), (29, 1)), 1)] == [None, None]  # type: ignore[arg-type]


def test_customers_of_several_cohorts_are_not_set_against_each_other() -> None:
    con = drawn("ann a{g=x} +1d a{g=y} +1d a", "bob a{g=y} +1d a")
    assert against_rest(measure_retention(con, read_retention({"first": "recurring", "breakdown": "g"}), Scope()), 1) == ()


def test_a_span_is_compared_with_the_one_before() -> None:
    days = [f"d{d}c{i} +{d}d a".replace(" +0d", "") + (" +1d a" if i < (5 if d < 5 else 15) else "") for d in range(10) for i in range(20)]
    con, question = drawn("old 2026-03-01 a", *days, "end +12d a"), read_retention({"mode": "on"})
    now, before = (
        measure_retention(con, question, read_scope(span))
        for span in ({"start": "2026-03-07", "stop": "2026-03-12"}, {"start": "2026-03-02", "stop": "2026-03-07"})
    )
    comparison = compare_spans(now, before)
    assert comparison is not None and not comparison.halves
    assert (comparison.place, comparison.older.shares[1], comparison.newer.shares[1]) == (1, 0.25, 0.75)
    later = compare_spans(now, before, settled=now.cohorts[1].start)
    assert later is None  # nobody of the span before is settled


def test_a_cohort_of_both_spans_is_left_to_the_later() -> None:
    con, question = (
        drawn("old 2026-02-20 a", "ann a +7d a", "bob +1d a +7d a", "end +30d a"),
        read_retention({"mode": "on", "period": "week"}),
    )
    now, before = (
        measure_retention(con, question, read_scope(span))
        for span in ({"start": "2026-03-04", "stop": "2026-03-18"}, {"start": "2026-02-23", "stop": "2026-03-04"})
    )
    assert compare_spans(now, before) is None


def test_a_log_is_settled_once_earlier_customers_have_been_seen() -> None:
    """Gaps of 1 and of 10, alike often: of 11 periods between visits 10 lie in long gaps; at 9 one of 11 is left, at 10 none."""
    assert settled_after([(1, 5), (10, 5)]) == 10
    assert settled_after([(1, 100), (2, 4)]) == 1  # 4 of 108 are unseen after the first
    assert settled_after([]) == 0


def test_those_who_come_every_week_are_all_seen_after_the_first() -> None:
    con = drawn(*[f"c{i} a" + " +7d a" * 5 for i in range(9)])
    start = find_settled(con, read_retention({"period": "week"}), Scope())
    assert start is not None and to_datetime(start).date().isoformat() == "2026-03-09"
    assert find_settled(empty_warehouse(), read_retention({}), Scope()) is None


events = st.lists(
    st.tuples(st.sampled_from("pqrst"), st.sampled_from("ab"), st.integers(0, 24 * 30), st.sampled_from(["x", "y", None])),
    min_size=1,
    max_size=24,
)


@settings(max_examples=6, deadline=None)
@given(events, st.sampled_from(["on", "on_or_after"]), st.sampled_from(["calendar", "rolling"]), st.integers(0, 4))
def test_a_mean_and_each_groups_row_count_their_lists(log: list, mode: str, clock: str, place: int) -> None:
    con = empty_warehouse()
    rows = [{"customer": who, "event": name, "ts": to_datetime(SPRING + hour * HOUR), "g": g} for who, name, hour, g in log]
    load_events(con, pl.DataFrame(rows, schema_overrides={"g": pl.String}))
    question = read_retention({"mode": mode, "clock": clock, "breakdown": "g", "periods": 4})
    retention = measure_retention(con, question, Scope())
    for group, table in [(None, retention.table), *retention.breakdown.items()]:
        mark = {"period": place} | ({} if group is None else {"group": group})
        returned, size = table.totals(place)
        assert retention_customers(con, question, Scope(), mark).count == returned
        assert retention_customers(con, question, Scope(), mark | {"came_back": False}).count == size - returned
    for row in against_rest(retention, place):
        assert (row.returned, row.size) == retention.breakdown[row.group].totals(place)


def test_the_mean_of_recurring_cohorts_is_no_list_of_customers() -> None:
    with pytest.raises(QuestionError, match="several cohorts"):
        ask(drawn("ann a +1d a"), {"ask": "retention", "first": "recurring", "customers": {"period": 1}})
