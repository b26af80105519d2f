"""What a decision brings, drawn and told: every sentence follows from the figures, and names from data stay letters."""

import re
from functools import cache
from typing import Any

import pytest

from journey.charts.roi import cash_figure, profit_figure, tornado_figure
from journey.charts.roi_axis import crossing_told, last_crossing, levels
from journey.charts.roi_compare import Line, Spot, courses_figure, options_figure, spaced
from journey.charts.roi_rows import beside_rows, losing_told, must_be_sentence, needs_rows, scenarios_told, swings_of, tornado_told
from journey.charts.roi_said import certain_told, course_of, payback_of, roi_cards, roi_sentence
from journey.charts.roi_summary import Brief, write_summary
from journey.charts.roi_told import sum_told, told_input, told_shares, whole_told
from journey.roi import Roi, measure_roi, read_roi
from journey.scope import Scope
from journey.warehouse import Warehouse, open_warehouse

CORRECTED = {
    "customers": 10_000, "churn": 0.05, "treated": 0.1, "recall": 0.5, "lift": 0.1, "adoption": 0.6, "margin": 0.7,
    "revenue_per_month": 100, "cost_per_treated": 5, "tool_per_month": 500, "setup": 20_000, "discount": 0.01,
}  # fmt: skip
RANGED = {**CORRECTED, "lift": {"p10": 0.06, "p90": 0.2}, "draws": 2_000}
SOLD = {"model": "conversion", "visitors_per_month": 1_000, "lift": 0.01, "value_per_order": 50, "margin": 0.5}


@cache
def nothing_loaded() -> Warehouse:
    return open_warehouse(":memory:")


def roi_of(plain: dict[str, Any]) -> Roi:
    return measure_roi(nothing_loaded(), read_roi(plain), Scope())


def test_single_figures_pay_and_say_when_they_are_back() -> None:
    roi = roi_of(CORRECTED)
    assert roi_sentence(roi, 0.2) == "It pays: 3.9k in the first year, back in month 11."
    assert course_of(roi)[1] is None and payback_of(roi) == 11
    cards = {name: (value, beside) for name, value, beside, _ in roi_cards(roi, 0.2)}
    assert cards["Chance of a loss"] == ("–", "no ranges ticked") and cards["Break-even lift"] == ("9.38%", "now 10.0%")
    assert losing_told(roi).startswith("Months 1 to 3 take more than they bring. 24k is laid out at most before it comes back")


def test_a_risk_over_the_limit_is_said_and_one_within_it_is_no_warning() -> None:
    roi = roi_of(RANGED)
    lost = round(100 * roi.p_loss)
    assert roi_sentence(roi, 0.2).endswith(f"but {lost}% of futures lose: over your limit of 20%.")
    assert roi_sentence(roi, 0.9).endswith(f"back in month {roi.payback.median:.0f}; {lost}% of futures lose.")
    assert [warned for *_, warned in roi_cards(roi, 0.2)] == [False, True, False, False, False]
    assert not any(warned for *_, warned in roi_cards(roi, 0.9))


def test_futures_that_all_agree_say_what_makes_them_agree() -> None:
    roi = roi_of(RANGED | {"lift": {"p10": 0.5, "p90": 0.6}})
    assert roi_sentence(roi, 0.2).endswith("; no future loses.")
    assert roi_sentence(roi, 0.2, None, 2).endswith("; no future loses while 2 assumed figures hold.")
    lost = roi_of(RANGED | {"lift": {"p10": 0.001, "p90": 0.002}})
    assert roi_sentence(lost, 0.2, None, 1).endswith("every future loses while 1 assumed figure holds.")
    assert "assumed" not in roi_sentence(roi_of(RANGED), 0.2, None, 2)
    assert certain_told(["margin", "set-up"], ["lift"]) == "Not measured, yet taken as certain in every future: margin and set-up."
    assert certain_told([], list("abcde")) == "How far a, b, c and 2 more may lie from the middle is assumed as well."
    assert certain_told([], []) == ""


def test_sums_without_cents_are_rounded_and_the_calculators_are_whole() -> None:
    assert sum_told(-945.69, "EUR") == "−€946" and sum_told(99.5, "EUR") == "€99.50" and sum_told(999.7, None) == "1.0k"
    assert whole_told(-217_340.6, "EUR") == "−€217,341" and whole_told(51_000.0, None) == "51,000"


