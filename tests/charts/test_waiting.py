"""The curve of how long until and its sentences: true of nobody, of one, of everyone, and of many."""

from typing import Any

import pytest

from journey.charts.waiting import groups_sentence, lasting, naive_words, shown_groups, waiting_curve, waiting_rows, waiting_sentence
from journey.predict.waiting import measure_waiting, read_waiting
from journey.predict.waiting.result import Waiting
from journey.scope import Scope
from tests.drawn import drawn

MANY = [
    f"c{k:02d} view{{device={'phone' if k // 4 % 2 else 'desk'}}}" + (f" +{1 + k // 4}d buy" if k % 4 < 3 else "") for k in range(40)
] + ["end +30d look"]


def asked(*lines: str, **question: Any) -> Waiting:
    with drawn(*lines) as con:
        return measure_waiting(con, read_waiting({"event": "buy", "from": "view"} | question), Scope())


def test_the_sentence_says_when_half_have_or_how_many() -> None:
    assert waiting_sentence(asked("ann look")).startswith("Nobody began to wait")
    assert waiting_sentence(asked("ann view", "end +3d look")) == "None of 1 customer has come to buy yet; they were seen for up to 3.0 d."
    assert waiting_sentence(asked(*MANY)).startswith("Half have come to buy within 7.0 d (5.0 d to 9.0 d); 10 of 40 have not yet.")
    some = asked(*[f"c{k:02d} view" + (" +1d buy" if k < 3 else "") for k in range(20)], "end +30d look")
    assert waiting_sentence(some).startswith("15.0%") and "half have not in the 30.0 d seen. 17 of 20 have not yet." in waiting_sentence(
        some
    )


def test_the_figure_ends_at_the_share_that_is_told_and_has_a_line_for_each_group() -> None:
    figure = waiting_curve(asked(*MANY), None)
    assert figure.data[1].y[-1] == pytest.approx(0.75) and figure.layout.annotations[0].text == "<b>75.0%</b>"
    split = asked(*MANY, breakdown="device")
    assert list(shown_groups(split)) == ["desk", "phone"] and len(waiting_curve(split, None).data) == 4
    assert max(waiting_curve(asked(*MANY), 86_400.0 * 2).data[1].x) == 86_400 * 2


def test_figures_are_drawn_of_one_customer_and_of_one_moment() -> None:
    for lines in (("ann view buy",), ("ann view +1d buy",), ("ann view", "end +3d look")):
        assert waiting_curve(asked(*lines), None).data


def test_groups_that_do_not_differ_are_said_not_to() -> None:
    assert "not told apart from chance" in groups_sentence(asked(*MANY, breakdown="device"))
    apart = [line if "desk" in line else line.split(" +")[0] for line in MANY[:40]]
    assert "differ" in groups_sentence(asked(*apart, "end +30d look", breakdown="device"))
    assert "nothing to compare" in groups_sentence(asked("ann view", breakdown="device"))


def test_the_table_has_everyone_first_and_names_what_is_missing() -> None:
    rows = waiting_rows(asked(*MANY, "zoe view", breakdown="device"))
    assert [row["Group"] for row in rows] == ["Everyone", "desk", "phone", "missing"]
    assert [row["Began"] for row in rows] == [41, 20, 20, 1] and rows[3]["Median"] == "not reached"


def test_what_leaving_out_those_who_wait_would_say_is_told_where_anyone_waits() -> None:
    assert naive_words(asked("ann view +1d buy")) == ""
    late = [f"c{k:02d} +{k}d view +5d buy" for k in range(1, 26)]
    assert "instead of" in naive_words(asked(*late, *[f"d{k:02d} +{k}d view" for k in range(1, 28)]))


def test_round_times_have_no_decimals() -> None:
    assert [lasting(seconds) for seconds in (0, 90, 7_200, 86_400 * 30, 86_400 * 1.5)] == ["0", "2 min", "2 h", "30 d", "36 h"]
