"""One customer's figures: steps that add up to the score, one mark per day and kind, names shown letter by letter."""

import math

import pytest

from journey.charts.customer import life_figure, marks_of
from journey.charts.customer_said import customer_sentence
from journey.charts.customer_scores import ELSE, main_score, share, steps_of, waterfall_figure
from journey.customer import CustomerQuestion, measure_customer
from journey.customer.scored import Score
from journey.predict import Chance
from journey.predict.reasons import Reason
from journey.scope import Scope
from tests.drawn import drawn

ODD = "<b>x</b> #000001 %{y} $z$"


def chance(parts: list[float], base: float = -1.0, label: str = "Days") -> Chance:
    reasons = tuple(Reason(f"f{k}", label, "days", "recency", False, 1.0, 2.0, part) for k, part in enumerate(parts))
    return Chance("ann", share(base + sum(parts)), (0.1, 0.9), "medium", base, reasons)


def score(found: Chance | None, wanted: bool = False, name: str = "churn") -> Score:
    return Score(name, "Who leaves?", "does nothing for 30 days", wanted, 1, found, "" if found else "No model.")


@pytest.mark.parametrize("parts", [[0.5, -0.25, 0.1], [0.01] * 20, [3.0, -4.0, 2.0, 0.0, 0.5, -0.5, 1.5, -1.0]])
def test_steps_add_up_to_the_score_exactly(parts: list[float]) -> None:
    found = chance(parts)
    steps = steps_of(found)
    assert math.isclose(share(found.base) + sum(step.added for step in steps), found.probability, abs_tol=1e-12)
    assert len(steps) == min(len(parts), 7) and (steps[-1].name == ELSE) == (len(parts) > 6)


def test_what_raises_an_unwanted_chance_is_negative_and_names_are_letters() -> None:
    bad, good = (waterfall_figure(score(chance([1.0, -0.5], label=ODD), wanted)).data[0].marker.color for wanted in (False, True))
    assert bad[1:3] == good[1:3][::-1] and bad[1] != bad[2]
    assert ODD not in waterfall_figure(score(chance([1.0], label=ODD))).to_json()


def test_the_page_speaks_of_the_unwanted_first() -> None:
    buys, leaves, nothing = score(chance([0.1]), True, "buys"), score(chance([0.2])), score(None)
    assert main_score([nothing, buys, leaves]) is leaves and main_score([nothing, buys]) is buys and main_score([nothing]) is None


def test_events_of_one_day_of_the_zone_are_one_mark() -> None:
    con = drawn("ann 2026-03-02 09:00 view 09:20 view 10:00 <b>x</b> 23:30 view")
    customer = measure_customer(con, CustomerQuestion("ann", scores=False), Scope())
    assert [mark.events for mark in marks_of(customer.spots, "visits", "UTC")] == [3]
    assert [mark.events for mark in marks_of(customer.spots, "visits", "Europe/Paris")] == [2, 1]
    assert "<b>x</b>" not in life_figure(customer, "UTC").to_json().replace("\\u003c", "<")


def test_the_sentence_tells_the_chance_where_there_is_one() -> None:
    customer = measure_customer(drawn("ann 09:00 view"), CustomerQuestion("ann", scores=False), Scope())
    told = customer_sentence(customer, "UTC", score(chance([1.0])))
    assert told.startswith("50% likely to do nothing for 30 days (10% to 90%); ")
    assert "1 session" in customer_sentence(customer, "UTC")
