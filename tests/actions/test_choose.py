"""The card: a decision worked by hand, what adds up, what is never chosen, and what is said of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.actions.catalog import Action, Trigger, Variant, Wanted
from journey.actions.choose import Candidate, Decision, decide
from journey.actions.choose.card import Card, card_of
from journey.actions.choose.measure import draw_variant
from journey.actions.choose.words import confident, money
from journey.actions.effects import Effect
from journey.actions.guardrails import Standing, Veto
from journey.ask import ask
from journey.catalogs import write_catalog
from journey.errors import QuestionError
from journey.inference import Z95
from journey.warehouse import Warehouse
from tests.drawn import drawn

DAY = 86_400_000
AS_OF, AT = 1_000 * DAY, 1_200 * DAY
ANN = Standing("ann", "cart", consent={"marketing": True})
FORTY = (40.0, 40.0, 40.0)


def action(name: str, cost: float = 1.5, **more: Any) -> Action:
    return Action(name, "", "email", Wanted("buy", 7 * DAY), cost=cost, **more)


def measured(name: str, mean: float, sd: float = 0.02, source: str = "experiment") -> Effect:
    return Effect(name, None, mean, sd, 500, 500, 0.05, source, f"By {source}: {100 * mean:+.1f} points.")


def candidate(name: str, mean: float | None, cost: float = 1.5, priority: int | None = None, **more: Any) -> Candidate:
    effect = Effect(name, None, None, None, 0, 0, None, "unknown", "Not known.") if mean is None else measured(name, mean)
    triggers = () if priority is None else (Trigger(f"{name} rule", name, {}, f"They are due for {name}.", priority),)
    return Candidate(action(name, cost), more.pop("effect", effect), more.pop("worth", FORTY), triggers=triggers, **more)


def decided(*candidates: Candidate) -> Decision:
    return decide(candidates, np.random.default_rng(3))


def carded(*candidates: Candidate, standing: Standing = ANN) -> Card:
    return card_of(decided(*candidates), standing, AS_OF, AT, (None, 1.0), AT, currency="EUR")


def test_a_decision_worked_by_hand() -> None:
    # Mail: .1 x 40 - 1.5 = 2.5, sd .02 x 40 = .8.  Call: .12 x 40 - 3 - .2 of fatigue = 1.6.  The gap .9 has an sd of .8 sqrt 2.
    found = carded(candidate("Mail", 0.1, fatigue=0.0), candidate("Call", 0.12, 3.0, fatigue=0.2))
    assert (found.action, found.decision.by) == ("Mail", "value")
    assert found.expected_value == pytest.approx(2.5)
    assert found.interval == pytest.approx((2.5 - Z95 * 0.8, 2.5 + Z95 * 0.8))
    assert found.confidence == pytest.approx(0.787, abs=0.02)  # Phi(.9 / 1.131)
    runner = found.runner_up
    assert runner is not None and (runner.action, runner.expected_value) == ("Call", pytest.approx(1.6))
    assert runner.gap == pytest.approx(0.9) and runner.gap_interval == pytest.approx((0.9 - Z95 * 1.1314, 0.9 + Z95 * 1.1314), abs=1e-3)
    assert [(one.kind, one.contribution) for one in found.reasons] == [("stage", None), ("effect", pytest.approx(4.0)), ("cost", -1.5)]


def test_what_would_flip_it_is_where_the_two_are_equal() -> None:
    found = carded(candidate("Mail", 0.1), candidate("Call", 0.12, 3.0))  # 2.5 against 1.8
    assert found.would_flip == (
        "Call would be better if Mail added less than 8.2 points (now 10.0 points), "  # (1.8 + 1.5) / 40
        "an outcome were worth more than €75.00 (now €40.00) or "  # (3 - 1.5) / (.12 - .1)
        "it cost more than €2.20 (now €1.50)."  # 1.5 + 2.5 - 1.8
    )
    at = (1.8 + 1.5) / 40
    assert decided(candidate("Mail", at - 0.001), candidate("Call", 0.12, 3.0)).chosen == candidate("Call", 0.12, 3.0)
    dear = (75.01, 75.01, 75.01)
    assert decided(candidate("Mail", 0.1, worth=dear), call := candidate("Call", 0.12, 3.0, worth=dear)).chosen == call
    assert decided(candidate("Mail", 0.1, 2.21), candidate("Call", 0.12, 3.0)).chosen == candidate("Call", 0.12, 3.0)


def test_against_nothing_the_flip_is_where_it_only_pays_its_cost() -> None:
    assert carded(candidate("Mail", 0.1)).would_flip == (
        "Doing nothing would be better if Mail added less than 3.8 points (now 10.0 points), "
        "an outcome were worth less than €15.00 (now €40.00) or it cost more than €4.00 (now €1.50)."
    )


def test_nothing_wins_where_all_are_below_it_and_says_what_it_would_take() -> None:
    found = carded(candidate("Mail", 0.02), candidate("Call", 0.03, 3.0))  # -.7 and -1.8
    assert (found.action, found.expected_value, found.interval) == (None, 0.0, None)
    assert found.runner_up is not None and found.runner_up.gap == pytest.approx(0.7)
    assert found.said == "Nothing: no allowed action is expected to bring more than it costs."
    assert found.would_flip == (
        "Mail would be worth doing if it added more than 3.8 points (now 2.0 points), "
        "an outcome were worth more than €75.00 (now €40.00) or it cost less than €0.80 (now €1.50)."
    )
    assert found.confidence is not None and found.confidence > 0.7 and found.as_plain()["action"] == "nothing"


def test_a_better_action_that_is_forbidden_is_told_with_its_veto() -> None:
    veto = Veto("Call", "cap", "They had 2 of at most 2 contacts in 7 days.", AS_OF + 3 * DAY)
    found = carded(candidate("Mail", 0.1), candidate("Call", 0.2, 3.0, vetoes=(veto,)))
    assert found.action == "Mail" and found.vetoed == (veto,)
    assert found.would_flip.endswith("Call would be chosen, at €5.00, were it not for contact cap. That ends by itself on 1972-09-30.")
    assert carded(candidate("Call", 0.2, vetoes=(veto,))).said == "Nothing: guardrails forbid every action (contact cap)."


def test_where_no_value_is_known_the_rule_of_the_highest_priority_goes_and_no_sum_is_said() -> None:
    unknown = [candidate("Note", None, priority=20), candidate("Letter", None, priority=50), candidate("Idle", None)]
    found = carded(*unknown)
    assert (found.action, found.expected_value, found.confidence, found.decision.by) == ("Letter", None, None, "priority")
    assert found.runner_up is not None and (found.runner_up.action, found.runner_up.gap) == ("Note", None)
    assert found.said == "Letter is proposed by a rule; what it is worth is not known yet."
    assert all(reason.contribution is None for reason in found.reasons) and found.reasons[0].text == "They are due for Letter."
    assert carded(*unknown, candidate("Mail", 0.1)).action == "Mail"  # what is known to bring something goes first
    assert carded(*unknown, candidate("Mail", 0.01)).action == "Letter"
    assert carded(candidate("Idle", None)).action is None  # nobody proposes it, and nothing is known of it


def test_where_no_figure_decides_what_is_not_known_is_told() -> None:
    no = (Veto("Note", "consent", "They do not allow it."),)
    assert carded(candidate("Note", None), candidate("Mail", None)).would_flip == (
        "A rule that proposes Note or Mail, or a measured or assumed effect of it, could change it."
    )
    assert "no veto can be said to decide" in carded(candidate("Note", None, vetoes=no)).would_flip
    assert (
        carded(candidate("Note", 0.01, vetoes=no)).would_flip
        == carded().would_flip
        == ("Nothing would: no other action is worth doing here, forbidden or not.")
    )


def test_a_chance_after_trying_is_no_sum_of_money() -> None:
    tried = replace(measured("Note", 0.4, 0.28), source="trying")
    found = carded(candidate("Note", 0.4, effect=tried, priority=1))
    assert (found.action, found.expected_value, found.decision.by) == ("Note", None, "priority")


def test_what_could_not_pay_for_itself_however_often_it_helped_is_proposed_by_no_rule() -> None:
    """Five in a hundred come anyway, so at best it adds 95 points: of an outcome worth 1.50, that is 1.425."""
    tried = replace(measured("Note", 0.4, 0.28), source="trying")
    dear = candidate("Note", 0.4, 1.43, effect=tried, priority=1, worth=(1.5, 1.5, 1.5))
    assert carded(dear).action is None
    assert carded(dear).said == "Nothing: Note would cost more than an outcome is worth, however often it helped."
    assert carded(replace(dear, action=action("Note", 1.42))).action == "Note"
    assert carded(replace(dear, worth=None)).action == "Note"  # nobody can say what it is worth


def test_an_assumption_is_as_good_for_choosing_as_an_experiment_and_is_told_as_one() -> None:
    found = carded(candidate("Mail", 0.1, effect=measured("Mail", 0.1, source="assumed")))
    assert found.action == "Mail" and "By assumed" in found.reasons[1].text


@pytest.mark.parametrize(
    ("chance", "words"),
    [(0.95, "almost certainly"), (0.9, "very likely"), (0.7, "probably"), (0.5, "about as likely"), (0.1, "perhaps"), (None, "not known")],
)
def test_confidence_has_plain_words(chance: float | None, words: str) -> None:
    assert confident(chance).startswith(words)


def test_money_is_written_as_people_do() -> None:
    assert [money(1234.5, "EUR"), money(-0.35, "usd"), money(2, "CHF"), money(2, None), money(-0.001, "EUR")] == [
        "€1,234.50", "-$0.35", "2.00 CHF", "2.00", "€0.00",
    ]  # fmt: skip


@st.composite
def some_candidates(draw: st.DrawFn) -> list[Candidate]:
    share = st.floats(-0.1, 0.2)
    found = []
    for place in range(draw(st.integers(0, 5))):
        name, mean = f"a{place}", draw(st.none() | share)
        vetoes = (Veto(f"a{place}", "consent", "No.", None),) if draw(st.booleans()) else ()
        money_ = draw(st.none() | st.floats(0, 90).map(lambda worth: (worth, worth * 0.8, worth * 1.2)))
        priority = draw(st.none() | st.integers(0, 3))
        found.append(candidate(name, mean, draw(st.floats(0, 5)), priority, worth=money_, fatigue=draw(st.floats(0, 1)), vetoes=vetoes))
    return found


@settings(max_examples=12, deadline=None)
@given(some_candidates())
def test_what_is_chosen_is_allowed_the_best_and_the_sum_of_its_reasons(candidates: list[Candidate]) -> None:
    found = carded(*candidates)
    values = [one.value for one in candidates if one.allowed and one.value is not None]
    if found.chosen is None:
        assert max(values, default=0.0) <= 0 and found.expected_value == 0 and found.reasons == ()
    else:
        assert found.chosen.allowed
    if found.decision.by == "value":
        assert found.expected_value == max(values) and found.expected_value > 0
        parts = [reason.contribution for reason in found.reasons if reason.contribution is not None]
        assert sum(parts) == pytest.approx(found.expected_value, abs=1e-9)
        assert found.runner_up is not None and found.runner_up.gap is not None and found.runner_up.gap >= 0
    assert {veto.action for veto in found.vetoed} == {one.name for one in candidates if one.vetoes}
    assert found.said.endswith(".") and found.would_flip.endswith(".")
    assert json.loads(json.dumps(found.as_plain())) == found.as_plain()


CATALOG = """
[guardrails]
caps = [{ times = 1, within = "1d" }]
quiet = [20, 8]
holdout = 0.0

