"""Plans and the archive in words and pictures: metrics as rows of choices, effects to slide over, what came beside what was hoped for."""

import math

import pytest

from journey.charts.experiments_archive import Came, archive_sentence, came_figure, came_of
from journey.charts.experiments_plan import weeks_figure
from journey.charts.experiments_plan_metrics import WAYS, Row, counted_by, role_told, row_of
from journey.charts.experiments_plan_said import (
    effect_choices,
    effect_of,
    effect_told,
    guardrail_told,
    plan_sentence,
    readings_told,
    said,
    size_of,
    sizes_of,
    weeks_told,
)
from journey.experiments.plan import Plan, Planned
from journey.experiments.power import measure_power, read_power
from journey.experiments.read.metrics import metric_plain, read_metric
from journey.experiments.record import Archive, Decision, Remembered
from journey.scope import Scope
from tests.drawn import drawn

ORDERS = read_metric({"name": "Orders", "event": "order", "role": "primary"})


def test_every_way_to_count_is_a_metric_and_comes_back_as_its_row() -> None:
    rows = [Row("share", "a"), Row("count", "a"), Row("revenue"), Row("sum", "a", "p"), Row("value", "a"), Row("mean", "a", "p")]
    rows.append(Row("per", "a", None, "b"))
    assert {row.way for row in rows} == set(WAYS)
    for row in rows:
        plain = {"name": row.name, **counted_by(row)}
        assert row_of(plain) == row == row_of(metric_plain(read_metric(plain))), row


@pytest.mark.parametrize(
    "more", [{"where": {"device": "mobile"}}, {"any_of": ["a", "b"]}, {"denominator": {"event": "b", "of": "did"}}, {"event": None}]
)
def test_what_is_more_than_a_row_is_left_as_it_is(more: dict[str, object]) -> None:
    assert row_of({"name": "x", "event": "a", "of": "count", **more}) is None


def test_a_guardrail_says_what_it_tolerates() -> None:
    guard = {"name": "Revenue", "revenue": True, "role": "guardrail", "margin": {"relative": 0.02}}
    assert role_told(read_metric(guard), "EUR") == "guardrail: at most 2.0% of control lower"
    slow = {"name": "Errors", "event": "error", "role": "guardrail", "margin": 0.01, "good": "down"}
    assert role_told(read_metric(slow), None) == "guardrail: at most 1.0 pts higher"


def test_effects_to_slide_over_are_possible_ones() -> None:
    assert max(effect_choices(0.8, "share", False, None)) == 0.2  # .8 x 1.25 would be all of them
    assert 0.123 in effect_choices(0.2, "share", True, -0.0246)
    assert size_of(effect_of(0.1, 0.2, True), 0.2) == 0.1 and effect_of(0.1, 0.2, True) == pytest.approx(-0.02)
    assert effect_told(0.1, ORDERS, 0.12, None) == "+10% (+1.2 pts)"


def test_a_plan_is_told_with_its_weeks() -> None:
    log = "\n".join(f"c{k} +{k % 28}d 09:00 visit" + (" 10:00 order" if k % 5 == 0 else "") for k in range(280))
    asked = read_power({"metric": metric_plain(ORDERS), "effect": 0.1, "reading": "fixed"})
    power = measure_power(drawn(log), asked, Scope())
    n = math.ceil(power.size.n or 0)
    whole = "in whole weeks until" if (power.size.days or 0) % 7 else "days, until"
    assert whole in plan_sentence("short", power, 28 * 86_400_000, "UTC")
    guard = read_metric({"name": "Orders", "event": "order", "role": "guardrail", "margin": 0.05})
    finer = measure_power(drawn(log), read_power({"metric": metric_plain(ORDERS), "effect": -0.05, "reading": "fixed"}), Scope())
    told = guardrail_told(guard, finer, power, None)  # half the effect takes about four times as many
    assert told.startswith("To rule out that Orders is more than 5.0 pts lower takes") and "it may stay open" in told
    assert guardrail_told(guard, power, finer, None).endswith("that is on the way.")
    assert plan_sentence("short", power, None, "UTC").startswith(f"short needs {n:,} customers per variant: {power.size.days} days")
    assert sizes_of(power)["days"] % 7 == 0 and sizes_of(power)["units_per_arm"] == n
    assert "planned looks" in readings_told(power) and weeks_told(power, ORDERS, None).startswith("4 weeks tell +")
    figure = weeks_figure(power, ORDERS, 0.1, None)
    filled = [colour == "#000001" for colour in figure.data[1].marker.color]
    assert filled == [y <= 0.1 for y in figure.data[1].y] and filled == sorted(filled)  # once it can be told, more weeks tell it too


def test_fields_of_a_plan_are_told() -> None:
    assert said({"control": 0.5, "b": 0.5}, "variants") == "control 50%, b 50%"
    assert (said(None), said(0.95, "confidence"), said(("a", "b"))) == ("–", "95%", "a, b")
    assert (said(0.0733261, "effect", ORDERS), said(1966, "tuned_at"), said("fixed", "reading")) == (
        "+7.3 pts",
        "1,966",
        "one look at the end",
    )


def remembered(decided: str, seen: dict[str, object], effect: float | None = 0.02) -> Remembered:
    plan = Plan("Short", "Fewer pages.", (ORDERS,), {"control": 0.5, "b": 0.5}, effect=effect, baseline=0.2)
    expected = {"metric": "Orders", "effect": effect, "baseline": 0.2}
    made = Decision(1, "Short", 0, "Ann", decided, "why", "", "", expected, seen, 0, 1)
    return Remembered("Short", "decided", 0, 1, 10, {"control": 5, "b": 5}, Planned(plan, 1, 0, "Ann", "h"), (made,))


def test_what_came_stands_beside_what_was_hoped_for() -> None:
    metric = {"name": "Orders", "role": "primary", "arm": "b", "difference": 0.03, "relative": 0.15, "interval": [0.01, 0.05]}
    came = came_of(remembered("ship", {"metrics": [metric], "verdict": "Ship b."}), None, None)
    assert came is not None and came.expected == pytest.approx(0.1) and came.seen == 0.15
    assert came.interval == pytest.approx((0.05, 0.25)) and came.better is True and came.verdict == "Ship b."
    figure = came_figure([came, Came("y", "m", None, None, None, "not known", None)])
    assert (list(figure.data[0].x), list(figure.data[1].x)) == ([0.15], [pytest.approx(0.1)])
    broken = came_of(remembered("broken", {"metrics": [metric]}), None, None)
    assert broken is not None and broken.broken and broken.better is None and "broken" in broken.told
    assert came_of(remembered("stop", {"metrics": []}), None, None) is None


def test_the_archive_is_told() -> None:
    one, none = remembered("ship", {"metrics": []}), Scope()
    evidence = measure_power(drawn("a 09:00 x"), read_power({"baseline": 0.2, "effect": 0.05}), none).evidence
    assert archive_sentence(Archive(None, (), (one,), 1, evidence)) == "1 experiment: 1 shipped."
    assert archive_sentence(Archive("x", ("checkout",), (), 1, evidence)) == "Nothing was tried about checkout."
    assert archive_sentence(Archive(None, (), (), 0, evidence)).startswith("Nothing was tried yet")
