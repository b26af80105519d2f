"""A plan is said before anybody looks; from the lock on, whatever is changed shows with who, when and why."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ask import ask
from journey.errors import QuestionError
from journey.experiments.plan import doubts, keep_plan, lock_plan, looks_of, missing, note_look, plan_from, plan_of, plan_plain, plans
from journey.experiments.plan.plan import KEYS
from journey.experiments.read.exposure import keep_exposure
from journey.rules.saved import save_segment
from journey.warehouse import Warehouse, one
from tests.drawn import drawn
from tests.lent import empty_warehouse

PLAIN: dict[str, Any] = {
    "experiment": "Checkout",
    "hypothesis": "One page instead of three lets more people order.",
    "metrics": [
        {"name": "Bought", "event": "buy"},
        {"name": "Returned", "event": "return", "role": "guardrail", "good": "down", "margin": 0.01},
    ],
    "variants": {"control": 0.5, "short": 0.5},
    "effect": 0.02,
    "days": 14,
    "start": "2026-03-02",
    "about": ["checkout"],
}
PLAN = plan_from(PLAIN)
SHOWN = {"event": "see", "experiment": "experiment", "variant": "variant"}  # what a lock writes out, in a log that shows it
FIRST, SECOND, THIRD = 1_772_409_600_000, 1_772_445_600_000, 1_772_550_000_000  # 2 March 00:00 and 10:00, 3 March 15:00, UTC


def shop() -> Warehouse:
    return drawn(
        "ann 09:00 see{experiment=Checkout,variant=control} 09:05 buy",
        "bob 2026-03-03 09:00 see{experiment=Checkout,variant=short}",
    )


def test_a_plan_is_read_back_as_it_was_written() -> None:
    assert plan_from(plan_plain(PLAN)) == PLAN
    assert PLAN.control == "control" and PLAN.primary is not None and PLAN.primary.name == "Bought"
    assert PLAN.ends == FIRST + 14 * 86_400_000 and missing(PLAN) == ()
    assert plan_from({"experiment": "x", "variants": ["a", "b", "c"], "about": "cart, buttons"}).about == ("cart", "buttons")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"variants": {"control": 0.5, "short": 0.6}}, "must add up to 1; found 0.5 + 0.6"),
        ({"variants": {"only": 1}}, "2 to 20 variants"),
        ({"control": "long"}, "'control', 'short'"),
        ({"effect": 0}, "effect is 0"),
        ({"stop": "2026-03-01"}, "stops (2026-03-01) before it starts"),
        ({"unit": "shop"}, "property:"),
        ({"reading": "daily"}, "'always_valid'"),
        ({"colour": "red"}, "Known are: experiment"),
        ({"experiment": " "}, "1 to 100 characters"),
        ({"metrics": [{"name": "x", "event": "a", "margin": 1}]}, "guardrail"),
        ({"at": 5}, "at is 5"),
        ({"exposure": {"event": "visit"}}, "The variant of the exposure is None"),
        ({"exposure": {"event": 5, "variant": "v"}}, "The event of the exposure is 5"),
        ({"segment": 5}, "segment is 5"),
        ({"start": "9999-12-31", "stop": None, "days": 3650}, "after the year 9999"),
        ({"control": {"a": 1}}, "'control', 'short'"),
        ({"segment": {"property": "age", "value": float("nan")}}, "cannot be written as JSON"),
        ({"hypothesis": "\ud800"}, "cannot be written as JSON"),
    ],
)
def test_what_is_no_plan_is_refused_in_a_sentence(change: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError) as refused:
        plan_from(PLAIN | change)
    assert told in str(refused.value)


def test_a_draft_changes_freely_and_is_locked_once_it_says_everything() -> None:
    con = shop()
    keep_plan(con, replace(PLAN, hypothesis="", effect=None), by="Ann", at=FIRST)
    with pytest.raises(QuestionError, match=r"the hypothesis.*smallest effect"):
        lock_plan(con, "Checkout", by="Ann")
    draft = keep_plan(con, PLAN, by="Bob", at=FIRST)
    assert (draft.version, draft.locked, draft.changes) == (2, False, ())
    locked = lock_plan(con, "Checkout", by="Ann", at=FIRST)
    assert (locked.version, locked.locked_at, locked.locked_by, locked.plan) == (3, FIRST, "Ann", replace(PLAN, exposure=SHOWN))
    assert (locked.locked, locked.exposed_at_lock, locked.looks_at_lock) == (True, 0, 0) and locked.unbroken and len(locked.hash) == 64
    assert lock_plan(con, "Checkout", by="Eve") == locked == keep_plan(con, PLAN, by="Eve")  # again is no change
    with pytest.raises(QuestionError, match="No plan is kept for 'Other'"):
        lock_plan(con, "Other", by="Ann")


def test_a_change_after_the_lock_shows_each_field_with_what_had_been_seen() -> None:
    con = shop()
    keep_plan(con, PLAN, by="Ann", at=FIRST)
    locked = lock_plan(con, "Checkout", by="Ann", at=SECOND)
    assert (locked.exposed_at_lock, locked.looks_at_lock) == (1, 0)  # ann had been exposed
    assert note_look(con, "Checkout", 1, SECOND, at=SECOND) == note_look(con, "Checkout", 1, SECOND, at=THIRD) == 1
    other = plan_from(PLAIN | {"effect": 0.03, "metrics": [{"name": "Bought", "event": "buy", "within": "7d"}]})
    with pytest.raises(QuestionError, match="a change needs a reason"):
        keep_plan(con, other, by="Bob")
    with pytest.raises(QuestionError, match="cannot go without what it said"):
        keep_plan(con, replace(PLAN, effect=None), by="Bob", reason="to be free")
    found = keep_plan(con, other, by="Bob", reason="Orders come late.", at=THIRD)
    (change,) = found.changes
    assert (change.version, change.at, change.by, change.reason, change.looks, change.exposed) == (
        3,
        THIRD,
        "Bob",
        "Orders come late.",
        1,
        2,
    )
    assert [(one.field, one.before, one.after) for one in change.fields if one.field == "effect"] == [("effect", 0.02, 0.03)]
    assert [one.field for one in change.fields] == ["effect", "metric Bought", "metric Returned"] and change.fields[2].after is None
    assert found.plan == replace(other, exposure=SHOWN) and found.locked_plan == replace(PLAN, exposure=SHOWN) and found.version == 3
    assert [look.units for look in looks_of(con, "Checkout")] == [1] and plans(con) == ("Checkout",)
    assert found.as_plain()["changes"][0]["fields"][0] == {"field": "effect", "from": 0.02, "to": 0.03}


def test_a_lock_writes_out_where_variants_are_shown_so_that_setting_it_later_changes_nothing() -> None:
    con = drawn(
        "ann 09:00 see{experiment=Checkout,variant=control}",
        "bob 09:00 see{experiment=Checkout,variant=short} 10:00 go{test=Checkout,way=a}",
    )
    keep_plan(con, PLAN, by="Ann")
    assert lock_plan(con, "Checkout", by="Ann").exposed_at_lock == 2
    keep_exposure(con, {"event": "go", "experiment": "test", "variant": "way"})
    found = plan_of(con, "Checkout")
    assert found is not None and found.exposed_at_lock == 2
    assert found.plan.exposure == SHOWN


def test_who_was_exposed_follows_the_workspace_where_the_log_showed_no_variants_at_the_lock() -> None:
    con = drawn("ann 09:00 go{test=Checkout,way=a}")
    keep_plan(con, PLAN, by="Ann")
    assert lock_plan(con, "Checkout", by="Ann").exposed_at_lock == 0
    keep_exposure(con, {"event": "go", "experiment": "test", "variant": "way"})
    found = plan_of(con, "Checkout")
    assert found is not None and found.exposed_at_lock == 1


def test_a_lock_writes_saved_segments_out_so_that_changing_them_later_changes_nothing() -> None:
    con = shop()
    save_segment(con, "buyers", {"did": "buy"})
    save_segment(con, "others", {"all": [{"not": "buyers"}, {"did": "see"}]})
    keep_plan(con, replace(PLAN, segment="others"), by="Ann")
    locked = lock_plan(con, "Checkout", by="Ann")
    rule = {"all": [{"not": {"did": "buy"}}, {"did": "see"}]}
    assert locked.plan.segment == rule and locked.unbroken and locked.changes == ()
    save_segment(con, "others", {"did": "nothing"})
    assert ask(con, {"ask": "experiments"})["experiments"][0]["plan"]["plan"]["segment"] == rule
    found = keep_plan(con, replace(PLAN, segment="buyers"), by="Bob", reason="Buyers only.")
    assert [(one.before, one.after) for one in found.changes[0].fields] == [(rule, {"did": "buy"})]
    for segment, told in (("nobody", "The segment 'nobody' is not saved"), ({"x": 1}, "No known condition")):
        keep_plan(con, replace(PLAN, experiment="Other", segment=segment), by="Ann")
        with pytest.raises(QuestionError, match=told):
            lock_plan(con, "Other", by="Ann")


def test_who_has_an_older_plan_before_them_changes_nothing() -> None:
    con = empty_warehouse()
    seen = keep_plan(con, PLAN, by="Ann", after=0).version
    keep_plan(con, replace(PLAN, days=21), by="Bob", after=seen)
    with pytest.raises(QuestionError, match="Bob has changed this plan meanwhile: it is at version 2"):
        keep_plan(con, replace(PLAN, days=7), by="Ann", after=seen)
    with pytest.raises(QuestionError, match="Say who keeps a plan"):
        keep_plan(con, PLAN, by=" ")
    assert one(con, "select count(*) from experiment_plans") == 2


def test_a_planned_reading_says_how_many_looks_and_until_how_many_units() -> None:
    lacking = missing(replace(PLAN, reading="planned"))
    assert len(lacking) == 2 and "looks" in lacking[0] and "units_per_arm" in lacking[1]
    assert missing(replace(PLAN, reading="planned", looks=5, units_per_arm=100)) == ()
    assert missing(replace(PLAN, days=None)) != ()
    assert missing(replace(PLAN, start=None)) == ("Say when it starts: days alone have no end.",)


def test_what_may_be_regretted_is_said_and_forbids_nothing() -> None:
    assert doubts(PLAN) == ()
    told = doubts(replace(PLAN, effect=-0.02, days=10, metrics=PLAN.metrics[:1], units_per_arm=1_000, daily=50.0))
    assert told == (
        "The effect worth finding is a fall of Bought, for which rising is good.",
        "It has no guardrail: nothing would show what it harms.",
        "10 days are no whole weeks, so some weekdays would count more than others. 14 days would do.",
        "About 500 units come in 10 days, and 2,000 are needed. Let it run longer, or look for a larger effect.",
    )


def test_an_experiment_by_devices_counts_devices_exposed() -> None:
    con = drawn("ann 09:00 see{experiment=Checkout,variant=control,device=d1} 09:10 see{experiment=Checkout,variant=control,device=d2}")
    keep_plan(con, replace(PLAN, unit="property:device"), by="Ann")
    assert lock_plan(con, "Checkout", by="Ann", at=THIRD).exposed_at_lock == 2


JUNK: list[Any] = [
    None,
    "",
    0,
    -1,
    0.5,
    1e308,
    float("nan"),
    True,
    [],
    {},
    "x",
    "\ud800",
    [1],
    {"a": 1},
    [[]],
    {"event": 5},
    10**30,
    10**400,
    [{}],
    object(),
]


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(JUNK), min_size=1, max_size=3))
def test_whatever_is_written_is_a_plan_that_reads_back_or_is_refused_in_a_sentence(junk: dict[str, Any]) -> None:
    try:
        plan = plan_from(PLAIN | junk)
    except QuestionError as refused:
        assert str(refused)
    else:
        assert plan_from(plan_plain(plan)) == plan
