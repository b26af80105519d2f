"""What stands beside the pictures of ROI: tables, captions, and what would have to be true."""

from collections.abc import Mapping, Sequence

from journey.charts.roi import Bar
from journey.charts.roi_axis import crossing
from journey.charts.roi_said import (
    break_even_told,
    course_of,
    holds,
    is_discounted,
    lost_told,
    month_told,
    net_of,
    payback_of,
    roi_cards,
    span_told,
)
from journey.charts.roi_told import sum_told, told_input, told_plain, told_range, whole_told
from journey.charts.words import UNKNOWN, between, count, percent, several
from journey.roi import NAMED, Roi
from journey.roi.result import BreakEven, Swing

NOTHING = 0.02  # of the widest bar: less is not drawn
SILENT = ("discount", "fade")  # inputs not spoken of while they are nothing


def needs_rows(roi: Roi) -> list[dict[str, str]]:
    """One row per assumption: what it is now, what it would have to be for this to pay, the others as they stand."""
    question, spreads = roi.question, roi.question.spreads
    rows = []
    for one in roi.break_even:
        if one.input in SILENT and not one.now:
            continue
        spread = spreads.get(one.input)
        ends = "" if spread is None or spread.is_fixed else told_range(question, one.input, spread.p10, spread.p90, roi.currency)
        rows.append(
            {
                "Assumption": one.label,
                "Now": told_input(question, one.input, one.now, roi.currency),
                "P10 to P90": ends,
                "To pay": needs_told(roi, one),
                "Holds in": "" if one.chance is None else percent(one.chance, 0),
            }
        )
    return rows


def needs_told(roi: Roi, needed: BreakEven) -> str:
    """What one input would have to be for it to pay, the others as they stand."""
    if needed.value is None:
        return "at any value" if roi.total >= 0 else "no value alone"
    return f"{needed.needs} {told_input(roi.question, needed.input, needed.value, roi.currency)}".strip()


def must_be_sentence(roi: Roi) -> str:
    """The one assumption nearest to turning the result, relative to where it stands."""
    near = [
        (round(abs(one.value - one.now) / abs(one.now), 6), one)
        for one in roi.break_even
        if one.value is not None and one.now and one.needs and one.input in NAMED
    ]
    if not near:
        return "No single assumption turns the result on its own."
    gap, one = min(near, key=lambda pair: pair[0])
    told = told_input(roi.question, one.input, one.value, roi.currency)
    turns = "stops paying" if holds(one) else "starts paying"
    side = "below" if (one.needs == "at least") == holds(one) else "above"
    edge = f"{side} {told}" if holds(one) else f"at {told} or {'more' if one.needs == 'at least' else 'less'}"
    far = f"{percent(gap, 0)} away" if gap <= 1 else f"{count(gap + 1)} times what it is now"
    if one.now * (one.value or 0.0) < 0:  # no share of what it is now leads to the other side of zero
        far = f"now {told_input(roi.question, one.input, one.now, roi.currency)}"
    return f"Nearest to the edge: {one.label.lower()}, {far}. It {turns} {edge}, the rest as it stands."


def swings_of(roi: Roi, settled: Roi | None = None, most: int = 6) -> list[Bar]:
    """The widest bars first; what moves nothing is left out.

    settled: the same with every range brought to its middle: how far its single figures move it, a tenth either way.
    """
    ranged = [_bar(roi, one, True) for one in roi.tornado]
    firm = [] if settled is None else [_bar(settled, one, False) for one in settled.tornado if one.input not in roi.question.uncertain]
    bars = sorted((*ranged, *firm), key=lambda bar: -abs(bar.high - bar.low))
    reach = max((abs(bar.high - bar.low) for bar in bars), default=0.0)
    return [bar for bar in bars if abs(bar.high - bar.low) > reach * NOTHING][:most]


def _bar(roi: Roi, one: Swing, ranged: bool) -> Bar:
    return Bar(one.label, told_range(roi.question, one.input, one.low_value, one.high_value, roi.currency), one.low, one.high, ranged)


def tornado_told(roi: Roi, bars: Sequence[Bar]) -> str:
    """What the bars are, and which assumption matters most."""
    if not bars:
        return "Nothing moves it."
    ranged = (
        "from P10 to P90 of each range, the rest central"
        if roi.question.uncertain
        else "each figure a tenth down and up, the rest as it is"
    )
    paler = "; paler: a single figure, a tenth down and up" if roi.question.uncertain and not all(bar.ranged for bar in bars) else ""
    return f"{bars[0].name} matters most. Profit in {several(roi.question.months, 'month')}, {ranged}{paler}."


