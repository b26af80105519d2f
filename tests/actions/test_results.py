"""What actions brought: shares, lift, stages, money and value over time, and whoever is behind a number."""

import json
from typing import Any

import pytest

from journey.actions.results import measure_results, read_results, results_customers
from journey.actions.results.lift import Lift
from journey.ask import ask
from journey.catalogs import write_catalog
from journey.errors import QuestionError
from journey.inference.sequences import always_valid_half
from journey.scope import Scope, read_scope
from journey.warehouse import Warehouse, open_warehouse
from tests.actions.campaigns import MAIL_ALONE, START, half, logged, person
from tests.actions.ledgers import proposals

QUESTION = read_results({})
STAGES = """
[[stage]]
name = "bought"
step = 2
rule = { did = "buy" }
[[stage]]
name = "looked"
step = 1
"""


def campaign() -> Warehouse:
    """60 mails, 18 of whom buy for 40; 60 get nothing, 6 of whom buy for 20."""
    return logged(*half("m", "mail", 60, 18, revenue=40.0), *half("n", "nothing", 60, 6))


@pytest.fixture(scope="module")
def con() -> Warehouse:
    """With a ledger: 60 notes, 50 sent, 8 rejected, one waiting, one failed; 60 held out."""
    con = campaign()
    what = ["sent"] * 50 + ["rejected"] * 8 + ["waiting", "failed"]
    proposals(con, "Note", {f"m {place:03}": state for place, state in enumerate(what)})
    proposals(con, "Note", {f"n {place:03}": "holdout" for place in range(60)})
    return con


def answer(con: Warehouse, **more: Any) -> dict[str, Any]:
    found = ask(con, {"ask": "action_results", **more})
    assert json.loads(json.dumps(found)) == found
    return found


def of(found: dict[str, Any], action: str) -> dict[str, Any]:
    return next(one for one in found["actions"] if one["action"] == action)


def test_a_campaign_of_the_log_is_told_beside_nothing(con: Warehouse) -> None:
    (mail,) = of(answer(con), "Mail")["compared"]
    assert mail["source"] == "campaign" and "'assigned'" in mail["told"]
    treated, control = mail["treated"], mail["control"]
    assert (treated["decisions"], treated["customers"], treated["did"], treated["share"]) == (60, 60, 18, 0.3)
    assert (control["decisions"], control["did"], control["share"]) == (60, 6, 0.1)
    assert treated["interval"] == pytest.approx([0.1988, 0.4254], abs=2e-3)  # Wilson of 18 of 60
    assert mail["lift"]["difference"] == pytest.approx(0.2) and mail["lift"]["customers"] == 120
    low, high = mail["lift"]["always_valid_interval"]
    assert low < mail["lift"]["interval"][0] and mail["lift"]["interval"][1] < high


def test_money_is_what_came_in_times_the_margin_less_the_cost(con: Warehouse) -> None:
    """18 x 40 / 60 - 6 x 20 / 60 = 10 each, half of it kept: 5 each, 300 of 60, less 60 x .50."""
    (mail,) = of(answer(con), "Mail")["compared"]
    money = mail["money"]
    assert money["each"]["value"] == pytest.approx(5) and money["done"] == 60
    assert money["brought"]["value"] == pytest.approx(300) and money["cost"] == pytest.approx(30)
    assert money["net"]["value"] == pytest.approx(270) and money["net"]["low"] > 0 and money["sentence"] == "It pays for itself."


def test_value_adds_up_by_day_since_the_decision() -> None:
    """Buyers buy 24 hours after, the last moment of the first day, or 24 hours and one, in the second."""
    late = half("n", "nothing", 60, 6, hours=24.0003)
    found = measure_results(
        logged(*half("m", "mail", 60, 18, revenue=40.0), *late, catalog=MAIL_ALONE), read_results({"over": "3d"}), Scope()
    )
    compared = found.actions[0].by("campaign")
    assert compared is not None
    days = [(point.day, point.treated, point.control) for point in compared.over_time]
    assert days == [(1, 12.0, 0.0), (2, 12.0, 2.0), (3, 12.0, 2.0)]
    assert compared.over_time[2].difference.value == pytest.approx(10)
    low, high = compared.over_time[2].difference.low, compared.over_time[2].difference.high
    assert low < 10 < high and (low + high) / 2 == pytest.approx(10)