def test_what_does_not_pay_says_the_lift_that_would() -> None:
    roi = roi_of(CORRECTED | {"lift": 0.01})
    assert roi_sentence(roi, 0.2) == "It does not pay unless the lift is at least 9.4%: −53k in the first year."
    assert ("Payback", "Not back") in [card[:2] for card in roi_cards(roi, 0.2)]
    never = roi_of(CORRECTED | {"lift": 0.01, "margin": 0.0, "months": 24})
    assert roi_sentence(never, 0.2).startswith("It does not pay at any lift: −") and "in 24 months" in roi_sentence(never, 0.2)


def test_a_lift_that_breaks_even_at_the_middle_is_not_asked_for_again() -> None:
    """At central values it pays; in half of the futures it does not, as what it rests on is lopsided."""
    roi = roi_of(RANGED | {"lift": {"p10": 0.095, "p90": 0.1}, "margin": {"low": 0.2, "mode": 0.69, "high": 0.75}})
    assert (roi.p50 > 0) == roi_sentence(roi, 1.0).startswith("It pays")
    assert "unless" not in roi_sentence(roi, 1.0) or roi.needed("lift").now < (roi.break_even_lift or 0)


def test_without_any_cost_nothing_is_said_to_pay() -> None:
    assert roi_sentence(roi_of(SOLD), 0.2) == "It brings 3.0k in the first year before any cost: say what it costs."


def test_the_published_calculator_stands_beside_what_it_leaves_out() -> None:
    published, corrected = roi_of({"preset": "saved_only"}), roi_of(CORRECTED)
    said = roi_sentence(published, 0.2, corrected)
    assert said == "The published calculator says 4,250 a month, 51,000 in the first year; with what it leaves out, 3.9k."
    rows = {row[""]: list(row.values())[1:] for row in beside_rows(published, corrected)}
    assert rows["Back in"] == ["0.353 months", "month 11"] and rows["Break-even lift"] == ["1.053%", "9.38%"]


def test_what_would_have_to_be_true_names_the_nearest_edge() -> None:
    roi = roi_of(CORRECTED)
    assert must_be_sentence(roi) == "Nearest to the edge: lift, 6% away. It stops paying below 9.4%, the rest as it stands."
    harm = roi_of(SOLD | {"lift": {"estimate": -0.001, "low": -0.02, "high": 0.018, "confidence": 0.95}, "setup": 100})
    assert must_be_sentence(harm).startswith("Nearest to the edge: lift, now −0.10 pts. It starts paying at +")
    rows = {row["Assumption"]: row for row in needs_rows(roi)}
    assert rows["Lift"]["To pay"] == "at least 9.4%"
    assert rows["Set-up"]["To pay"] == "at most 23,912" and "Share of the lift lost a month" not in rows


def test_lifts_of_a_share_are_points_and_of_churn_percentages() -> None:
    sold, kept = read_roi(SOLD), read_roi(CORRECTED)
    assert told_input(sold, "lift", 0.016, None) == "+1.6 pts" and told_input(kept, "lift", 0.016, None) == "1.6%"
    assert told_shares(-0.0007, 0.0073, True) == "−0.07 to +0.73 pts"


@pytest.mark.parametrize(("low", "high"), [(-72_000, 101_000), (0, 0.004), (-3, 0), (1e-9, 2e9), (-5e11, -1)])
def test_levels_are_few_round_and_hold_zero(low: float, high: float) -> None:
    found = levels(low, high)
    assert 0 in found and len(found) <= 5 and found == sorted(found)
    assert min(found) >= min(low, 0) * 1.000001 and max(found) <= max(high, 0) * 1.000001


def test_the_band_the_ring_and_the_ends_are_those_of_the_answer() -> None:
    roi = roi_of(RANGED)
    middle, band = course_of(roi)
    figure = profit_figure(middle, band, payback_of(roi), "EUR")
    around, line, ring = figure.data
    assert list(line.y) == middle and band is not None and max(around.y) == max(band[1]) and min(around.y) == min(band[0])
    back = payback_of(roi) or 0.0
    assert back - 1 < ring.x[0] <= back
    assert figure.layout.annotations[0].text == f"Back in month <b>{back:.0f}</b>"


def test_a_ring_says_when_it_is_not_the_payback_but_in_todays_money() -> None:
    assert last_crossing([-2.0, 1.0, -1.0, 1.0]) == 2.5 and last_crossing([-2.0, 1.0, -1.0]) is None and last_crossing([0.0, 1.0]) is None
    assert crossing_told(2.5, 3) == ("Back in month", 3) and crossing_told(2.5, 2) == ("In today’s money: month", 3)


