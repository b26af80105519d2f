"""The verdict: what it takes to ship, what stops, what waits, and that nothing bends it."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.experiments.judge import HowRead, adjust, assumes, compare, decide_verdict, hold, split_of
from journey.experiments.metric import Counted, ExperimentMetric
from journey.experiments.moments import Moments, moments_of_share
from journey.experiments.result import BROKEN, HARMED, HELD, OPEN, READINGS, RUNNING, SHIP, STOP, Estimate, Verdict

DAY = 86_400_000
NOW = 20_500 * DAY  # 16 February 2026
CONVERSION = ExperimentMetric("conversion", role="primary")
REFUNDS = ExperimentMetric("refunds", role="guardrail", good="down", margin=0.01)
ALWAYS = HowRead()
of = moments_of_share


def estimate(metric: ExperimentMetric, control: Moments, treated: Moments, how: HowRead = ALWAYS, arm: str = "B") -> Estimate:
    found = compare(metric, control, treated, how)
    return Estimate(metric, arm, replace(found, held=hold(metric, found)))


def verdict(*estimates: Estimate, how: HowRead = ALWAYS, sizes: dict[str, int] | None = None, **known: Any) -> Verdict:
    """Of variants as large as their first metrics say, where no sizes are given."""
    first = estimates[0].compared
    counts = sizes or {"A": first.control_n} | {one.arm: one.compared.n for one in estimates}
    return decide_verdict(adjust(estimates), split_of(counts), how, control="A", **known)


BETTER = estimate(CONVERSION, of(1_000, 10_000), of(1_300, 10_000))
ALIKE = estimate(CONVERSION, of(1_000, 10_000), of(1_010, 10_000))
WORSE = estimate(CONVERSION, of(1_000, 10_000), of(800, 10_000))
HELD_REFUNDS = estimate(REFUNDS, of(100, 10_000), of(105, 10_000))
OPEN_REFUNDS = estimate(REFUNDS, of(100, 10_000), of(165, 10_000))
BROKEN_REFUNDS = estimate(REFUNDS, of(100, 10_000), of(305, 10_000))


def test_a_better_variant_with_held_guardrails_ships() -> None:
    assert verdict(BETTER, HELD_REFUNDS, now=NOW, pace=1_000) == Verdict(
        SHIP,
        "Ship B: conversion is 13.0% in B against 10.0% in A, +3.0 points (95% interval +1.6 to +4.4). The guardrail refunds is held.",
    )


def test_an_open_guardrail_keeps_it_running_and_says_how_much_is_missing() -> None:
    found = verdict(BETTER, OPEN_REFUNDS, now=NOW, pace=1_000)
    assert found.state == RUNNING
    assert "the guardrail refunds is open (+0.14 to +1.16, where 1 point is tolerated)" in found.sentence
    assert found.until is not None and "until about 12 March 2026" in found.sentence


def test_a_broken_guardrail_stops_whatever_else_is_better() -> None:
    found = verdict(BETTER, BROKEN_REFUNDS)
    assert found.state == STOP and found.sentence.startswith("Stop: B breaks a guardrail: refunds is 3.05% in B against 1.00% in A")


def test_a_guardrail_without_a_margin_says_that_one_is_missing() -> None:
    metric = replace(REFUNDS, margin=None)
    found = verdict(BETTER, estimate(metric, of(100, 10_000), of(105, 10_000)))
    assert found.state == RUNNING and "no margin says how much harm to refunds is tolerated" in found.sentence
    assert verdict(BETTER, estimate(metric, of(300, 10_000), of(100, 10_000))).state == SHIP


def test_revenue_is_told_as_money_where_a_currency_is_known() -> None:
    metric = ExperimentMetric("revenue", "mean", "primary", value=Counted(revenue=True))
    found = estimate(metric, Moments(5_000, 23.4, 400.0), Moments(5_000, 20.1, 400.0))
    figures = "revenue is {0}20.1{1} in B against {0}23.4{1} in A, −{0}3.3{1} (95% interval −{0}4.5{1} to −{0}2.1{1})"
    for currency, before, after in (("EUR", "€", ""), ("chf", "", " CHF"), (None, "", "")):
        assert figures.format(before, after) in verdict(found, currency=currency).sentence


def test_harm_stops() -> None:
    found = verdict(WORSE)
    assert found.state == STOP and "B does harm" in found.sentence
    down = replace(CONVERSION, name="returns", good="down")
    assert verdict(estimate(down, of(1_000, 10_000), of(800, 10_000))).state == SHIP
    assert verdict(estimate(down, of(1_000, 10_000), of(1_300, 10_000))).state == STOP


def test_without_a_difference_it_waits_until_the_interval_would_tell() -> None:
    found = verdict(ALIKE, now=NOW, pace=1_000, effect=0.01)
    assert found.state == RUNNING and found.until is not None
    days = (found.until - NOW) / DAY
    n = round(20_000 + 1_000 * days) // 2
    assert not estimate(CONVERSION, of(round(n * 0.1), n), of(round(n * 0.101), n)).compared.interval[1] > 0.01  # type: ignore[index]


def test_what_can_never_be_told_has_no_date() -> None:
    found = verdict(estimate(CONVERSION, of(1_000, 10_000), of(1_000, 10_000)), now=NOW, pace=1_000)
    assert (found.state, found.until) == (RUNNING, None)
    assert "it would take more than 100 times the units so far" in found.sentence


def test_an_effect_that_is_ruled_out_stops() -> None:
    found = verdict(estimate(CONVERSION, of(10_000, 100_000), of(10_100, 100_000)), now=NOW, pace=1_000, effect=0.01)
    assert found.state == STOP and "B does not bring the 1 point worth finding" in found.sentence


def test_a_real_gain_below_what_was_worth_finding_ships_and_says_so() -> None:
    found = verdict(BETTER, effect=0.1)
    assert found.state == SHIP and "That is less than the 10 points worth finding." in found.sentence


def test_the_planned_end_without_a_difference_stops_and_claims_nothing() -> None:
    for known in ({"stop": NOW - DAY}, {"size": 10_000}, {"over": True}):
        found = verdict(ALIKE, now=NOW, pace=1_000, **known)
        assert found.state == STOP and found.until is None
        assert "no difference is told" in found.sentence and found.sentence.endswith("That does not show that there is none.")


def test_a_table_is_no_end_of_a_reading_that_has_none() -> None:
    assert verdict(ALIKE).state == RUNNING
    assert verdict(ALIKE, how=HowRead("fixed")).state == STOP


@pytest.mark.parametrize("kind", ["fixed", "bayesian"])
def test_a_reading_of_one_look_decides_nothing_before_what_was_planned(kind: str) -> None:
    how = HowRead(kind)
    better = estimate(CONVERSION, of(1_000, 10_000), of(1_300, 10_000), how)
    early = verdict(better, how=how, now=NOW, pace=1_000, size=20_000, stop=NOW + 90 * DAY)
    assert (early.state, early.until) == (RUNNING, NOW + 20 * DAY)
    assert "at the planned 40,000 units; 20,000 are in" in early.sentence
    assert verdict(better, how=how, now=NOW, pace=1_000).state == RUNNING  # nothing was planned
    assert verdict(better, how=how, now=NOW, pace=1_000, size=10_000).state == SHIP
    assert verdict(better, how=how, now=NOW, pace=1_000, size=20_000, stop=NOW).state == SHIP


@pytest.mark.parametrize("kind", ["fixed", "bayesian"])
def test_a_reading_of_one_look_is_not_brought_on_by_letting_nobody_in(kind: str) -> None:
    how = HowRead(kind)
    better = estimate(CONVERSION, of(1_000, 10_000), of(1_300, 10_000), how)
    found = verdict(better, how=how, now=NOW, pace=1_000, size=20_000, over=True)
    assert found.state == RUNNING and "Nobody new is exposed any more: let more in" in found.sentence
    assert verdict(better, how=how, now=NOW, pace=1_000, over=True).state == SHIP  # nothing was planned


def test_a_reading_of_planned_looks_says_as_of_when_it_is_read() -> None:
    how = HowRead("planned", looks=4, look=2)
    better = estimate(CONVERSION, of(1_000, 10_000), of(1_300, 10_000), how)
    found = verdict(better, how=how, now=NOW, as_of=NOW)
    assert found.sentence.endswith("as it stood on 16 February 2026, when look 2 of 4 was due; what came after waits for the next look.")
    last = replace(how, look=4)
    for said in (verdict(better, how=last, as_of=NOW), verdict(better, how=HowRead("fixed"), size=10_000, now=NOW, as_of=NOW)):
        assert said.sentence.endswith("what came after is not read, since that would be another look.")


def test_planned_looks_decide_from_the_first_one_on_and_end_with_the_last() -> None:
    for look, state in ((0, RUNNING), (5, RUNNING), (14, STOP)):
        how = HowRead("planned", look=look)
        assert verdict(estimate(CONVERSION, of(1_000, 10_000), of(1_010, 10_000), how), how=how, now=NOW, stop=NOW + DAY).state == state
    first = HowRead("planned", look=1)
    large = estimate(CONVERSION, of(1_000, 10_000), of(1_300, 10_000), first)
    assert verdict(large, how=first).state == RUNNING  # six standard errors are not enough at once


def test_a_broken_split_names_no_winner() -> None:
    found = verdict(BETTER, HELD_REFUNDS, sizes={"A": 10_000, "B": 9_000}, cause="On mobile there are 900 too few.")
    assert found.state == BROKEN and found.until is None
    assert "A has 10,000 units and B has 9,000, where as many in each were meant" in found.sentence
    assert found.sentence.endswith("On mobile there are 900 too few.") and "13.0%" not in found.sentence


def test_a_split_that_is_nearly_broken_is_to_be_looked_at_first() -> None:
    found = verdict(BETTER, sizes={"A": 10_000, "B": 9_600})
    assert found.state == SHIP and found.sentence.endswith("Look at the split first: chance is as far off only 4 times in 1,000.")


def test_what_was_not_planned_is_called_a_hint() -> None:
    found = verdict(BETTER, departs=["Only a segment is read that the plan does not name."])
    assert (found.state, found.hint) == (SHIP, True) and not verdict(BETTER).hint
    assert found.sentence.startswith("A hint to ship B: conversion is 13.0%")
    assert found.sentence.endswith("This is no proof. Only a segment is read that the plan does not name.")
    assert not verdict(ALIKE, departs=["Only a segment is read that the plan does not name."]).hint  # it says to go on


def test_too_few_units_say_how_many_are_needed() -> None:
    found = verdict(estimate(CONVERSION, of(30, 41), of(1, 41)), now=NOW, pace=10)
    assert found.state == RUNNING and "41 of 100 units needed in B" in found.sentence
    assert found.until is not None and found.until > NOW
    rare = verdict(estimate(CONVERSION, of(0, 2_000), of(12, 2_000)), now=NOW, pace=10)
    assert rare.state == RUNNING and "12 of 20 units needed with conversion" in rare.sentence
    assert verdict(estimate(CONVERSION, of(0, 500), of(0, 500)), now=NOW, pace=10).until is None


def test_the_best_of_several_variants_is_named() -> None:
    less = estimate(CONVERSION, of(1_000, 10_000), of(1_250, 10_000), arm="C")
    found = verdict(less, BETTER)
    assert found.state == SHIP and found.sentence.startswith("Ship B:") and "C is better than A too" in found.sentence


def test_one_harmful_variant_of_several_is_taken_out_and_the_others_run_on() -> None:
    found = verdict(ALIKE, estimate(CONVERSION, of(1_000, 10_000), of(800, 10_000), arm="C"), now=NOW, pace=1_000)
    assert found.state == RUNNING and "Take C out: C does harm" in found.sentence


def test_more_variants_ask_for_more() -> None:
    """An interval that just leaves zero ships one variant, and none of ten, by Holm's adjustment."""
    how = HowRead("fixed")
    barely = estimate(CONVERSION, of(1_000, 10_000), of(1_090, 10_000), how)
    assert barely.compared.p is not None and 0.03 < barely.compared.p < 0.05
    others = [estimate(CONVERSION, of(1_000, 10_000), of(1_005, 10_000), how, arm=f"V{k}") for k in range(9)]
    assert verdict(barely, how=how).state == SHIP
    assert verdict(barely, *others, how=how).state == STOP