def profit_told(roi: Roi) -> str:
    """What the picture of cumulative profit shows."""
    middle, _ = course_of(roi)
    back = payback_of(roi)
    early = back is not None and roi.lowest < 0 and crossing(middle, back) is None
    sooner = f"; before discounting it is back in {month_told(back)}" if early else ""
    money_is = f" In today’s money{sooner}." if is_discounted(roi) else ""
    if not roi.question.uncertain:
        return f"One course: every assumption is a single figure.{money_is}"
    return f"Line: the median. Band: 8 of 10 futures lie inside it at each month.{money_is}"


def losing_told(roi: Roi) -> str:
    """Which months lose, and how much is laid out before it comes back."""
    laid_out = _laid_out(roi)
    months = roi.losing_months
    if not months:
        return f"No month takes more than it brings, the set-up aside.{laid_out}"
    told = _runs(months)
    return f"{told} {'take' if len(months) > 1 else 'takes'} more than {'they bring' if len(months) > 1 else 'it brings'}.{laid_out}"


def _laid_out(roi: Roi) -> str:
    if roi.lowest >= 0:
        return ""
    most = sum_told(-roi.lowest, roi.currency)
    if roi.payback.month is None:
        return f" {most} is laid out at most, and is not back within {several(roi.question.months, 'month')}."
    return f" {most} is laid out at most before it comes back."


def _runs(months: Sequence[int]) -> str:
    """1, 2, 3, 7 -> "Months 1 to 3 and 7"."""
    runs: list[list[int]] = []
    for month in months:
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    told = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    return f"Month{'s' if len(months) > 1 else ''} {listed}"


def beside_rows(published: Roi, corrected: Roi) -> list[dict[str, str]]:
    """The same figures through both models."""
    rows = [
        ("A month", whole_told(published.monthly[0], published.currency), _month_range(corrected)),
        (
            span_told(published.question.months).capitalize(),
            whole_told(published.total, published.currency),
            sum_told(net_of(corrected), corrected.currency),
        ),
        (
            "Back in",
            month_told(published.payback.month),
            month_told(payback_of(corrected)) if payback_of(corrected) else "not in that time",
        ),
        (
            "Break-even lift",
            break_even_told(published),
            break_even_told(corrected),
        ),
        ("Futures that lose", "not told", percent(corrected.p_loss, 0) if corrected.question.uncertain else "not told: single figures"),
    ]
    return [{"": name, "Published calculator": left, "With what it leaves out": right} for name, left, right in rows]


def _month_range(roi: Roi) -> str:
    flows = roi.monthly
    return between(sum_told(min(flows), roi.currency), sum_told(max(flows), roi.currency)) if flows else UNKNOWN


def scenarios_told(found: Mapping[str, Roi]) -> str:
    """Which of the scenarios brings most, and whether another loses less often."""
    if len(found) < 2:
        return "Choose a second one to compare with."
    best = max(found, key=lambda name: net_of(found[name]))
    amounts = {name: sum_told(net_of(roi), roi.currency) for name, roi in found.items()}
    same = [f"“{name}”" for name, amount in amounts.items() if amount == amounts[best]]
    told = f"“{best}” brings most: {amounts[best]}." if len(same) == 1 else f"{' and '.join(same)} bring the same: {amounts[best]}."
    uncertain = {name: roi for name, roi in found.items() if roi.question.uncertain}
    safest = min(uncertain, key=lambda name: uncertain[name].p_loss) if uncertain else best
    if safest != best and best in uncertain and uncertain[safest].p_loss < uncertain[best].p_loss:
        told += f" “{safest}” loses less often: {lost_told(uncertain[safest].p_loss)}, against {percent(uncertain[best].p_loss, 0)}."
    return f"{told} Whiskers: P10 to P90 in the last month."


def scenario_rows(found: Mapping[str, Roi]) -> list[dict[str, str]]:
    """One column per scenario: what comes of it, then the assumptions in which they differ."""
    cards = {name: roi_cards(roi, 0.0) for name, roi in found.items()}
    rows = [{"": "Profit", **{name: sum_told(net_of(roi), roi.currency) for name, roi in found.items()}}]
    rows.append({"": "P10 to P90", **{name: card[0][2] for name, card in cards.items()}})
    rows.append({"": "Chance of a loss", **{name: card[1][1] for name, card in cards.items()}})
    rows += [
        {"": title, **{name: card[place][1] for name, card in cards.items()}} for place, title in ((2, "Payback"), (3, "Break-even lift"))
    ]
    rows.append({"": "Return on cost", **{name: card[4][1] for name, card in cards.items()}})
    rows.append({"": "Over", **{name: several(roi.question.months, "month") for name, roi in found.items()}})
    for name, one in NAMED.items():
        told = {scenario: _told_of(roi, name) for scenario, roi in found.items()}
        if len(set(told.values())) > 1:
            rows.append({"": one.label, **told})
    return rows


def _told_of(roi: Roi, name: str) -> str:
    return told_plain(roi.question, name, None, roi.currency) if name in roi.question.spreads else UNKNOWN
