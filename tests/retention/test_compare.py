"""Newer against older cohorts, periods in which all came back at once, and the sentences these make."""

import pytest

from journey.charts.retention import shown_cohorts
from journey.retention import compare_cohorts, find_waves, measure_retention, read_retention
from journey.scope import Scope
from journey.warehouse import Warehouse
from pages.parts.retention_words import caption, groups_told, no_cells, remarks, sentence, table, waves_told
from tests.drawn import drawn
from tests.lent import empty_warehouse


def weeks(*cohorts: tuple[int, int], before: str = "old 2026-02-23 a") -> Warehouse:
    """A log of weekly cohorts (size, how many of them come back in week 1), after one customer of the week the log begins in."""
    lines = [before]
    for week, (size, back) in enumerate(cohorts):
        for i in range(size):
            lines.append(
                f"w{week}c{i} 2026-03-02 +{7 * week}d a" + (" +7d b" if i < back else "")
                if week
                else f"w0c{i} a" + (" +7d b" if i < back else "")
            )
    return drawn(*lines, f"end 2026-03-02 +{7 * len(cohorts) + 7}d a")


def told(con: Warehouse, **question: object) -> str:
    retention = measure_retention(con, read_retention({"period": "week", "mode": "on"} | question), Scope())
    return sentence(retention, compare_cohorts(retention))


def test_a_difference_that_its_interval_tells_apart_is_said() -> None:
    con = weeks((40, 4), (40, 4), (40, 20), (40, 20))
    assert told(con) == "Customers who joined since 16 Mar come back more: 50.0% in week 1, against 10.0% before."


def test_a_difference_within_its_interval_is_not_claimed() -> None:
    assert (
        told(weeks((40, 10), (40, 10), (40, 12), (40, 12)))
        == "27.3% of customers come back in week 1, where newer and older cohorts cannot be told apart."
    )


def test_they_are_not_compared_where_hardly_anyone_still_returns() -> None:
    """Early the halves differ, and at the last week that is over nobody comes back in either."""
    lines = [
        f"w{week}c{i} 2026-03-02 +{7 * week}d a".replace(" 2026-03-02 +0d", "") + (" +7d b +7d b" if i < (8 if week < 4 else 24) else "")
        for week in range(8)
        for i in range(40)
    ]
    con = drawn("old 2026-02-23 a", *lines, "end 2026-03-02 +119d a")
    comparison = compare_cohorts(measure_retention(con, read_retention({"period": "week", "mode": "on"}), Scope()))
    assert comparison is not None and comparison.place == 2
    assert "in week 2, against" in told(con)


def test_fewer_than_twenty_customers_are_counted_not_given_in_percent() -> None:
    assert told(weeks((3, 1))) == "1 of 4 customers came back in week 1."


def test_the_cohort_in_which_the_log_begins_is_not_compared() -> None:
    retention = measure_retention(weeks((9, 1), (9, 2)), read_retention({"period": "week", "mode": "on"}), Scope())
    comparison = compare_cohorts(retention)
    assert comparison is not None
    assert [side.size for side in (comparison.older, comparison.newer)] == [9, 9]
    assert "comparisons leave it out" in remarks(retention, 3)


@pytest.mark.parametrize("question", [{"first": "recurring"}, {"mode": "on_or_after"}])
def test_sides_that_cannot_be_compared_are_not(question: dict) -> None:
    con = weeks((40, 4), (40, 4), (40, 20), (40, 20))
    retention = measure_retention(con, read_retention({"period": "week", "mode": "on"} | question), Scope())
    assert compare_cohorts(retention) is None
    assert "%" in sentence(retention, None)


def test_too_little_is_said_to_be_too_little() -> None:
    assert told(drawn("ann a")) == "Not enough data yet: nobody has had a week after joining in which to come back."
    assert told(drawn("ann a +8d a")) == "Not enough data yet: no week after joining is over."
    assert told(drawn("ann a"), target="zzz") == "Nobody first did zzz in this period."
    assert told(empty_warehouse()) == "Nobody joined in this period."