[[action]]
name = "Mail"
channel = "email"
purpose = ""
cost = 1.5
worth = 40
valid = "2d"
wanted = { did = "buy", within = "7d" }
assumed = { likely = 0.1, low = 0.06, high = 0.14, source = "The team, in May." }
[[action.variant]]
name = "Morning"
hour = 9
[[action.variant]]
name = "Evening"
weight = 3
hour = 18

[[action]]
name = "Offer"
channel = "email"
cost = 0
worth = 60
wanted = { did = "buy", within = "7d" }
assumed = { likely = 0.1, low = 0.06, high = 0.14, source = "The team, in May." }

[[action]]
name = "Note"
channel = "email"
purpose = ""
wanted = { did = "visit", within = "7d" }

[[trigger]]
name = "Left a basket"
action = "Mail"
priority = 5
why = "They put something into a basket and left it."
[[trigger.when.all]]
did = "cart"
within = "7d"
[[trigger.when.all]]
did_not = "buy"
since = "cart"
"""
LOG = ("ann 09:00 visit 09:05 cart{price=30} 09:06 cart{price=20}", "bob 09:00 buy{price=20} 12:00 visit")


BUILT: list[Warehouse] = []


@pytest.fixture(scope="module", autouse=True)
def closed() -> Iterator[None]:
    yield
    while BUILT:
        BUILT.pop().close()


def shop() -> Warehouse:
    """Nothing is written to it."""
    if not BUILT:
        BUILT.append(drawn(*LOG))
        write_catalog(BUILT[0], "actions", CATALOG)
    return BUILT[0]


def test_the_card_of_a_log_says_what_the_customer_did_and_what_was_assumed() -> None:
    card = ask(shop(), {"ask": "next_best_action", "customer": "ann"})
    assert (card["action"], card["trigger"], card["expected_value"]) == ("Mail", "Left a basket", pytest.approx(2.5))
    assert card["reasons"][0]["text"] == (
        "They put something into a basket and left it: cart 2 times in 7 days, last 3 hours ago; last buy: never."
    )
    assert "The team, in May" in card["reasons"][1]["text"] and card["act_by"] == "2026-03-04T12:00:00.001000Z"
    assert [(veto["action"], veto["guardrail"]) for veto in card["vetoed"]] == [("Offer", "consent")]
    assert "Offer would be chosen, at 6.00, were it not for consent" in card["would_flip"]
    assert [one["action"] for one in card["considered"]] == ["Mail", "Note", "Offer"] and card["arm"] == "treated"


def test_an_action_needs_no_rule_to_be_the_best_by_its_value() -> None:
    card = ask(shop(), {"ask": "next_best_action", "customer": "bob"})
    assert (card["action"], card["trigger"]) == ("Mail", "") and "No rule proposes it now" in card["reasons"][0]["text"]


def test_the_same_question_has_the_same_answer() -> None:
    con, question = shop(), {"ask": "next_best_action", "customer": "ann"}
    first, again = ask(con, question), ask(con, question)
    first, again = ({key: told for key, told in card.items() if key not in ("definition", "send_from")} for card in (first, again))
    assert first == again  # but for what tells the time


def test_variants_fall_by_their_weights() -> None:
    mail = action("Mail", variants=(Variant("Morning"), Variant("Evening", 3)))
    drawn_ = [draw_variant(mail, luck / 100) for luck in range(100)]
    assert [sum(one is mail.variants[place] for one, _ in drawn_) for place in (0, 1)] == [25, 75]
    assert {one.name: chance for one, chance in drawn_ if one} == {"Morning": 0.25, "Evening": 0.75}
    assert draw_variant(action("Call"), 0.5) == draw_variant(None, 0.5) == (None, 1.0)


def test_history_is_told_as_it_was() -> None:
    early = ask(shop(), {"ask": "next_best_action", "customer": "ann", "scope": {"stop": "2026-03-02T09:02:00Z"}})
    assert early["trigger"] == "" and early["as_of"] == "2026-03-02T09:02:00Z"


def test_nobody_and_who_is_outside_the_segment_are_refused_with_a_sentence() -> None:
    con = shop()
    for question, told in (
        ({"customer": "an"}, "nearest known are 'ann'"),
        ({"customer": ""}, "for whom"),
        ({"customer": "ann", "scope": {"segment": {"did": "buy"}}}, "not in the segment"),
        ({"customer": "ann", "customers": {"step": 1}}, "no mark"),
    ):
        with pytest.raises(QuestionError, match=told):
            ask(con, {"ask": "next_best_action", **question})
    assert ask(con, {"ask": "next_best_action", "customer": "ann", "customers": {}})["customers"] == {"count": 1, "ids": ["ann"]}


def test_a_bad_rule_does_not_keep_the_card_from_being_told() -> None:
    con = drawn(*LOG)
    write_catalog(con, "actions", CATALOG + '[[trigger]]\nname = "Odd"\naction = "Note"\nwhen = { did = "cart", times = "many" }\n')
    card = ask(con, {"ask": "next_best_action", "customer": "ann"})
    assert card["action"] == "Mail" and any("'Odd'" in warning for warning in card["warnings"])