def test_days_that_the_log_does_not_reach_are_not_added_up() -> None:
    con = logged(*half("m", "mail", 60, 18), *half("n", "nothing", 60, 6), days=12, catalog=MAIL_ALONE)
    compared = measure_results(con, QUESTION, Scope()).actions[0].by("campaign")
    assert compared is not None and compared.lift is not None and compared.over_time == ()


def test_the_ledger_counts_what_became_of_its_proposals(con: Warehouse) -> None:
    counts = of(answer(con), "Note")["counts"]
    told = {name: tally["proposals"] for name, tally in counts.items()}
    assert told == {"proposed": 60, "waiting": 1, "approved": 51, "rejected": 8, "sent": 50, "lapsed": 0, "held_out": 60}


def test_the_ledger_is_compared_with_its_holdout_for_each_that_really_got_it(con: Warehouse) -> None:
    """All 60 meant to get it against 60 held out: 20 points, of 50 in 60: 24 for each it was done for."""
    (note,) = of(answer(con), "Note")["compared"]
    assert note["source"] == "ledger" and note["lift"]["difference"] == pytest.approx(0.2 * 60 / 50)
    assert note["money"]["done"] == 50 and note["money"]["brought"]["value"] == pytest.approx(5 * 60)


def test_an_action_that_was_never_done_says_so(con: Warehouse) -> None:
    call = of(answer(con), "Call")
    assert call["compared"] == [] and call["effect"]["source"] == "assumed"
    assert {tally["customers"] for tally in call["counts"].values()} == {0}


def test_too_few_decisions_are_said_and_not_judged() -> None:
    found = measure_results(logged(*half("m", "mail", 41, 18), *half("n", "nothing", 60, 6), catalog=MAIL_ALONE), QUESTION, Scope())
    compared = found.actions[0].by("campaign")
    assert compared is not None and (compared.lift, compared.money, compared.over_time) == (None, None, ())
    assert compared.verdict == "not enough data yet" and "41 of 50 decisions with it" in compared.sentence


def test_coming_a_stage_further_is_told_against_a_control_of_the_same_stages() -> None:
    """An order brings every visitor a stage further; nobody else gets further."""
    con = campaign()
    write_catalog(con, "stages", STAGES)
    compared = measure_results(con, QUESTION, Scope()).actions[0].by("campaign")
    assert compared is not None and compared.advanced is not None
    assert compared.treated.advanced_share == pytest.approx(compared.treated.share)
    assert compared.advanced.difference == pytest.approx(0.2)


def test_decisions_before_a_day_can_be_left_out(con: Warehouse) -> None:
    for more in ({"since": "2026-03-05"}, {"scope": {"start": "2026-03-05"}}):
        found = answer(con, **more)
        assert of(found, "Mail")["compared"][0]["treated"]["decisions"] == 0
        assert of(found, "Note")["counts"]["proposed"]["proposals"] == 0


def test_a_segment_narrows_whose_decisions_are_looked_at(con: Warehouse) -> None:
    found = answer(con, scope={"segment": {"customers": ["m 000", "m 055", "n 000", "n 001"]}})
    assert of(found, "Mail")["compared"][0]["treated"]["customers"] == 2
    assert of(found, "Note")["counts"]["held_out"]["customers"] == 2


def test_as_of_a_day_in_the_past_the_ledger_does_not_count(con: Warehouse) -> None:
    found = answer(con, scope={"stop": "2026-03-20"})
    assert of(found, "Note")["counts"]["proposed"]["proposals"] == 0
    assert of(found, "Mail")["compared"][0]["treated"]["decisions"] == 60


def test_each_number_has_its_customers(con: Warehouse) -> None:
    found = measure_results(con, QUESTION, Scope())
    marks: dict[str, int] = {}
    for action in found.actions:
        for group, tally in action.counts.items():
            marks[json.dumps({"action": action.action, "group": group})] = tally.customers
        for one in action.compared:
            for side, group in (("treated", one.treated), ("control", one.control)):
                mark = {"action": action.action, "source": one.source, "group": side}
                marks[json.dumps(mark)] = group.customers
                marks[json.dumps({**mark, "did": True})] = group.did
                marks[json.dumps({**mark, "advanced": True})] = group.advanced
                for stage in one.stages:
                    marks[json.dumps({**mark, "stage": stage.stage})] = getattr(stage, side).customers
    assert len(marks) > 30 and max(marks.values()) == 60
    for mark, count in marks.items():
        people = results_customers(con, QUESTION, Scope(), json.loads(mark))
        assert people.count == count, mark
        assert list(people.ids) == sorted(set(people.ids))


