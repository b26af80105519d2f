"""What was decided stays, with its reasons and with what was seen then; on a broken split nothing is shipped."""

import threading
from dataclasses import replace

import pytest

from journey.answers import Evidence
from journey.errors import QuestionError
from journey.experiments.metric import ExperimentMetric
from journey.experiments.plan import keep_plan, lock_plan, plan_from
from journey.experiments.record import decide, decisions
from journey.experiments.result import Arm, Comparison, Estimate, Reading, Split, Verdict
from journey.inference import Interval
from journey.warehouse import Warehouse, one
from tests.lent import empty_warehouse

BOUGHT = ExperimentMetric("Bought", role="primary")
PLAN = plan_from(
    {
        "experiment": "Checkout",
        "hypothesis": "Fewer pages, more orders.",
        "metrics": [{"name": "Bought", "event": "buy"}],
        "variants": ["control", "short"],
        "effect": 0.02,
        "units_per_arm": 500,
    }
)


def reading(interval: Interval = (0.01, 0.05), p: float = 0.5) -> Reading:
    found = Comparison(500, 500, 0.23, 0.20, 0.03, interval, relative=0.15)
    split = Split((Arm("control", 500, 0.5), Arm("short", 500, 0.5)), 0.0, p)
    verdict = Verdict("ship", "Ship it.")
    return Reading("Checkout", "control", "always_valid", 0.95, split, (Estimate(BOUGHT, "short", found),), verdict, Evidence("", ""))


def test_a_decision_keeps_its_reasons_what_was_expected_and_what_was_seen() -> None:
    con = empty_warehouse()
    keep_plan(con, PLAN, by="Ann")
    planned = lock_plan(con, "Checkout", by="Ann")
    made = decide(con, reading(), "ship", by="Ann", why="It pays.", learned="Pages cost orders.", at=5)
    assert (made.number, made.at, made.by, made.decided, made.why, made.learned) == (1, 5, "Ann", "ship", "It pays.", "Pages cost orders.")
    assert made.plan_hash == planned.hash and made.closes
    assert made.expected["effect"] == 0.02 and made.seen["verdict"] == "Ship it." and made.seen["metrics"][0]["difference"] == 0.03
    (compared,) = made.compared
    assert (compared.metric, compared.arm, compared.expected, compared.seen, compared.interval) == (
        "Bought",
        "short",
        0.02,
        0.03,
        (0.01, 0.05),
    )
    assert compared.holds is True and compared.came == "as hoped"
    missed = decide(con, reading((0.025, 0.035)), "stop", by="Ann", why="Costly.")
    assert missed.compared[0].holds is False and missed.compared[0].came == "more" and decisions(con) == (made, missed)


def test_nothing_was_expected_without_a_plan_or_of_another_metric() -> None:
    con = empty_warehouse()
    assert decide(con, reading(), "stop", by="Ann", why="No.").compared[0].holds is None
    other = replace(PLAN, metrics=(ExperimentMetric("Visits", role="primary", value=BOUGHT.value),), experiment="Checkout")
    keep_plan(con, replace(other, metrics=(replace(other.metrics[0], value=replace(BOUGHT.value, step="visit")),)), by="Ann")
    assert decide(con, reading(), "ship", by="Ann", why="Yes.").compared[0].expected is None


def test_the_same_decision_twice_is_one_and_another_one_holds_from_then_on() -> None:
    con = empty_warehouse()
    once = decide(con, reading(), "keep running", by="Ann", why="Too early.")
    assert decide(con, reading(), "keep running", by="Ann", why="Too early.") == once and not once.closes
    with pytest.raises(QuestionError, match="nothing to open again"):
        decide(con, reading(), "reopened", by="Ann", why="Oh.")
    decide(con, reading(), "ship", by="Ann", why="Now.")
    assert decide(con, reading(), "reopened", by="Bob", why="Oh.").number == 3


@pytest.mark.parametrize(
    ("decided", "by", "why", "told"),
    [("maybe", "Ann", "x", "'ship', 'stop'"), ("ship", "", "x", "Say who decides"), ("ship", "Ann", " ", "Say why, in a sentence")],
)
def test_who_and_why_are_needed(decided: str, by: str, why: str, told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        decide(empty_warehouse(), reading(), decided, by=by, why=why)


def test_a_broken_split_ships_nothing() -> None:
    con = empty_warehouse()
    with pytest.raises(QuestionError, match="cannot be shipped on this reading"):
        decide(con, reading(p=1e-6), "ship", by="Ann", why="It looks good.")
    made = decide(con, reading(p=1e-6), "broken", by="Ann", why="Phones are missing.")
    assert made.decided == "broken" and made.closes and made.compared[0].holds is None


def test_of_many_who_decide_at_once_from_the_same_page_one_does() -> None:
    con = empty_warehouse()
    gate, told = threading.Barrier(5), []

    def work(place: int, own: Warehouse) -> None:
        gate.wait()
        try:
            decide(own, reading(), "ship" if place % 2 else "stop", by=f"p{place}", why="I saw it first.", after=0)
        except QuestionError as refused:
            told.append(str(refused))

    threads = [threading.Thread(target=work, args=(place, con.cursor())) for place in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert one(con, "select count(*) from experiment_decisions") == 1
    assert len(told) == 4 and all("decided about 'Checkout' meanwhile" in sentence for sentence in told)
