"""What the figures and sentences of journeys hold: marks for every milestone, names letter by letter, words true of any data."""

import pytest

from journey.charts.journeys import LEAKS, MILESTONES, marks, rails_figure
from journey.charts.journeys_adoption import adoption_figure, adoption_sentence, q_words
from journey.charts.journeys_conformance import conformance_sentence, departures_figure
from journey.charts.journeys_said import clipped, journeys_sentence, told_names, velocity_words, window_words
from journey.journeys import (
    AdoptionQuestion,
    ConformanceQuestion,
    Journeys,
    JourneysQuestion,
    measure_adoption,
    measure_conformance,
    measure_journeys,
    read_journeys_catalog,
)
from journey.scope import Scope
from journey.warehouse import Warehouse
from tests.drawn import drawn

HOSTILE = "<b>pay</b>#000001$x$"
JOURNEY = read_journeys_catalog([{"name": HOSTILE, "window": "1d", "milestone": ["a", "b", HOSTILE]}])
LOG = (
    "\n".join(f"c{n:02d} 09:00 a 09:01 {'b' if n % 2 else 'x'} 09:02 {HOSTILE if n % 4 == 1 else 'x'}" for n in range(40))
    + "\nend 09:00 x +9d x"
)


def found(con: Warehouse) -> Journeys:
    return measure_journeys(con, JourneysQuestion(JOURNEY), Scope())


def test_every_milestone_and_every_way_between_is_a_mark() -> None:
    told = found(drawn(LOG))
    figure = rails_figure(told)
    for curve in (MILESTONES, LEAKS):
        assert len(figure.data[curve].x) == len(marks(told, curve))
    assert marks(told, LEAKS) == [(HOSTILE, 0), (HOSTILE, 1)]


def test_names_from_data_are_shown_letter_by_letter() -> None:
    con = drawn(LOG)
    for figure in (
        rails_figure(found(con)),
        departures_figure(measure_conformance(con, ConformanceQuestion(JOURNEY[0]), Scope())),
        adoption_figure(measure_adoption(con, AdoptionQuestion(("a", "b", HOSTILE)), Scope())),
    ):
        text = figure.to_json()
        assert "<b>pay" not in text and "\\u003cb\\u003epay" not in text and "$x$" not in text and "pay</b>#" not in text


def test_the_sentence_names_the_largest_leak_by_its_count() -> None:
    con = drawn(LOG)
    assert journeys_sentence(found(con)) == f"{HOSTILE} loses most between a and b: 50% of 40 go no further."
    share = measure_conformance(con, ConformanceQuestion(JOURNEY[0]), Scope())
    assert conformance_sentence(share).startswith(f"25.0% of 40 customers follow {HOSTILE} to its end; the commonest departure: after a")


def test_everyone_completing_is_said_and_no_leak_is_drawn() -> None:
    con = drawn(*(f"c{n:02d} 09:00 a 09:01 b 09:02 {HOSTILE}" for n in range(30)), "end 09:00 x +9d x")
    assert journeys_sentence(found(con)) == f"Everyone who began {HOSTILE} completed it: 30 customers."
    assert not [note for note in rails_figure(found(con)).layout.annotations if note.text == "largest leak"]
    assert velocity_words(found(con).journeys[0]) == ""


def test_nobody_active_has_a_sentence() -> None:
    nobody = measure_adoption(drawn("ann 09:00 a"), AdoptionQuestion(("a",)), Scope(start=10**15))
    assert adoption_sentence(nobody) == "Nobody was active in this period, so no feature was used."


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["app_open", "app_sign_up", "app__pay", "done"], ["open", "sign_up", "pay", "done"]),
        (["app_open", "app_pay"], ["app_open", "app_pay"]),  # two are no majority worth hiding a word for
        (["a_x", "a.x", "a_y"], ["a_x", "a.x", "a_y"]),  # two names would be one
        (["_", "a", ""], ["_", "a", ""]),
    ],
)
def test_a_beginning_that_most_names_share_is_left_out(names: list[str], told: list[str]) -> None:
    assert told_names(names) == told


def test_words() -> None:
    assert [window_words(ms) for ms in (60_000, 3_600_000, 86_400_000, 14 * 86_400_000, 90_000)] == [
        "1 minute",
        "1 hour",
        "1 day",
        "14 days",
        "2 min",
    ]
    assert (clipped("abcdefghij", 7), clipped("abc", 3)) == ("abc…hij", "abc")
    assert (q_words(None), q_words(0.0), q_words(0.0416)) == ("–", "<0.001", "0.042")
