"""How many units, how small an effect, how long: from figures that are given, and from the log's own."""

from typing import Any

import pytest

from journey.ask import ask
from journey.errors import QuestionError
from journey.experiments.power import read_power
from tests.drawn import drawn
from tests.lent import empty_warehouse

SHARE = {"ask": "power", "kind": "share", "baseline": 0.2}
BOUGHT = {"name": "Bought", "event": "buy"}


def test_an_effect_takes_units_and_days_and_more_of_them_where_one_may_look() -> None:
    found = ask(empty_warehouse(), SHARE | {"effect": 0.05, "power": 0.8, "alpha": 0.05, "two_sided": True, "arms": 2, "daily": 1000})
    assert (found["n_per_arm"], found["total"], found["days"], found["weeks"]) == (1094, 2188, 3, 1)
    assert found["formula"].startswith("z test of two shares, pooled")
    assert [(size["reading"], size["n_per_arm"]) for size in found["readings"]] == [
        ("fixed", 1094),
        ("planned", 1141),
        ("always_valid", 2093),
    ]
    assert {one["formula"]: round(one["n_per_arm"]) for one in found["formulas"]} == {"pooled": 1094, "baseline": 1030, "arcsine": 1092}


def test_week_by_week_the_interval_stays_tuned_to_the_size_that_was_planned() -> None:
    found = ask(empty_warehouse(), SHARE | {"effect": 0.05, "daily": 150, "reading": "always_valid", "tuned_at": None})
    assert found["tuned_at"] == found["total"] == 2 * 2090 and found["weeks"] == 4
    chances = {week["days"] // 7: week["chance"] for week in found["by_days"]}
    assert chances[2] < chances[3] < 0.8 < chances[4] and found["by_days"][3]["effect"] < 0.05 < found["by_days"][2]["effect"]
    early = ask(empty_warehouse(), SHARE | {"total": 1050, "effect": 0.05, "reading": "always_valid", "tuned_at": found["total"]})
    assert chances[1] == early["power"]


def test_units_or_days_tell_the_smallest_effect_and_both_ways_agree() -> None:
    con = empty_warehouse()
    by_n = ask(con, SHARE | {"n": 1094})
    assert by_n["effect"] == pytest.approx(0.05, abs=1e-4) and by_n["relative"] == pytest.approx(0.25, abs=1e-3)
    by_days = ask(con, SHARE | {"days": 14, "daily": 100, "traffic": 0.5})
    assert by_days["total"] == 700 and by_days["effect"] == ask(con, SHARE | {"total": 700})["effect"]
    larger = {size["reading"]: size["effect"] for size in by_n["readings"]}
    assert larger["fixed"] < larger["planned"] < larger["always_valid"]
    known = ask(con, SHARE | {"n": 1094, "effect": 0.05})
    assert known["power"] == pytest.approx(0.8, abs=1e-4)


def test_several_variants_share_alpha_and_an_unequal_split_costs_units() -> None:
    con = empty_warehouse()
    three = ask(con, SHARE | {"effect": 0.05, "arms": 3})
    assert three["alpha_each"] == 0.025 and three["total"] == 3 * three["n_per_arm"] and three["n_per_arm"] > 1094
    uneven = ask(con, SHARE | {"effect": 0.05, "split": {"control": 0.8, "b": 0.2}})
    control, other = uneven["n_by_arm"]
    assert control == pytest.approx(4 * other, abs=4) and uneven["total"] > 2188
    assert ask(con, SHARE | {"effect": 0.05, "two_sided": False})["n_per_arm"] < 1094
    assert ask(con, SHARE | {"effect": 0.25, "relative": True})["n_per_arm"] == 1094


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, 'needs a "baseline"'),
        ({"baseline": 0.2}, 'Give "effect"'),
        ({"baseline": 20, "effect": 0.1}, "baseline is 20; write a number between 0 and 1"),
        ({"baseline": 0.2, "effect": 0}, "effect is 0"),
        ({"baseline": 0.2, "effect": 0.05, "formula": "mine"}, "'pooled', 'baseline', 'arcsine'"),
        ({"kind": "mean", "baseline": 4, "effect": 1}, 'needs its spread: "sd" or "variance"'),
        ({"baseline": 0.2, "sd": 2, "effect": 0.1}, "follows from its baseline"),
        ({"baseline": 0.2, "n": 100, "split": [0.9, 0.1]}, 'Give "total"'),
        ({"baseline": 0.2, "effect": 0.05, "split": [0.9, 0.2]}, "add up to 1"),
        ({"baseline": 0.2, "days": 7}, 'give "daily"'),
        ({"baseline": 0.2, "days": 7, "n": 3}, "Leave one out"),
        ({"baseline": 0.2, "effect": 0.05, "power": 1}, "power is 1; write a number between 0 and 1"),
        ({"baseline": 0.2, "effect": 0.05, "power": 0.05}, "Give a power above 0.05"),
        ({"baseline": 0.2, "effect": 0.05, "power": 0.5, "alpha": 0.3, "two_sided": False}, "Give a power above 0.6"),
        ({"baseline": 0.2, "effect": 10**400}, "effect is 1000"),
        ({"baseline": 0.2, "n": 10**400}, "n is 1000"),
        ({"baseline": 0.2, "effect": 0.05, "alpha": 1e-15}, "alpha is 1e-15; write a number between 1e-09 and 1"),
        ({"kind": "mean", "baseline": 1, "sd": 1e160, "effect": 1}, "sd is 1e+160"),
        ({"metric": {"name": "x", "event": "buy"}, "kind": "share", "effect": 0.1}, "says itself of what kind"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_a_sentence(asked: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError) as refused:
        read_power(asked)
    assert told in str(refused.value)


def test_the_baseline_is_the_logs_own_from_the_first_coming_on() -> None:
    """ann bought before she came there: that does not count.  bob bought twice, cid once, dee not at all: 2 of 4."""
    con = drawn(
        "ann 09:00 buy 10:00 cart +1d 09:00 cart",
        "bob 09:00 cart 09:05 buy +1d 09:00 buy",
        "cid +1d 09:00 cart +2d 10:00 buy",
        "dee +2d 09:00 cart",
        "eve 09:00 buy",
    )
    found = ask(con, {"ask": "power", "metric": BOUGHT, "at": "cart", "effect": 0.2, "customers": {"did": True}})
    measured = found["measured"]
    assert (measured["value"], measured["units"], measured["entered"]) == (0.5, 4, [2, 3, 4, 4])
    assert found["baseline"] == 0.5 and found["population"] == 4 and found["customers"]["ids"] == ["bob", "cid"]
    assert found["n_per_arm"] == ask(con, SHARE | {"baseline": 0.5, "effect": 0.2})["n_per_arm"]
    assert found["warnings"] == ["Not enough data yet to plan from: 4 of 100 needed came there in the window."]
    everyone = ask(con, {"ask": "power", "metric": BOUGHT, "at": "cart", "effect": 0.2, "customers": {"units": True}})["customers"]
    assert everyone["ids"] == ["ann", "bob", "cid", "dee"]


def test_days_follow_those_who_came_and_then_the_last_week() -> None:
    """Twenty come on the first day, then two a day: 30 have come by day 6, and after day 10 two a day go on coming."""
    first = [f"a{n} 09:00 cart" + (" 10:00 buy" if n < 9 else "") for n in range(20)]
    later = [f"b{n} +{1 + n // 2}d 09:00 cart" for n in range(18)]
    con = drawn(*first, *later, "eve 2026-03-14 09:00 visit")
    asked = {"ask": "power", "metric": BOUGHT, "at": "cart", "window": 10, "scope": {"stop": "2026-03-12"}}
    found = ask(con, asked | {"days": 6, "effect": 0.4})
    assert found["measured"]["entered"] == [20, 22, 24, 26, 28, 30, 32, 34, 36, 38] and found["total"] == 30
    assert ask(con, asked | {"days": 20})["total"] == 38 + 2 * 10
    assert ask(con, asked | {"total": 31})["days"] == 7 and ask(con, asked | {"total": 58})["days"] == 20
    assert [week["total"] for week in found["by_days"]][:2] == [32, 46]


def test_the_number_before_tells_what_cuped_would_save() -> None:
    """Who bought n times before buys n times after: nothing is left to be noise."""
    lines = [f"u{n} 09:00 visit " + "10:00 buy " * (n % 4) + "+20d 09:00 cart " + "10:00 buy " * (n % 4) for n in range(12)]
    metric = {"name": "Buys", "event": "buy", "of": "count", "kind": "mean"}
    found = ask(drawn(*lines, "eve 2026-03-23 09:00 visit"), {"ask": "power", "metric": metric, "at": "cart", "effect": 0.5, "window": 7})
    assert found["measured"]["value"] == 1.5 and found["measured"]["cuped"] == {"variance_reduction": pytest.approx(1), "before_days": 28}
    assert found["n_per_arm_with_cuped"] == 2 < found["n_per_arm"]


def test_where_the_log_has_no_baseline_every_size_says_why() -> None:
    con = drawn("ann 09:00 visit", "bob 09:00 visit 09:10 buy")
    for question, why in (
        ({"metric": BOUGHT, "at": "cart"}, "nobody came there in the window"),
        ({"metric": BOUGHT | {"within": "7d"}, "at": "visit"}, "the log is shorter than the 7 days"),
        ({"metric": {"name": "Visited", "event": "visit"}, "at": "visit"}, "everybody does it now"),
        ({"metric": {"name": "Visits", "event": "visit", "of": "count", "kind": "mean"}, "at": "visit"}, "all units bring the same"),
    ):
        found = ask(con, {"ask": "power", "effect": 0.1, **question})
        assert found["n_per_arm"] is None and found["why"].startswith(why) and "rough" not in str(found["warnings"])


def test_a_share_past_all_is_refused_with_units_given_too_and_a_tiny_alpha_asks_for_many_units() -> None:
    con = empty_warehouse()
    with pytest.raises(QuestionError, match=r"cannot change by 0\.05"):
        ask(con, {"ask": "power", "baseline": 0.999, "effect": 0.05, "n": 100})
    strict = ask(con, {"ask": "power", "kind": "mean", "baseline": 0, "sd": 3, "effect": 3, "alpha": 1e-8})
    # a normal: 2 (z(1 - alpha / 2) + z(.8))^2 = 86, and some for the tails of t
    assert 86 < strict["n_per_arm"] < 110


def test_a_handful_of_units_makes_the_formulas_rough_whichever_way_they_were_asked() -> None:
    con = empty_warehouse()
    for asked in ({"effect": 0.75}, {"n": 12}, {"effect": -0.15, "baseline": 0.95, "kind": "share"}):
        assert "ten who do not" in ask(con, SHARE | asked)["warnings"][0], asked
    assert ask(con, SHARE | {"effect": 0.05})["warnings"] == []


def test_units_may_be_what_a_property_names() -> None:
    con = drawn("ann 09:00 cart{device=d1} 09:10 cart{device=d2} 09:20 buy{device=d2}", "bob 09:00 cart")
    asked = {"ask": "power", "metric": BOUGHT, "at": "cart", "effect": 0.1, "unit": "property:device"}
    assert (ask(con, asked)["measured"]["units"], ask(con, asked)["measured"]["value"]) == (2, 0.5)
    with pytest.raises(QuestionError, match="no customers"):
        ask(con, asked | {"customers": {"units": True}})
    with pytest.raises(QuestionError, match="property:"):
        ask(con, asked | {"unit": "device"})


def test_the_week_has_a_cycle_where_two_weeks_were_seen() -> None:
    """Two come on each Monday, one on each other day: new ones each time."""
    lines = [f"u{day} 2026-03-{2 + day:02d} 09:00 cart" for day in range(15)] + [
        f"m{day} 2026-03-{2 + day:02d} 10:00 cart" for day in (0, 7)
    ]
    con = drawn(*lines, "eve 2026-03-01 09:00 visit")
    found = ask(con, {"ask": "power", "metric": BOUGHT, "at": "cart", "effect": 0.1, "window": 14})["measured"]
    assert (found["days"], found["units"]) == (14, 16)
    assert found["weekdays"]["Monday"] == 2 and found["weekdays"]["Sunday"] == 1 and found["cycle"] == 2
