"""Plain data in, plain data out: the contract of `ask`, and that a count is as long as its list."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import KINDS, ask
from journey.errors import QuestionError
from journey.rules.saved import save_segment
from tests.drawn import drawn
from tests.lent import empty_warehouse

LOG = """
ann 09:00 visit{device=mobile} 09:05 cart 09:20 buy{price=20} +7d 10:00 visit
bob 09:00 visit{device=desktop} 09:10 visit 09:40 cart
cid 10:00 visit{device=mobile} +1d 10:00 buy{price=5}
dee 11:00 cart +8d 11:00 visit 11:01 cart 11:02 buy{price=9}
"""
QUESTIONS: dict[str, dict[str, Any]] = {
    "funnel": {"steps": ["visit", "cart", "buy"], "window": "7d"},
    "drivers": {"of": {"steps": ["visit", "cart", "buy"], "window": "7d"}, "minimum": 1},
    "dropoffs": {"of": {"steps": ["visit", "cart", "buy"], "window": "7d"}, "after": 0},
    "paths": {"steps": 4},
    "transitions": {},
    "loops": {},
    "sessions": {},
    "retention": {"period": "week", "periods": 3},
    "cohort_value": {"value": "price", "period": "week", "periods": 3},
    "lifecycle": {"period": "week"},
    "stickiness": {"period": "week"},
    "active_share": {"within": "week"},
    "metric": {"metric": {"event": "visit", "of": "customers"}, "period": "week"},
    "moved": {"metric": {"event": "cart", "of": "ratio", "denominator": {"event": "visit", "of": "customers"}}, "period": "week"},
    "stages": {},
    "stage_accuracy": {},
    "journeys": {},
    "conformance": {"journey": {"name": "buying", "window": "7d", "milestone": ["visit", "cart", "buy"]}},
    "adoption": {"features": ["cart", "buy"]},
    "adoption_effect": {"of": "cart", "on": "buy", "within": "1d"},
    "customer": {"customer": "ann"},
    "worklist": {"capacity": 2},
    "compare": {"a": {"did": "buy"}},
    "lifetime_value": {"event": "buy", "value": "price"},
    "time_to": {"event": "buy", "from": "visit"},
    "actions": {},
    "dry_run": {"rule": {"did": "cart"}},
    "models": {},
    "predict": {"outcome": {"inactive_for": "1d"}},
    "next": {},
    "next_accuracy": {"boosted": False},
    "next_best_action": {"customer": "ann"},
    "action_results": {},
    "ledger": {},
    "what_if": {},
    "uplift": {"action": "Voucher"},
    "policy_value": {"policy": "catalog"},
    "roi": {"customers": 100, "churn": 0.05, "lift": {"p10": 0.05, "p90": 0.2}, "revenue_per_month": 10, "setup": 50},
    "roi_inputs": {},
    "roi_options": {"options": [{"name": "calls", "effort": 2, "question": {"preset": "saved_only"}}]},
    "experiment": {
        "experiment": "visit",
        "exposure": {"event": "visit", "variant": "device"},
        "control": "desktop",
        "metrics": [{"event": "buy"}],
    },
    "power": {"metric": {"name": "Bought", "event": "buy"}, "at": "visit", "effect": 0.1},
    "experiments": {},
}
OF_SOME = (
    "models",
    "stage_accuracy",
    "customer",
    "worklist",
    "stickiness",
    "active_share",
    "lifecycle",
    "metric",
    "moved",
    "funnel",
    "drivers",
    "dropoffs",
    "adoption_effect",
    "lifetime_value",
    "time_to",
    "next_best_action",
    "action_results",
    "ledger",
    "what_if",
    "uplift",
    "policy_value",
    "power",
    "experiments",
    "experiment",
)


@pytest.mark.parametrize("name", KINDS)
def test_every_answer_is_plain_and_says_how_it_was_counted(name: str) -> None:
    answer = ask(drawn(LOG), {"ask": name, **QUESTIONS[name]})
    assert json.loads(json.dumps(answer)) == answer
    assert answer["definition"].endswith(".") and "UTC" in answer["definition"]
    assert answer["sql"].strip() and answer["data_until"] == "2026-03-10T11:02:00Z"
    assert answer["population"] == 4 or name in OF_SOME
    wary = ("stages", "next_best_action", "what_if", "power", "roi_inputs")  # of what they look for in vain, of a short log
    assert answer["warnings"] == [] or name in wary


@pytest.mark.parametrize("name", [name for name in KINDS if name not in ("customer", "next_best_action")])  # who must be somebody
def test_an_empty_workspace_has_answers_without_numbers(name: str) -> None:
    answer = ask(empty_warehouse(), {"ask": name, **QUESTIONS[name]})
    assert answer["population"] == 0 and answer["data_until"] is None


@pytest.mark.parametrize("name", KINDS)
def test_an_unknown_option_is_refused_and_the_known_ones_named(name: str) -> None:
    with pytest.raises(QuestionError, match=r"colour.*Known are"):
        ask(drawn(LOG), {"ask": name, **QUESTIONS[name], "colour": "blue"})


@pytest.mark.parametrize("question", [{}, {"ask": "fate"}, {"ask": None}, [], "funnel", {"ask": ["funnel"]}])
def test_an_unknown_question_is_refused_and_the_known_ones_named(question: Any) -> None:
    with pytest.raises(QuestionError, match="funnel"):
        ask(drawn(LOG), question)


def test_the_scope_selects_entries_and_later_steps_may_follow_it() -> None:
    con = drawn(LOG)
    question = {"ask": "funnel", "steps": ["visit", "buy"], "window": None, "scope": {"start": "2026-03-02", "stop": "2026-03-03"}}
    assert [step["count"] for step in ask(con, question)["steps"]] == [3, 2]


def test_a_segment_in_scope_is_a_rule_a_saved_name_or_who_is_behind_a_mark() -> None:
    con = drawn(LOG)
    left = {"funnel": {"steps": ["visit", "cart"], "window": "1d"}, "dropped_after": 0}
    save_segment(con, "left", left)
    for segment in ({"did_not": "cart"}, left, "left", {"all": [left, {"not": {"customers": ["bob"]}}]}):
        answer = ask(con, {"ask": "funnel", "steps": ["visit", "buy"], "window": None, "scope": {"segment": segment}})
        assert [step["count"] for step in answer["steps"]] == [1, 1], segment


def test_an_event_that_never_was_answers_zero_and_warns() -> None:
    answer = ask(drawn(LOG), {"ask": "funnel", "steps": ["vist", "buy"]})
    assert [step["count"] for step in answer["steps"]] == [0, 0]
    assert any("'visit'" in warning for warning in answer["warnings"])


EVENTS = st.sampled_from(["a", "b", "c"])
LOGS = st.dictionaries(
    st.sampled_from(["p", "q", "r", "s"]),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), EVENTS), min_size=1, max_size=5),
    min_size=1,
)


def drawn_from(log: dict[str, list[tuple[int, int, str]]]) -> Any:
    """Few customers, few minutes, few days: ties and repeats are the rule."""
    lines = [
        f"{who} " + " ".join(f"2026-03-{2 + day:02d} 09:0{minute} {event}" for day, minute, event in rows) for who, rows in log.items()
    ]
    return drawn("\n".join(lines))


@settings(max_examples=5, deadline=None)
@given(LOGS)
def test_every_count_is_as_long_as_its_list(log: dict[str, list[tuple[int, int, str]]]) -> None:
    con = drawn_from(log)
    funnel = {"ask": "funnel", "steps": ["a", "b", "c"], "window": "1d"}
    counts = [step["count"] for step in ask(con, funnel)["steps"]]
    for step, count in enumerate(counts):
        behind = ask(con, {**funnel, "customers": {"reached": step}})["customers"]
        assert (behind["count"], len(behind["ids"])) == (count, count)
    retention = {"ask": "retention", "period": "day", "periods": 2, "mode": "on"}
    for cohort in ask(con, retention)["cohorts"]:
        for period, returned in enumerate(cohort["returned"]):
            mark = {"cohort": cohort["start"], "period": period}
            assert ask(con, {**retention, "customers": mark})["customers"]["count"] == returned
    paths = {"ask": "paths", "unit": "customer", "steps": 3, "rows": 2}
    for link in ask(con, paths)["links"]:
        mark = {"step": link["step"], "source": link["source"], "target": link["target"]}
        assert ask(con, {**paths, "customers": mark})["customers"]["count"] == link["count"]
    stages = ask(con, {"ask": "stages"})["stages"]
    assert sum(stage["customers"] for stage in stages) == len(log)
    for stage in stages:
        assert ask(con, {"ask": "stages", "customers": {"stage": stage["stage"]}})["customers"]["count"] == stage["customers"]


def test_a_segment_that_refers_to_itself_is_refused() -> None:
    con = drawn(LOG)
    save_segment(con, "loop", {"funnel": {"steps": ["visit"], "scope": {"segment": "loop"}}, "reached": 0})
    with pytest.raises(QuestionError, match="refers to itself"):
        ask(con, {"ask": "sessions", "scope": {"segment": "loop"}})


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**12)
    | st.floats()
    | st.sampled_from(["", "visit", "7d", "day", "'; --", "customer", "2026-03-02"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["event", "where", "op", "value", "any_of", "property"]), inner, max_size=3)
    ),
    max_leaves=5,
)
OPTIONS = {
    "funnel": "steps order window ties count_by value exclusions breakdown optional hold times trend customers scope",
    "paths": "start end steps rows unit collapse_repeats hide group min_count compare customers scope",
    "transitions": "unit ends collapse_repeats scope",
    "sessions": "gap at_gap scope",
    "retention": "target returning first period periods mode brackets clock week_start minimum_occurrences breakdown customers scope",
    "lifecycle": "event period week_start scope",
    "stickiness": "period customers scope",
    "active_share": "event within week_start customers scope",
    "cohort_value": "target value event period periods clock week_start customers scope",
    "metric": "metric period breakdown compare customers scope",
    "moved": "metric period breakdown compare edges parts customers scope",
    "stages": "as_of rules breakdown customers scope",
    "stage_accuracy": "as_of horizon lookback rules costs customers scope",
    "journeys": "journeys compare customers scope",
    "conformance": "journey collapse_repeats customers scope",
    "adoption": "features customers scope",
    "adoption_effect": "of on within customers scope",
    "customer": "customer events before kinds scores customers scope",
    "worklist": "capacity model tier horizon learn customers scope",
    "segment": "where customers scope",
    "compare": "a b outcomes defined_by customers scope",
    "models": "name customers scope",
    "predict": "outcome as_of train_as_of lookback capacity customers scope",
    "lifetime_value": "event value calibration_end horizon period model contract customers scope",
    "time_to": "event from breakdown at customers scope",
    "actions": "customers scope",
    "dry_run": "rule trigger action from to every customers scope",
    "next_best_action": "customer customers scope",
    "action_results": "action since over customers scope",
    "ledger": "state action customer limit customers scope",
    "what_if": "budget capacity customers scope",
    "uplift": "table action treatment treated control outcome features propensity customer learner base split draws seed customers scope",
    "roi": "preset model lift churn margin setup months draws seed correlate lift_is name customers scope",
    "roi_inputs": "of event goal prediction threshold customers scope",
    "roi_options": "options effort_is draws seed customers scope",
    "policy_value": "log action reward propensity policy features customer clip seed customers scope",
    "experiment": "experiment table arms exposure variant control unit metrics reading looks look confidence tuned_at split by over_time "
    "checks customers scope",
    "power": "kind baseline variance sd effect relative n total days power alpha two_sided arms split metrics daily traffic formula "
    "reading looks tuned_at metric at unit window direction customers scope",
    "experiments": "about state experiment readings customers scope",
}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_asked_is_answered_or_refused_with_a_sentence(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(list(OPTIONS)))
    changed = {data.draw(st.sampled_from(OPTIONS[name].split())): data.draw(JUNK) for _ in range(data.draw(st.integers(1, 2)))}
    try:
        json.dumps(ask(FIXED, {"ask": name, **QUESTIONS.get(name, {}), **changed}))
    except QuestionError as refused:
        assert str(refused)


FIXED = drawn(LOG)


def test_groups_of_a_time_are_named_as_answers_write_times() -> None:
    con = drawn("ann 09:00 view{due=2026-04-01}", "bob 09:00 view{due=2026-04-01T00:00:00.250}")
    times = {"2026-04-01T00:00:00Z", "2026-04-01T00:00:00.250000Z"}
    for question in (
        {"ask": "funnel", "steps": ["view"], "breakdown": {"property": "due"}},
        {"ask": "retention", "breakdown": "due"},
        {"ask": "metric", "metric": {"event": "view", "of": "count"}, "breakdown": "due"},
    ):
        assert set(ask(con, question)["breakdown"]) == times