@pytest.mark.parametrize(
    "mark",
    [
        {},
        {"action": "Mail"},
        {"action": "Mail", "group": "treated"},
        {"action": "Mail", "group": "nobody"},
        {"action": "Mail", "source": "ledger", "group": "treated"},
        {"action": "Mail", "source": "campaign", "group": "treated", "stage": "nowhere"},
        {"action": "Mail", "source": "campaign", "group": "treated", "did": False},
        {"action": "Mail", "source": "campaign", "group": "sent"},
        {"colour": "blue"},
    ],
)
def test_a_mark_that_is_none_is_refused(con: Warehouse, mark: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match=r"can be|no record|write true|Known are"):
        results_customers(con, QUESTION, Scope(), mark)


@pytest.mark.parametrize(
    "plain", [{"action": "Mial"}, {"action": 3}, {"since": "soon"}, {"over": "36h"}, {"over": None}, {"over": "9999d"}]
)
def test_a_question_that_cannot_be_read_is_refused(con: Warehouse, plain: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        answer(con, **plain)


def test_a_question_reads_back_as_itself() -> None:
    question = read_results({"action": "Mail", "since": "2026-03-05", "over": "14d"})
    assert read_results(question.as_plain()) == question


def test_an_empty_workspace_has_results_without_numbers() -> None:
    found = measure_results(open_warehouse(":memory:"), QUESTION, Scope())
    assert found.as_of is None and all(not one.compared for one in found.actions)


def test_an_order_after_several_decisions_counts_once_in_the_people_and_for_each_decision() -> None:
    twice = [*person("ann", "mail", True), {"customer": "ann", "event": "assigned", "ts": START, "action": "mail", "chance": 0.5}]
    found = measure_results(logged(twice, person("bob", "nothing", False), catalog=MAIL_ALONE), QUESTION, Scope()).actions[0].by("campaign")
    assert found is not None
    assert (found.treated.decisions, found.treated.customers, found.treated.did, found.treated.share) == (2, 1, 1, 1.0)


def test_the_verdict_goes_by_the_interval_that_may_be_looked_at_every_day() -> None:
    half_width = always_valid_half(1.0, 10_000) or 0
    works, open_, harms = (Lift(difference, 0.01, 10_000) for difference in (half_width + 1e-6, half_width - 1e-6, -half_width - 1e-6))
    assert (works.verdict, open_.verdict, harms.verdict) == ("works", "cannot be told yet", "does harm")
    assert works.more == harms.more == 0 and works.sentence.startswith("Works: ") and harms.sentence.startswith("Does harm: ")


def test_how_many_more_would_tell_is_about_right() -> None:
    lift = Lift(0.02, 0.01, 2_000)
    more = lift.more
    assert more is not None and f"{more:,} more customers" in lift.sentence
    variance = 0.01**2 * 2_000
    assert (always_valid_half(variance, 2_000 + more) or 1) <= 0.02 < (always_valid_half(variance, int(2_000 + 0.9 * more)) or 0)
    assert Lift(1e-9, 0.01, 2_000).more is None and "1,000,000" in Lift(0.0, 0.01, 2_000).sentence


def test_the_definition_says_how_it_was_counted(con: Warehouse) -> None:
    found = answer(con)
    assert "margin of 50%" in found["definition"] and found["population"] == 120 and found["currency"] == "EUR"
    assert read_scope({"stop": "2026-03-20"}).stop is not None and "from 2026-03-05" in answer(con, since="2026-03-05")["definition"]


def test_what_was_found_feeds_the_next_choice() -> None:
    """60 notes against 60 held out add 20 points, an order of 35 is worth 17.50 to us: 3.50 for a note that costs nothing."""
    con = campaign()
    ask_zoe = {"ask": "next_best_action", "customer": "zoe"}
    before = {one["action"]: one for one in ask(con, ask_zoe)["considered"]}
    assert before["Note"]["expected_value"] is None
    proposals(con, "Note", {f"m {place:03}": "sent" for place in range(60)} | {f"n {place:03}": "holdout" for place in range(60)})
    after = {one["action"]: one for one in ask(con, ask_zoe)["considered"]}
    assert after["Note"]["expected_value"] == pytest.approx(3.5, rel=0.02)
    assert ask(con, ask_zoe)["action"] in ("Note", "Mail")
