"""The figures of retention and lifecycle: what they draw, of small logs as of wide ones."""

import itertools
import re

import plotly.graph_objects as go
import pytest

from journey.charts.lifecycle import in_bar, lifecycle_bars, lifecycle_table, shown_periods, stickiness_bars, sticky_bars
from journey.charts.lifecycle_share import share_figure, shown_shares
from journey.charts.retention import MOST_ROWS, TOP, retention_heatmap, shown_cohorts
from journey.charts.retention_curves import groups_curve, retention_curve, shown_groups
from journey.charts.retention_value import told_worth, value_curve, value_heatmap, valued_cohorts
from journey.lifecycle import (
    Lifecycle,
    measure_lifecycle,
    measure_share,
    measure_stickiness,
    read_lifecycle,
    read_share,
    read_stickiness,
)
from journey.retention import Retention, compare_cohorts, measure_retention, measure_value, read_retention, read_value
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn


def asked(con: Warehouse, **question: object) -> Retention:
    return measure_retention(con, read_retention({"mode": "on"} | question), Scope())


def lived(con: Warehouse, **question: object) -> Lifecycle:
    return measure_lifecycle(con, read_lifecycle(question), Scope())


def days(n: int) -> Warehouse:
    return drawn("c0 a +1d a", *[f"c{i} +{i}d a +1d a +2d a" for i in range(1, n)])


def colours(figure: go.Figure) -> set[str]:
    """Of the figure itself: Streamlit's template, registered once any test imports it, has colours of its own."""
    return set(re.findall(r"#[0-9a-fA-F]{6}", go.Figure(figure).update_layout(template="none").to_json()))


def test_one_row_per_cohort_that_had_time_and_one_column_per_period() -> None:
    figure = retention_heatmap(asked(days(4)))
    assert [trace.opacity for trace in figure.data] == [0.25, None]  # every cohort is small; above, their mean
    assert next(list(row) for row in figure.data[0].text) == ["100", "0", "0", "0", "0", "0"]
    assert list(figure.data[1].y) == [TOP] and [text.split("<br>")[0] for text in figure.data[1].text[0]][:2] == ["<b>100</b>", "<b>0</b>"]
    assert list(figure.layout.xaxis.ticktext)[:2] == ["Day 1", "2"]


def test_all_hatching_is_one_path() -> None:
    figure = retention_heatmap(asked(days(4)))
    assert len(figure.layout.shapes) == 1 and figure.layout.shapes[0].path.count("M") > 10


def test_a_long_log_shows_its_newest_cohorts() -> None:
    retention = asked(days(40))
    rows = shown_cohorts(retention)
    assert len(rows) == MOST_ROWS and rows[-1].size == 1
    assert len(retention_heatmap(retention).data[0].z) == MOST_ROWS


def test_the_wider_an_interval_the_paler_its_cell() -> None:
    """Of 40, 20 came back: 35.2% to 64.8%, over 20 points; of 300, 150: 44.4% to 55.6%, over 10; of 300, 3: 0.3% to 2.9%."""
    lines = [f"c{i} a" + (" +1d a" if i < 150 else "") + (f" +{1 + (i >= 150)}d a" if i < 2 or i == 299 else "") for i in range(300)]
    con = drawn(*lines, *[f"d{i} +1d a" + (" +1d a" if i < 20 else "") for i in range(40)], "end +4d a")
    figure = retention_heatmap(asked(con, periods=2))
    grades = {trace.opacity: [list(row) for row in trace.z] for trace in figure.data[:-1]}
    assert grades[1][0] == [None, 0.01] and grades[0.55][0] == [0.5, None] and grades[0.25][1][0] == 0.5
    assert "(44.4% to 55.6%)" in figure.data[1].hovertext[0][0]


def test_no_figure_holds_a_real_colour() -> None:
    con = drawn("ann a{x=1} +1d a", "bob a{x=#ff0000} +1d a +3d a")
    retention = asked(con, breakdown="x")
    figures = [retention_heatmap(retention), retention_curve(retention, None), groups_curve(retention), lifecycle_bars(lived(con))]
    assert all(re.fullmatch(r"#0000[0-3]\d", colour) for figure in figures for colour in colours(figure))


@pytest.mark.parametrize("lines", [["ann a +1d a"], ["ann a +2d a", "bob +1d a"], ["ann a", "bob a +1d a +40d a"]])
@pytest.mark.parametrize("question", [{}, {"mode": "on_or_after"}, {"mode": "brackets", "brackets": [1, 2]}, {"clock": "rolling"}])
def test_any_log_that_has_a_cell_can_be_drawn(lines: list[str], question: dict) -> None:
    retention = asked(drawn(*lines), **question)
    assert retention_heatmap(retention).data
    retention_curve(retention, compare_cohorts(retention))


def test_the_sides_of_a_comparison_name_the_week_they_end_in_on_either_side_of_the_lines() -> None:
    lines = [f"d{day}c{i} +{day}d a" + (" +1d b" * (9 - day) if i < 12 - day else "") for day in range(1, 8) for i in range(20)]
    retention = asked(drawn("old a", *lines, "end +9d a"))
    comparison = compare_cohorts(retention)
    assert comparison is not None
    older, newer = retention_curve(retention, comparison).layout.annotations
    assert newer.x < older.x and newer.text.endswith(f"in day {newer.x}") and older.text.endswith(f"in day {older.x}")
    assert {older.yanchor, newer.yanchor} == {"top", "bottom"}