def test_every_primary_metric_must_be_better() -> None:
    other = replace(CONVERSION, name="orders")
    assert verdict(BETTER, estimate(other, of(1_000, 10_000), of(1_010, 10_000))).state == RUNNING
    assert verdict(BETTER, estimate(other, of(1_000, 10_000), of(1_300, 10_000))).state == SHIP
    assert verdict(BETTER, estimate(other, of(1_000, 10_000), of(700, 10_000))).state == STOP


def test_without_a_primary_metric_or_a_second_variant_nothing_is_decided() -> None:
    secondary = estimate(replace(CONVERSION, role="secondary"), of(1_000, 10_000), of(1_300, 10_000))
    assert verdict(secondary).sentence.startswith("Keep running. No metric is primary")
    assert decide_verdict((), split_of({"A": 10}), ALWAYS).sentence.startswith("Keep running. Fewer than two variants")
    assert decide_verdict((), split_of({}), ALWAYS).state == RUNNING


def test_a_worse_secondary_metric_is_pointed_at() -> None:
    found = verdict(BETTER, estimate(ExperimentMetric("orders"), of(1_000, 10_000), of(700, 10_000)))
    assert found.state == SHIP and found.sentence.endswith("Mind orders: worse.")


@pytest.mark.parametrize(
    ("control", "treated", "held"),
    [((100, 10_000), (105, 10_000), HELD), ((100, 10_000), (305, 10_000), HARMED), ((10, 99), (10, 99), OPEN)],
)
def test_a_guardrail_is_held_broken_or_open(control: tuple[int, int], treated: tuple[int, int], held: str) -> None:
    assert estimate(REFUNDS, of(*control), of(*treated)).compared.held == held