def test_the_caption_and_the_table_hold_for_any_log() -> None:
    for con in (drawn("ann a"), empty_warehouse(), weeks((3, 1), (2, 2))):
        retention = measure_retention(con, read_retention({"period": "week", "mode": "on"}), Scope())
        assert caption(retention, compare_cohorts(retention)).startswith(
            "Customers who did anything again in the week, of those who joined"
        )
        assert table(retention).height == sum(max(sum(cohort.begun) - 1, 0) for cohort in retention.cohorts)


def test_a_cohort_without_a_row_is_accounted_for() -> None:
    retention = measure_retention(weeks((9, 1), (9, 2)), read_retention({"period": "week", "mode": "on"}), Scope())
    filled = [cohort for cohort in retention.cohorts if cohort.size]
    assert (len(filled), len(shown_cohorts(retention))) == (4, 3)
    assert "20 customers in 4 weekly cohorts, the newest too new for a row" in caption(retention, None)


def test_a_mailing_to_everyone_shows_as_a_wave_and_is_named() -> None:
    lines = [f"c{week}x{i} 2026-03-02 +{7 * week or 0}d a".replace("+0d ", "") for week in range(8) for i in range(30)]
    mails = [f"c{week}x{i} 2026-04-13 mail" for week in range(5) for i in range(30)]
    some = [f"c{week}x{i} 2026-03-02 +{7 * (week + k)}d a" for week in range(8) for k in range(1, 8 - week) for i in range(6)]
    con = drawn(*lines, *some, *mails)
    waves = find_waves(con, read_retention({"period": "week", "mode": "on"}), Scope())
    assert waves is not None and waves.event == "mail"
    retention = measure_retention(con, read_retention({"period": "week", "mode": "on"}), Scope())
    assert waves_told(retention, waves).startswith("In the week of 13 Apr cohorts of every age came back at once")
    assert find_waves(con, read_retention({"period": "week", "mode": "on", "returning": "a"}), Scope()) is None


def test_groups_are_told_with_their_intervals() -> None:
    con = drawn(*[f"p{i} a{{device=app}}" + (" +1d a" if i < 5 else "") for i in range(10)], *[f"q{i} a" for i in range(10)], "end +3d a")
    retention = measure_retention(con, read_retention({"mode": "on", "breakdown": "device"}), Scope())
    assert groups_told(retention, retention.breakdown).startswith("In day")
    assert "app 0.0% (0.0% to 27.8%)" in groups_told(retention, retention.breakdown)


def test_a_comparison_that_was_asked_for_and_could_not_be_made_is_told() -> None:
    retention = measure_retention(weeks((40, 4), (40, 20)), read_retention({"period": "week", "mode": "on"}), Scope())
    assert "half against half" in caption(retention, compare_cohorts(retention), before=True)
    assert "half against half" not in caption(retention, compare_cohorts(retention))


def test_cohorts_that_may_hold_earlier_customers_are_told_of_and_left_out() -> None:
    retention = measure_retention(weeks((40, 4), (40, 4), (40, 20)), read_retention({"period": "week", "mode": "on"}), Scope())
    third = retention.cohorts[2].start
    assert "Cohorts up to 2 Mar may also hold customers" in remarks(retention, 4, third)
    comparison = compare_cohorts(retention, third)
    assert comparison is not None and comparison.older.since == third


def test_nobody_is_told_what_to_do() -> None:
    retention = measure_retention(drawn("ann a"), read_retention({"target": "zzz"}), Scope())
    assert no_cells(retention).startswith("Without anyone who first did zzz there are no cohorts.")
    recurring = measure_retention(drawn("ann a +1d a"), read_retention({"first": "recurring"}), Scope())
    assert "several cohorts" in remarks(recurring, 1)
