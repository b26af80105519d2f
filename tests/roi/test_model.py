"""Month by month, by hand; and what must hold whatever is put in."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.roi import Roi, measure_roi, read_roi
from journey.scope import Scope
from journey.warehouse import ask_sql
from tests.drawn import drawn
from tests.lent import empty_warehouse

CON = empty_warehouse()
SMALL = {"customers": 100, "churn": 0.5, "lift": 0.2, "revenue_per_month": 10}


def roi(**question: Any) -> Roi:
    return measure_roi(CON, read_roi(question), Scope())


def test_the_living_shrink_by_churn_and_the_saved_join_them() -> None:
    found = roi(**SMALL, tool_per_month=120, setup=100, discount=0.25, months=3)
    # saved each month: 100 x .5 x .2 = 10; living 10, 15, 17.5; benefit 100, 150, 175
    assert [one.benefit for one in found.months] == [0, 100, 150, 175]
    assert [one.cost for one in found.months] == [100, 120, 120, 120]
    assert [one.cumulative for one in found.months] == [-100, -120, -90, -35]
    assert found.monthly == (-20, 30, 55) and found.losing_months == (1,) and found.lowest == -120
    assert found.total == pytest.approx(-100 - 20 / 1.25 + 30 / 1.25**2 + 55 / 1.25**3)
    assert found.total == pytest.approx(found.benefit - found.cost)
    assert found.return_on_cost == pytest.approx(found.total / found.cost)


def test_everybody_treated_is_charged_and_not_only_who_is_saved() -> None:
    found = roi(**SMALL, treated=0.4, adoption=0.5, recall=0.5, margin=0.5, cost_per_treated=3, months=1)
    # saved 100 x .5 x .5 x .5 x .2 = 2.5, benefit 2.5 x 10 x .5; cost 100 x .4 x .5 x 3
    assert (found.months[1].benefit, found.months[1].cost) == (12.5, 60)


def test_a_conversion_fades() -> None:
    found = roi(
        model="conversion", visitors_per_month=1_000, lift=0.02, value_per_order=50, margin=0.5, fade=0.5, cost_per_treated=0.1, months=3
    )
    assert found.monthly == pytest.approx((500 - 100, 250 - 100, 125 - 100))
    relative = roi(
        model="conversion", lift_is="relative", conversion=0.2, visitors_per_month=1_000, lift=0.1, value_per_order=50, margin=0.5, months=1
    )
    assert relative.monthly == pytest.approx((500,))


def test_payback_is_a_month_or_a_reason() -> None:
    assert roi(**SMALL, months=3).payback.month == 1
    assert roi(**SMALL, tool_per_month=120, setup=30, months=4).payback.month == 3  # -30, -50, -20, 35
    late = roi(**SMALL, tool_per_month=120, setup=100, months=3).payback
    assert late.month is None and late.why == "What was spent is not back within 3 months; it would be in month 4 if it goes on like that."
    never = roi(**SMALL, tool_per_month=500, setup=100).payback
    assert never.month is None and "nor within 120" in never.why and never.share == 0 and never.median is None
    calculator = roi(preset="saved_only", lift=0.01).payback
    assert calculator.month is None and "never comes back" in calculator.why


def test_what_is_back_and_lost_again_is_not_back() -> None:
    found = roi(model="conversion", visitors_per_month=100, lift=0.1, value_per_order=10, fade=0.5, tool_per_month=40, setup=30, months=6)
    assert [round(one.cumulative, 2) for one in found.months] == [-30, 30, 40, 25, -2.5, -36.25, -73.12]
    assert found.payback.month is None and found.needed("months").why == "It pays over 1 to 3 months, and over more it does not."
    assert found.payback.why == "What was spent is back in month 1, but lost again in month 4, so at the end of month 6 it is not."
    late = roi(model="conversion", visitors_per_month=1_000, lift=0.01, value_per_order=100, fade=0.05, tool_per_month=300, setup=5_600)
    told = late.payback.why  # -276 after month 11, -7 after 12, then above 0 while what comes in is more than 300
    assert told.startswith("What was spent is not back within 12 months; it would be in month 13 if it goes on like that, and lost again")


def test_one_month_is_no_months_and_nothing_is_no_less_than_nothing() -> None:
    found = roi(**SMALL, tool_per_month=500, discount=0.01, months=1)
    assert "within 1 month, nor" in found.payback.why and "Over 1 month, discounted by 1% a month" in found.evidence.definition
    free = roi(**(SMALL | {"lift": 0})).needed("setup")
    assert str(free.value) == "0.0" and free.needs == "at most"


def test_what_no_input_can_mend_is_said() -> None:
    found = roi(**SMALL, tool_per_month=10_000)
    lift = found.needed("lift")
    assert lift.value is None and found.break_even_lift is None and lift.why.startswith("With the lift at its most, 1, it still loses")
    assert found.needed("setup").why.startswith("It loses, whatever is put in for the set-up")
    assert roi(**SMALL).needed("setup").value == pytest.approx(roi(**SMALL).total)
    assert roi(**(SMALL | {"customers": 0})).needed("lift").why == "Nothing depends on the lift as things stand."


def test_the_sql_says_the_same() -> None:
    for question in (
        {**SMALL, "treated": 0.3, "cost_per_treated": 2, "fade": 0.1, "discount": 0.02, "setup": 9},
        {"preset": "saved_only"},
        {"model": "conversion", "visitors_per_month": 9, "lift": 0.1, "value_per_order": 3, "fade": 0.2, "discount": 0.1},
        {"model": "conversion", "lift_is": "relative", "conversion": 0.3, "visitors_per_month": 9, "lift": 0.1, "value_per_order": 3},
    ):
        found = roi(**question, months=7)
        assert ask_sql(CON, found.evidence.sql, found.evidence.params).item() == pytest.approx(found.total)


def test_the_same_seed_gives_the_same_futures_and_a_fixed_one_has_none() -> None:
    sure, unsure = roi(**SMALL), SMALL | {"lift": {"p10": 0.1, "p90": 0.3}}
    assert sure.p10 == sure.p50 == sure.p90 == sure.total and sure.drawn.loss_error == 0
    assert roi(**unsure).drawn == roi(**unsure).drawn != roi(**unsure, seed=8).drawn


def test_correlated_inputs_move_together_and_keep_their_own_spread() -> None:
    asked = SMALL | {"lift": {"p10": 0.1, "p90": 0.3}, "revenue_per_month": {"p10": 5, "p90": 15}}
    apart, together, against = (roi(**asked, correlate=[["lift", "revenue_per_month", r]]).drawn for r in (0, 0.9, -0.9))
    assert against.p90 - against.p10 < apart.p90 - apart.p10 < together.p90 - together.p10
    assert against.mean < apart.mean < together.mean


def test_what_does_not_touch_the_net_does_no_harm() -> None:
    found = roi(model="conversion", visitors_per_month=100, lift=0.1, value_per_order=10, conversion={"p10": 0.1, "p90": 0.2}, setup=5_000)
    assert (found.p10, found.p90, found.drawn.loss, found.drawn.mean_error) == (-3_800, -3_800, 1, 0)
    assert found.payback.share == 0 and [one.width for one in found.tornado] == [0]


def test_a_scope_and_what_has_no_place_are_said() -> None:
    con = drawn("ann 09:00 visit")
    found = measure_roi(con, read_roi({"preset": "saved_only", "margin": 0.5}), Scope(stop=1))
    assert [warning.split(",")[0] for warning in found.evidence.warnings] == [
        "The model 'saved_only' has no place for margin",
        "What is put in says of whom this is; the scope changes nothing.",
    ]
    crowded = roi(**SMALL, treated=0.1).evidence.warnings
    assert crowded[0].startswith("More leavers are reached (50.0% of customers a month) than customers are treated (10.0%)")


shares = st.floats(0.01, 0.9)
questions = st.fixed_dictionaries(
    {
        "customers": st.integers(1, 100_000),
        "churn": shares,
        "revenue_per_month": st.floats(0.5, 500),
        "lift": st.one_of(st.floats(0, 1), st.builds(lambda m, w: {"normal": [m, w]}, st.floats(0, 0.3), st.floats(0.01, 0.1))),
        "margin": shares,
        "adoption": shares,
        "treated": shares,
        "recall": shares,
        "cost_per_treated": st.floats(0, 20),
        "setup": st.floats(0, 50_000),
        "tool_per_month": st.floats(0, 5_000),
        "discount": st.floats(0, 0.05),
        "fade": st.floats(0, 0.3),
        "months": st.integers(1, 24),
    }
)


@settings(max_examples=6, deadline=None)
@given(questions)
def test_whatever_is_put_in_the_net_is_straight_in_revenue_and_rises_with_the_lift(question: dict[str, Any]) -> None:
    quick = {**question, "draws": 500}
    found = roi(**quick)
    doubled = roi(**quick | {"revenue_per_month": 2 * question["revenue_per_month"]})
    assert doubled.total == pytest.approx(found.total + found.benefit, abs=1e-6 * (1 + found.cost + found.benefit))
    lift = found.question.central["lift"]
    assert roi(**quick | {"lift": max(0.0, min(1, lift / 2))}).total <= roi(**quick | {"lift": max(0.0, lift)}).total + 1e-6
    drawn = found.drawn
    assert drawn.p10 <= drawn.p50 <= drawn.p90 and 0 <= drawn.loss <= 1
    assert (drawn.loss <= 0.1 + 1 / 500) or drawn.p10 < 0
    assert (drawn.loss >= 0.9 - 1 / 500) or drawn.p90 >= 0
    assert [one.month for one in found.months if one.flow < 0 and one.month] == list(found.losing_months)


@settings(max_examples=6, deadline=None)
@given(questions)
def test_at_its_break_even_every_input_leaves_nothing(question: dict[str, Any]) -> None:
    central = {key: value if not isinstance(value, dict) else max(0.0, value["normal"][0]) for key, value in question.items()}
    found = roi(**central, draws=100)
    size = found.benefit + found.cost + 1
    for one in found.break_even:
        if one.value is None:
            assert one.why
        elif one.input != "months":
            at = roi(**central | {one.input: one.value}, draws=100)
            assert at.total == pytest.approx(0, abs=1e-6 * (size + at.cost + at.benefit)), one