def test_a_relative_margin_is_a_share_of_control() -> None:
    metric = ExperimentMetric("revenue", "mean", "guardrail", margin=0.05, relative=True)
    steady, lower = Moments(50_000, 99.0, 2_500.0), Moments(50_000, 90.0, 2_500.0)
    control = Moments(50_000, 100.0, 2_500.0)
    assert [estimate(metric, control, arm).compared.held for arm in (steady, lower)] == [HELD, HARMED]
    assert hold(CONVERSION, BETTER.compared) is None


def test_nobody_in_thousands_holds_a_guardrail() -> None:
    assert estimate(REFUNDS, of(0, 3_000), of(0, 3_000)).compared.held == HELD
    assert estimate(REFUNDS, of(0, 300), of(0, 300)).compared.held == OPEN


@pytest.mark.parametrize("kind", READINGS)
def test_every_reading_says_what_it_assumes(kind: str) -> None:
    assert assumes(HowRead(kind)).startswith(("Right", "The chance")) and "95%" in assumes(HowRead(kind))


@settings(max_examples=25, deadline=None)
@given(
    k=st.lists(st.integers(0, 3_000), min_size=2, max_size=2),
    n=st.lists(st.integers(0, 3_000), min_size=2, max_size=2),
    kind=st.sampled_from(READINGS),
    guard=st.integers(0, 300),
    size=st.none() | st.integers(1, 5_000),
    effect=st.none() | st.floats(0.001, 0.5),
)
def test_it_ships_only_what_is_told_to_be_better(
    k: list[int], n: list[int], kind: str, guard: int, size: int | None, effect: float | None
) -> None:
    how = HowRead(kind, look=7)
    control, treated = (of(min(done, units), units) for done, units in zip(k, n, strict=True))
    first = estimate(CONVERSION, control, treated, how)
    second = estimate(REFUNDS, of(min(guard, n[0]), n[0]), of(min(guard, n[1]), n[1]), how)
    found = verdict(first, second, how=how, size=size, effect=effect, now=NOW, pace=100, stop=NOW + DAY)
    if found.state == SHIP:
        assert first.compared.interval is not None and first.compared.interval[0] > 0 and second.compared.held == HELD
        assert min(n) >= 100 and (kind in ("always_valid", "planned") or (size is not None and sum(n) >= 2 * size))
    assert found.sentence and "nan" not in found.sentence and "None" not in found.sentence and "inf " not in found.sentence
    assert found.until is None or NOW <= found.until <= NOW + DAY


def test_what_cannot_be_told_says_why_and_promises_no_time() -> None:
    money = ExperimentMetric("money", "mean", "primary")
    found = verdict(estimate(money, Moments(500, 1.0, 0.0), Moments(500, 2.0, 0.0)))
    said = "nothing is known yet (within each variant all units have the same number, 1 in control: nothing varies)"
    assert found == Verdict(RUNNING, f"Keep running. Not told yet: of money {said}.")
    huge = verdict(estimate(money, Moments(500, 1e99, 1e100), Moments(500, -1e99, 1.0)))
    assert "money is −1e+99 in B against 1e+99 in A" in huge.sentence
