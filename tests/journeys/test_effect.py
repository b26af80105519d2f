"""What adopting one feature goes with for another: by hand, and on simulated logs whose truth is known."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest

from journey.ask import ask
from journey.errors import QuestionError
from journey.ingest import load_events
from journey.warehouse import Warehouse
from tests.drawn import drawn
from tests.lent import empty_warehouse

LOOKS, CUSTOMERS = 20, 500
BASE = {2: 0.02, 10: 0.08}  # the chance of B on a day, by how busy a customer is: busy customers come to both
WEEK = 7


def asked(con: Warehouse, **more: Any) -> dict[str, Any]:
    return ask(con, {"ask": "adoption_effect", "of": "A", "on": "B", "within": "7d", **more})


def log(rng: np.random.Generator, effect: float) -> pl.DataFrame:
    """Everyone's first day has 2 or 10 events, each of them A with 5%; B comes on any later day with its base chance, and to
    adopters, with the chance `effect`, on the day after.  Busy customers so adopt A and come to B more often without any effect."""
    rows: list[tuple[str, str, datetime]] = []
    for n in range(CUSTOMERS):
        events = 2 if rng.random() < 0.5 else 10
        start = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=int(rng.integers(0, 20)))
        adopts = rng.random(events) < 0.05
        rows += [(f"c{n}", "A" if a else "x", start + timedelta(minutes=k)) for k, a in enumerate(adopts)]
        did = rng.random(WEEK) < BASE[events]
        did[0] |= adopts.any() and rng.random() < effect
        rows += [(f"c{n}", "B", start + timedelta(days=int(day) + 1, hours=1)) for day in np.flatnonzero(did)]
    rows.append(("end", "x", datetime(2026, 5, 1, tzinfo=UTC)))
    return pl.DataFrame(rows, schema=["customer", "event", "ts"], orient="row")


def truth(effect: float) -> float:
    """Adopters are of 2 and of 10 events in the proportions that adopt; the effect adds where B would not have come anyway."""
    weights = {events: 1 - 0.95**events for events in BASE}
    gain = {events: effect * (1 - base) ** WEEK for events, base in BASE.items()}
    return sum(weights[events] * gain[events] for events in BASE) / sum(weights.values())


@pytest.mark.parametrize("effect", [0.0, 0.25])
def test_the_interval_holds_the_true_difference_as_often_as_it_says(effect: float) -> None:
    """20 logs: 95% means 19; the naive comparison of all adopters with all others is far off where nothing is true."""
    rng, held, differences = np.random.default_rng(11), 0, []
    for _ in range(LOOKS):
        con = empty_warehouse()
        load_events(con, log(rng, effect))
        found = asked(con)
        low, high = found["difference_interval"]
        held += low <= truth(effect) <= high
        differences.append(found["difference"])
    assert held >= 17
    assert np.mean(differences) == pytest.approx(truth(effect), abs=0.04)


def test_without_matching_nothing_would_look_like_an_effect() -> None:
    """The trap that the strata are for: in a log without any effect, adopters come to B far more often than the others."""
    frame = log(np.random.default_rng(5), 0.0)
    did = {name: set(frame.filter(pl.col("event") == name)["customer"]) for name in "ABx"}
    everyone = did["x"] | did["A"]
    assert len(did["A"] & did["B"]) / len(did["A"]) - len((everyone - did["A"]) & did["B"]) / len(everyone - did["A"]) > 0.08


def test_by_hand() -> None:
    """Forty adopters and eighty others, all with two events on their first day; half of the adopters and a quarter of the others do B."""
    adopters = [f"a{n:02d} 09:00 x A +2d {'B' if n % 2 else 'y'}" for n in range(40)]
    others = [f"o{n:02d} 09:00 x y +2d {'B' if n % 4 == 0 else 'y'}" for n in range(80)]
    before = [f"b{n:02d} 09:00 x B A" for n in range(5)]  # B before A's day has ended: not at risk any more
    con = drawn(*adopters, *others, *before, "end +30d z")
    found = asked(con, scope={"stop": "2026-03-03"})
    assert (found["adopters"], found["adopters_did"], found["comparable_customers"]) == (40, 20, 80)
    assert found["comparable_share"] == pytest.approx(0.25) and found["effective_comparable"] == pytest.approx(80)
    assert found["difference"] == pytest.approx(0.25) and found["difference_interval"][0] > 0
    for mark, n in (("adopters", 40), ("adopters_did", 20), ("comparable", 80)):
        assert asked(con, scope={"stop": "2026-03-03"}, customers={mark: True})["customers"]["count"] == n


def test_follow_up_that_the_data_do_not_hold_is_left_out() -> None:
    con = drawn(*(f"a{n:02d} 09:00 x A" for n in range(40)), *(f"o{n:02d} 09:00 x y" for n in range(40)), "end +3d z")
    found = asked(con)
    assert found["adopters"] == 0 and found["difference"] is None and "30 are needed" in found["why"]


def test_adopters_without_comparable_customers_are_told_apart() -> None:
    con = drawn(*(f"a{n:02d} 09:00 x A" for n in range(40)), "end 09:00 A +30d z")
    found = asked(con)
    assert (found["adopters"], found["unmatched"], found["comparable_share"]) == (0, 41, None)


@pytest.mark.parametrize("question", [{"of": "A", "on": "A"}, {"of": None}, {"within": None}, {"customers": {}}, {"customers": {"of": 1}}])
def test_what_cannot_be_asked_is_refused(question: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        asked(drawn("ann 09:00 A 09:01 B"), **question)
