"""An experiment in pictures and words: what is drawn is what was read, and nothing is called where the split is broken."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from journey.answers import Evidence
from journey.charts.experiments_course import course_figure, describe_course, levels_between
from journey.charts.experiments_groups import describe_groups, groups_figure, groups_sentence
from journey.charts.experiments_results import describe_forest, forest_figure
from journey.charts.experiments_said import (
    MUTE,
    course_sentence,
    difference_told,
    estimate_line,
    first_sentence,
    interval_told,
    p_told,
    rows_of,
    split_sentence,
    unjudged,
    value_told,
    worst_first,
)
from journey.charts.experiments_split import causes_figure, describe_split, sides_of, split_figure
from journey.charts.theme import NEG, POS, Figure
from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.result import Arm, Comparison, Course, Estimate, Finding, Group, Point, Reading, Split, Verdict

DAY = 86_400_000
ODD = "<b>x</b>%{y}$a$#000001"
BOUGHT = ExperimentMetric(ODD, role="primary", value=Counted("buy"))
REFUNDS = ExperimentMetric("Refunds", role="guardrail", good="down", value=Counted("refund"), margin=0.01)
WORTH = ExperimentMetric("Revenue", "mean", value=Counted(revenue=True, of="sum"))


def compared(difference: float, half: float, base: float = 0.1, **more: object) -> Comparison:
    around = (difference - half, difference + half)
    return Comparison(4_000, 4_100, base + difference, base, difference, around, around, around, difference / base, **more)  # type: ignore[arg-type]


def reading(*estimates: Estimate, units: tuple[int, int] = (4_100, 4_000), p: float = 0.3) -> Reading:
    split = Split((Arm("control", units[0], 0.5), Arm("treatment", units[1], 0.5)), 1.0, p)
    return Reading(
        "Short", "control", "always_valid", 0.95, split, estimates, Verdict("ship", "Ship it."), Evidence("", "", {}, 8_100, None)
    )


WON = Estimate(BOUGHT, "treatment", compared(0.02, 0.01, p=0.0004, p_adjusted=0.0008))
HARMED = Estimate(REFUNDS, "treatment", compared(0.03, 0.01, 0.05, held="broken"))
OPEN = Estimate(WORTH, "treatment", compared(0.5, 1.0, 12.0, p=0.2, p_adjusted=0.2))


def drawn(figure: Figure) -> str:
    """All that a figure shows, without its dress, which holds every colour."""
    plain = figure.to_dict()
    return repr([plain["data"], plain["layout"].get("annotations"), plain["layout"]["xaxis"], plain["layout"]["yaxis"]])


def test_each_metric_stands_in_its_own_unit() -> None:
    assert value_told(BOUGHT, 0.1234) == "12.3%" and value_told(BOUGHT, 0.0057) == "0.57%"
    assert value_told(WORTH, 12.5, "EUR") == "€12.50" and value_told(replace(WORTH, value=Counted(column="spend")), 0.6528) == "0.65"
    assert difference_told(BOUGHT, 0.0031) == "+0.31 pts" and difference_told(WORTH, -0.4, "EUR") == "−€0.40"
    assert interval_told(BOUGHT, (0.004, 0.02)) == "+0.4 to +2.0 pts" and interval_told(WORTH, None) == ""
    assert (p_told(0.0004), p_told(0.0321), p_told(None)) == ("below .001", ".032", "–")


def test_the_picture_says_what_was_read_and_names_from_data_stay_names() -> None:
    found = reading(HARMED, OPEN, WON)
    rows = rows_of(found, "EUR")
    assert [row.name for row in rows] == [ODD, "Revenue", "Refunds"] and [row.state for row in rows] == ["better", "open", "worse"]
    assert rows[0].share == pytest.approx(0.2) and (rows[0].low, rows[0].high) == (pytest.approx(0.1), pytest.approx(0.3))
    assert rows[2].margin == pytest.approx(0.2)  # .01 of 5%, on the side of harm
    figure = forest_figure(rows)
    assert [trace.x[0] for trace in figure.data if trace.mode == "markers"] == [pytest.approx(share) for share in (0.2, 0.5 / 12, 0.6)]
    assert not any(sign in drawn(figure) for sign in ("<b>x", "%{y}", "#000001"))
    assert "+2.0 pts (+1.0 to +3.0 pts)" in describe_forest(rows)
    assert estimate_line(WON, 2) == "is better, told from no difference: p below .001 after adjusting for 2 comparisons."
    assert estimate_line(OPEN) == "cannot be told from no difference: p = .200."
    assert estimate_line(HARMED) == "is broken: harm beyond 1.0 pts is shown."


def test_nothing_is_called_in_words_or_colours_where_the_split_is_broken() -> None:
    found = reading(WON, HARMED, units=(4_100, 3_000), p=1e-9)
    rows = rows_of(found)
    assert {row.state for row in rows} == {MUTE}
    assert not any(colour in drawn(forest_figure(rows)) for colour in (POS, NEG))
    assert split_sentence(found.split).startswith(
        "The split is broken: 4,100 in control, 3,000 in treatment where 3,550, 3,550 were meant."
    )
    group = Group("mobile", BOUGHT, "treatment", WON.compared, 0.001)
    assert POS in drawn(groups_figure([group], 0.02)) and POS not in drawn(groups_figure([group], 0.02, mute=True))


def test_the_head_is_one_sentence_or_two_short_ones() -> None:
    assert first_sentence("Keep running until about 12 October. Not told yet: +2 points. More.") == (
        "Keep running until about 12 October. Not told yet: +2 points.",
        "More.",
    )
    long = "Ship treatment: Ordered is 66.7% in treatment against 53.6% in control"
    assert first_sentence(f"{long}. The guardrail Revenue is held.") == (f"{long}.", "The guardrail Revenue is held.")
    assert first_sentence("Stop: v1.2 does harm.") == ("Stop: v1.2 does harm.", "")


def test_a_reading_for_one_look_calls_nothing_before_it() -> None:
    early = replace(reading(WON), reading="fixed", verdict=Verdict("keep running", "Not yet."))
    assert unjudged(early).startswith("before its end") and {row.state for row in rows_of(early)} == {MUTE}
    assert not unjudged(replace(early, reading="always_valid")) and not unjudged(replace(early, verdict=Verdict("ship", "")))


def point(day: int, difference: float, half: float, naive: float) -> Point:
    around = difference - half, difference + half
    return Point(day * DAY, 100 * day, 100 * day, difference, *around, (difference - naive, difference + naive), half)


def dashes(figure: Figure) -> list[Any]:
    return [trace for trace in figure.data if trace.line.dash == "dash" and trace.y]


PEEKED = (point(3, 0.05, 0.09, 0.04), point(6, 0.01, 0.06, 0.03))


@pytest.mark.parametrize(
    ("points", "peeked", "said"),
    [
        ((), None, "There is no course yet: the first days hold too few units."),
        (PEEKED, 3 * DAY, "Stopping on 3 Jan would have called a win; by 6 Jan it was none."),
        ((PEEKED[1],), None, "No look, not even an ordinary one, would have called it."),
        (
            (point(3, -0.05, 0.09, 0.04), point(6, -0.05, 0.06, 0.03)),
            3 * DAY,
            "Stopping on 3 Jan would have called a loss; an ordinary interval still would on 6 Jan, but looked at daily that is not "
            "told from chance.",
        ),
        (
            (*PEEKED[:1], point(5, 0.06, 0.05, 0.03), point(9, 0.05, 0.03, 0.02)),
            3 * DAY,
            "Stopping on 3 Jan would have called a win; looked at daily it could be called on 5 Jan, and it stands.",
        ),
        ((PEEKED[0], point(9, -0.05, 0.03, 0.02)), 3 * DAY, "Stopping on 3 Jan would have called a win; by 9 Jan it was a loss."),
    ],
)
def test_what_a_peek_would_have_called_is_said_with_what_became_of_it(points: tuple[Point, ...], peeked: int | None, said: str) -> None:
    course = Course(BOUGHT, "treatment", points, peeked)
    assert course_sentence(course) == said
    figure = course_figure(course, "UTC")
    lines = [trace for trace in figure.data if trace.line.width == 2.4]
    assert list(lines[0].y) == [one.difference for one in points]
    assert bool([trace for trace in figure.data if trace.marker.symbol == "x-thin"]) == (peeked is not None)
    bounds = [
        [trace.y for trace in drawn_.data if trace.line.dash == "dash" and trace.y]
        for drawn_ in (figure, course_figure(course, daily=False))
    ]
    assert len(bounds[0]) == 2 * bool(points) and not bounds[1]
    assert said in describe_course(course) or not points


def test_a_reading_for_one_look_is_not_said_to_hold_for_daily_ones() -> None:
    course = Course(BOUGHT, "treatment", (PEEKED[0], point(9, 0.05, 0.03, 0.03)), 3 * DAY)
    said = course_sentence(course, "UTC", daily=False)
    assert said.endswith("it still is one on 9 Jan, but an interval for one look is right at one look alone.")


@settings(max_examples=15, deadline=None)
@given(some.floats(-1e6, -1e-6), some.floats(1e-6, 1e6))
def test_levels_are_few_evenly_apart_within_and_hold_zero(low: float, high: float) -> None:
    levels = levels_between(low, high)
    assert 0 in levels and 2 <= len(levels) <= 6 and all(low - 1e-9 <= level <= high + 1e-9 for level in levels)


def test_sizes_are_drawn_beside_what_was_meant_and_the_cause_by_group() -> None:
    split = reading(units=(3_000, 2_000), p=1e-9).split
    bars, meant = split_figure(split).data
    assert list(bars.x) == [0.6, 0.4] and list(meant.x) == [0.5, 0.5] and bars.marker.pattern.shape == "/"
    assert describe_split(split).endswith("treatment 2,000, 50.0% meant.")
    rows = [
        {"property": "device", "group": "app", "units in control": 1_000, "units in treatment": 0, "p_adjusted": 1e-9, "off": True,
         "variant": "treatment"},
        {"property": "device", "group": "", "units in control": 2_000, "units in treatment": 2_000, "p_adjusted": 1.0, "off": False},
        {"property": "day", "group": "1", "units in control": 100, "units in treatment": 100, "p_adjusted": 1.0, "off": False},
    ]  # fmt: skip
    of, arm, sides = sides_of(Finding("cause", "alarm", "", tuple(rows)), split, "control")
    assert (of, arm) == ("device", "treatment") and [(side.name, side.share, side.off) for side in sides] == [
        ("app", 0.0, True),
        ("not known", 0.5, False),
    ]
    assert len(causes_figure(sides, 0.5).data) == 4
    assert sides_of(Finding("cause", "fine", ""), split, "control") == ("", "", ())


def test_groups_are_judged_together() -> None:
    told = Group("mobile", BOUGHT, "treatment", compared(0.03, 0.01), 0.01)
    other = Group("", BOUGHT, "treatment", compared(0.02, 0.015), 0.2)
    few = Group("app", BOUGHT, "treatment", Comparison(1, 1, why="1 units count"), None)
    assert groups_sentence([told, other, few], "device") == "Told from no difference in mobile, of 2 groups by device looked at together."
    assert groups_sentence([other], "device") == "No group by device is told from no difference, of 1 group looked at together."
    figure = groups_figure([told, other, few], 0.02)
    assert [trace.marker.symbol for trace in figure.data if trace.mode == "markers"] == ["square", "circle"]
    assert "too few" in re.sub("<[^>]+>", "", figure.layout.annotations[-1].text) and "not known +2.0 pts" in describe_groups([told, other])
    assert [one.state for one in worst_first([Finding("a", "fine", ""), Finding("b", "alarm", ""), Finding("c", "look", "")])] == [
        "alarm",
        "look",
        "fine",
    ]