def test_a_tornado_bar_ends_where_the_profit_does_and_single_figures_are_paler() -> None:
    roi, settled = roi_of(RANGED), roi_of(CORRECTED | {"lift": 0.118})
    bars = swings_of(roi, settled)
    assert bars[0].name == "Lift" and [bar.ranged for bar in bars].count(True) == 1 and len({bar.name for bar in bars}) == len(bars)
    low, high = tornado_figure(bars, roi.total, None).data
    assert [low.base + x for x in low.x] == pytest.approx([bar.low for bar in bars])
    assert [high.base + x for x in high.x] == pytest.approx([bar.high for bar in bars])
    assert low.marker.color[0] == "#000009" and low.marker.color[1].startswith("#000009") and len(low.marker.color[1]) == 9
    assert "paler" in tornado_told(roi, bars) and "paler" not in tornado_told(settled, swings_of(settled))


def test_months_that_lose_are_hatched_and_the_others_are_not() -> None:
    gains, losses = cash_figure([-100.0, -5.0, 0.0, 20.0], None).data
    assert list(gains.x) == [2, 3] and list(losses.x) == [0, 1] and losses.marker.pattern.shape == "/" and not gains.marker.pattern.shape


def test_scenarios_that_bring_the_same_are_not_ranked_and_a_safer_one_is_named() -> None:
    firm, ranged = roi_of(CORRECTED), roi_of(RANGED)
    assert scenarios_told({"a": firm, "b": firm}).startswith("“a” and “b” bring the same: 3.9k.")
    safer = roi_of(RANGED | {"lift": {"p10": 0.11, "p90": 0.12}})
    told = scenarios_told({"bold": ranged, "safe": safer})
    assert told.startswith("“bold” brings most") and "“safe” loses less often: no future loses, against " in told


def test_labels_of_scenarios_keep_apart_in_their_order() -> None:
    found = spaced([10.0, 10.5, 0.0], 2.0)
    assert found[2] < found[0] < found[1] and found[1] - found[0] == pytest.approx(2.0)


def test_names_of_scenarios_and_options_stay_letters() -> None:
    hostile = '<a href="x">%{y} #000001</a>'
    figures = courses_figure([Line(hostile, [0.0, 1.0], (0.5, 2.0))], None), options_figure([Spot(hostile, 1, 2, None)], hostile, None)
    for drawn in (figure.to_json() for figure in figures):
        assert "<a href" not in drawn and "%{y} " not in drawn


def brief(**more: Any) -> Brief:
    roi = roi_of(RANGED)
    middle, band = course_of(roi)
    told = {
        "title": "Express checkout", "answer": roi_sentence(roi, 0.2), "caption": "All customers",
        "cards": [(name, value, beside) for name, value, beside, _ in roi_cards(roi, 0.2)],
        "assumptions": [("Lift", "6% to 20%", "set by hand", "1 to 2", "at least 9.4%")], "middle": middle, "band": band,
        "payback": payback_of(roi), "currency": "EUR", "remarks": ["Beware."], "method": "Month by month.", "made": "Made today.",
    }  # fmt: skip
    return Brief(**(told | more))


def test_the_summary_stands_alone_and_says_what_the_page_says() -> None:
    page = write_summary(brief()).decode()
    assert brief().answer in page and "<svg" in page and "@page" in page and "Back in month" in page
    assert not re.search(r"<script|<img|<link|https?://|url\(|@import", page) and "default-src 'none'" in page
    assert "#000001" not in page  # every stand-in colour became one of the theme


def test_no_text_of_a_summary_is_markup() -> None:
    hostile = "</style><script>alert(1)</script>\"'&#000001"
    page = write_summary(
        brief(title=hostile, answer=hostile, caption=hostile, assumptions=[(hostile,) * 5], remarks=[hostile], method=hostile, made=hostile,
              question=hostile, cards=[(hostile,) * 3])
    ).decode()  # fmt: skip
    assert "<script" not in page and page.count("</style>") == 1 and "&lt;script&gt;" in page


def test_a_long_summary_is_printed_smaller_and_never_cuts_the_question() -> None:
    row, asked = ("Revenue per customer and month", "a" * 30, "b" * 30, "c", "d"), '{"ask": "roi"}'
    long = write_summary(brief(assumptions=[row] * 20, remarks=["remark " * 60] * 9, method="method " * 80, question=asked)).decode()
    assert '<body class="long">' in long and long.count("<tr>") == 14 and long.count("…</p>") == 3 and "&quot;ask&quot;" in long
    assert "<body>" in write_summary(brief()).decode() and "zzz" not in write_summary(brief(question="z" * 1_001)).decode()
