"""Which of several things to do first, in words: what each brings for its effort, and how sure the order is."""

from journey.charts.roi_said import month_told
from journey.charts.roi_told import sum_told
from journey.charts.words import UNKNOWN, between, decimal, percent
from journey.roi import Option, Options


def options_sentence(found: Options) -> str:
    """The first, and how sure it is that it comes first; those that cannot be told apart are named together."""
    first, names = found.options[0], found.first
    if first.p50 <= 0:
        return f"None of them pays: the best, “{first.name}”, ends at {sum_told(first.p50, found.currency)}."
    each = f"{sum_told(first.per_effort[1], found.currency)} for each {_unit(found)}"
    if len(names) > 1:
        told = ", ".join(f"“{name}”" for name in names[:-1]) + f" and “{names[-1]}”"
        return f"{told} cannot be told apart: fewer than nine in ten futures agree on their order."
    sure = "" if first.beats_next is None else f"; it comes first in {percent(first.best, 0)} of futures"
    return f"First “{first.name}”: {each}{sure}."


def _unit(found: Options) -> str:
    return "day of work" if found.effort_is == "days" else "1 of effort"


def option_rows(found: Options) -> list[dict[str, str]]:
    """One row per option, the first first."""
    return [_row(one, found) for one in found.options]


def _row(one: Option, found: Options) -> dict[str, str]:
    currency = found.currency
    return {
        "Rank": str(one.rank),
        "Option": one.name,
        "Effort": f"{decimal(one.effort, 0 if one.effort == round(one.effort) else 1)}{' days' if found.effort_is == 'days' else ''}",
        "Profit": sum_told(one.p50, currency),
        "P10 to P90": between(sum_told(one.p10, currency), sum_told(one.p90, currency)),
        "For its effort": sum_told(one.per_effort[1], currency),
        "Chance of a loss": percent(one.p_loss, 0),
        "Payback": UNKNOWN if one.payback_month is None else month_told(one.payback_month),
        "Before the next": UNKNOWN if one.beats_next is None else percent(one.beats_next, 0),
    }