def test_names_at_line_ends_do_not_touch() -> None:
    con = drawn(*[f"c{i} a{{g={'pqrs'[i % 4]}}} +1d a" for i in range(40)], "end +3d a")
    retention = asked(con, breakdown="g")
    assert set(shown_groups(retention)) == {"p", "q", "r", "s"}
    heights = sorted(name.y for name in groups_curve(retention).layout.annotations)
    assert min(b - a for a, b in itertools.pairwise(heights)) > 0.05


def test_who_fell_away_hangs_below_the_axis_and_unfinished_bars_are_hatched() -> None:
    lifecycle = lived(drawn("ann a +1d a", "bob a"))
    figure = lifecycle_bars(lifecycle)
    assert [list(trace.y) for trace in figure.data] == [[0, 1], [0, 0], [2, 0], [0, -1]]
    assert list(figure.data[0].marker.pattern.shape) == ["", "/"]
    assert len(shown_periods(lifecycle)) == 2


def test_the_long_tail_of_stickiness_is_one_bar() -> None:
    con = drawn("ann " + "a +1d " * 20 + "a", "bob a")
    figure = stickiness_bars(measure_stickiness(con, read_stickiness({}), Scope()))
    assert list(figure.layout.xaxis.ticktext) == ["1", "14+"]
    assert list(figure.data[0].y) == [0.5, 0.5]


def test_of_many_periods_the_cells_hold_no_numbers() -> None:
    con = drawn("ann a +1d a +70d a", "bob +1d a +60d a")
    figure = retention_heatmap(asked(con, periods=40))
    assert not any(text for trace in figure.data for row in trace.text for text in row if text not in ("", "<b></b>"))
    assert len(figure.layout.xaxis.tickvals) <= 24


def test_value_is_written_as_its_size_asks_and_an_unknown_interval_is_palest() -> None:
    con = drawn(*[f"c{i} a{{price={i + 1}}} +1d a{{price=1}}" for i in range(40)], "zed +1d a{price=3}", "end +3d b")
    value = measure_value(con, read_value({"value": "price"}), Scope())
    figure = value_heatmap(value)
    assert [trace.opacity for trace in figure.data] == [1, 0.25, None]
    assert figure.data[0].text[0][:2] == ["20.5", "21.5"]  # the mean of 1 to 40, and one more
    assert figure.data[1].text[1][0] == "3.0"  # of zed alone there is no interval
    assert told_worth(value, valued_cohorts(value)[1].worth[0]) == "3.00 (no interval)"
    assert value_curve(value).data[1].y[0] == pytest.approx((20.5 * 40 + 3) / 41)


@pytest.mark.parametrize(
    "lines", [["ann a{price=1}"], ["ann a{price=-3} +1d a{price=1}", "bob a +40d a"], ["ann a{price=90000}", "bob a{price=1}"]]
)
@pytest.mark.parametrize("question", [{}, {"clock": "rolling"}, {"period": "month"}, {"periods": 0}])
def test_value_of_any_log_can_be_drawn(lines: list[str], question: dict) -> None:
    value = measure_value(drawn(*lines), read_value({"value": "price"} | question), Scope())
    assert value_heatmap(value).data and all(re.fullmatch(r"#0000[0-3]\d", colour) for colour in colours(value_heatmap(value)))
    if any(value.mean):
        assert value_curve(value).data


def test_a_month_held_in_part_is_hollow_and_one_of_a_single_day_left_out() -> None:
    con = drawn("ann 2026-03-31 a +1d a +29d a +1d a", "bob 2026-04-02 a", "end 2026-05-02 z")
    shares = measure_share(con, read_share({}), Scope())
    assert [span.days for span in shares.spans] == [1, 30, 2]
    assert [span.complete for span in shown_shares(shares)] == [True, False]
    point = share_figure(shares).data[0]
    assert list(point.y) == [pytest.approx(3 / 60), pytest.approx(2 / 4)] and point.marker.color[0] != point.marker.color[1]


def test_each_bar_of_stickiness_holds_its_customers() -> None:
    con = drawn("ann " + "a +1d " * 20 + "a", "bob a", "cid a", "dee a +1d a")
    sticky = measure_stickiness(con, read_stickiness({}), Scope())
    assert {name: in_bar(sticky, days, more) for name, days, more in sticky_bars(sticky)} == {"1": 2, "2": 1, "14+": 1}
    assert "of 4 customers" in stickiness_bars(sticky).data[0].hovertext[0]


def test_the_table_of_the_lifecycle_tells_the_quick_ratio_with_its_interval() -> None:
    rows = lifecycle_table(lived(drawn("ann a", "bob a", "cid +1d a", "end +2d a")))
    assert rows[1]["quick ratio"] == 0.5 and rows[1]["dormant"] == 2
    assert rows[0]["quick ratio"] is None and rows[0]["quick from"] is None
