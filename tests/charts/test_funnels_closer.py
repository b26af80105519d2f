"""The closer looks at a funnel: sentences true of any data, figures that hold names as text, and nothing drawn of nothing."""

from typing import Any

import pytest

from journey.charts.funnels_drivers import drivers_caption, drivers_figure, drivers_sentence, judged, q_value
from journey.charts.funnels_dropoffs import (
    dropoffs_sentence,
    named_events,
    place,
    sample_caption,
    tally_figure,
    timeline_rows,
    timelines_figure,
)
from journey.charts.funnels_times import class_name, spread_caption, spread_figure
from journey.charts.funnels_trend import trend_caption, trend_figure, trend_rows, trend_sentence
from journey.funnels import (
    Drivers,
    Dropoffs,
    Funnel,
    measure_drivers,
    measure_dropoffs,
    measure_funnel,
    measure_times,
    read_drivers,
    read_dropoffs,
    read_funnel,
)
from journey.scope import Scope
from tests.drawn import drawn

NASTY = "<b>&x</b>"
LATER = "zed 2026-03-30 00:00 end"


def funnel(*lines: str, trend: str = "day") -> Funnel:
    return measure_funnel(drawn(*lines), read_funnel({"steps": ["a", "b"], "window": "1h", "trend": trend}), Scope())


def drivers(*lines: str) -> Drivers:
    return measure_drivers(drawn(*lines), read_drivers({"of": {"steps": ["a", "b"], "window": "1h"}, "minimum": 1}), Scope())


def dropoffs(*lines: str) -> Dropoffs:
    return measure_dropoffs(drawn(*lines), read_dropoffs({"of": {"steps": ["a", "b"], "window": "1h"}, "after": 0}), Scope())


def texts(figure: Any) -> str:
    return figure.to_json()


def test_a_trend_says_whether_later_entries_convert_otherwise() -> None:
    early = [f"e{n} 2026-03-02 09:00 a 09:05 b" for n in range(30)]
    late = [f"l{n} 2026-03-03 09:00 a" for n in range(30)]
    assert trend_sentence(funnel(*early, *late, LATER)).startswith("Later entries convert less than earlier ones: 0.0% against 100.0%")
    assert "chance could make" in trend_sentence(
        funnel(*early, *(line.replace("-02", "-03").replace("e", "f", 1) for line in early), LATER)
    )
    assert trend_sentence(funnel(*early)).startswith("Not enough data yet")


def test_periods_that_may_still_rise_are_hollow_dotted_and_said() -> None:
    found = funnel("ann 09:00 a 09:05 b", "bob 2026-03-03 09:00 a 09:05 b", "cat 2026-03-04 09:00 a")
    assert [row["Complete"] for row in trend_rows(found, "UTC")] == ["yes", "yes", "not yet"]
    assert "1 entered in periods that are not complete" in trend_caption(found)
    figure = trend_figure(found.trend, "UTC")
    dotted = next(trace for trace in figure.data if trace.line.dash == "dot")
    assert list(dotted.x) == [1, 2, None]
    assert len(figure.layout.shapes) == 1
    assert len(set(figure.data[-1].marker.color)) == 2


def test_a_period_without_entrants_breaks_the_line() -> None:
    figure = trend_figure(funnel("ann 09:00 a 09:05 b", "bob 2026-03-05 09:00 a", LATER).trend, "UTC")
    assert not [
        x for trace in figure.data[:-1] if trace.mode == "lines" and trace.fill != "toself" for x in (trace.x or ()) if x is not None
    ]


@pytest.mark.parametrize(("low", "high", "told"), [(0, 1, "under 1 s"), (60, 120, "1 min to 2 min"), (86_400, 172_800, "1 d to 2 d")])
def test_classes_are_named_by_their_edges(low: int, high: int, told: str) -> None:
    assert class_name(low, high) == told


def test_the_spread_says_where_most_fall() -> None:
    (spread,) = measure_times(drawn("ann 09:00 a 09:05 b", "bob 09:00 a 09:06 b"), read_funnel({"steps": ["a", "b"]}), Scope())
    assert "most often 5 min to 10 min (100%)" in spread_caption(spread)
    assert list(spread_figure(spread).data[0].y) == [2]


def test_what_chance_could_do_is_grey_and_said_so() -> None:
    found = drivers(f"ann 08:00 {NASTY} 09:00 a 09:05 b", "bob 09:00 a", LATER)
    assert drivers_sentence(found, None).startswith("Nothing separates those who convert")
    assert "chance could do it" in judged(found.drivers[0])
    assert "not cause" in drivers_caption(found)
    figure = drivers_figure(found, None, found.drivers)
    assert "<b>&x" not in texts(figure) and "&lt;b&gt;" in texts(figure)


def test_the_widest_gap_is_named_with_both_shares() -> None:
    lines = [f"c{n} 08:00 tip 09:00 a 09:05 b" for n in range(20)] + [f"d{n} 09:00 a" for n in range(20)]
    told = drivers_sentence(drivers(*lines, LATER), 3_600_000)
    assert told.startswith("The widest gap: tip (in the 1 hour before), 100% convert with it and 0% without")


def test_windows_that_are_open_are_why_there_is_not_enough() -> None:
    assert "windows of 1 of 1 first entry are still open" in drivers_sentence(drivers("ann 09:00 a"), None)
    assert drivers_sentence(drivers(LATER), None).startswith("Not enough data yet: 0 first entries")


@pytest.mark.parametrize(("q", "told"), [(None, ""), (0.0001, "<0.001"), (0.0412, "0.041")])
def test_q_is_never_rounded_to_nothing(q: float | None, told: str) -> None:
    assert q_value(q) == told


def test_what_they_did_instead_is_said_of_all_and_shown_of_a_few() -> None:
    found = dropoffs(f"ann 09:00 a 09:05 {NASTY}", "bob 09:00 a", LATER)
    told = dropoffs_sentence(found, "customers")
    assert told == f"Of the 2 customers who left after a, 50% did nothing more; most often they went on to {NASTY} (50%)."
    assert sample_caption(found, 7, "customers").startswith("2 of 2 customers, drawn at random with the seed 7")
    assert named_events(found.timelines) == [NASTY]
    for figure in (tally_figure(found.next), timelines_figure(found.timelines)):
        assert "<b>&x" not in texts(figure) and "&lt;b&gt;" in texts(figure)


def test_nobody_who_left_is_said() -> None:
    assert dropoffs_sentence(dropoffs("ann 09:00 a 09:05 b", LATER), "customers") == "Nobody left after a."


def test_time_keeps_its_order_and_its_sign_on_the_scale() -> None:
    times = [-86_400.0, -60.0, -1.0, 0.0, 1.0, 60.0, 86_400.0]
    assert [place(t) for t in times] == sorted(place(t) for t in times)
    assert place(-5.0) == -place(5.0) and place(0.0) == 0


def test_the_sample_in_words_stands_on_both_sides_of_the_step() -> None:
    (row,) = timeline_rows(dropoffs("ann 08:59 x 09:00 a 09:05 y", LATER).timelines)
    assert row == {
        "customer": "ann", "2 before": "", "1 before": "x −1 min",
        "1 after": "y +5 min", "2 after": "", "3 after": "", "4 after": "", "5 after": "",
    }  # fmt: skip
