"""What actions brought, in sentences and rows; our own record and a campaign of the log are never mixed."""

from collections.abc import Sequence

from journey.actions.results.lift import HARMS, OPEN, WORKS, Lift
from journey.actions.results.result import CAMPAIGN, LEDGER, ActionResult, Compared, Results, Sum
from journey.charts.actions_results import Row
from journey.charts.words import between, count, money, percent, points, several, short

TITLES = {LEDGER: "What we did, against those held out", CAMPAIGN: "A campaign of the log, drawn at random"}
OUTCOME, ADVANCED = "outcome", "advanced"
NOTES = {
    LEDGER: "Decisions of this workspace: those treated against those held out for good, who were chosen for alike.",
    CAMPAIGN: "Decisions that lie in the log and were drawn at random there, with the action against nothing. Not done from here.",
}


def rows_of(results: Results, source: str, which: str = OUTCOME) -> list[Row]:
    """A row for each action that has a record of this source, in the order of the catalog."""
    found = []
    for result in results.actions:
        one = result.by(source)
        if one is None or not has_any(one):
            continue
        lift = one.lift if which == OUTCOME else one.advanced
        estimate = None if lift is None else lift.difference
        around = None if lift is None else lift.always_valid
        found.append(Row(result.action, "", estimate, around, one.treated.decisions, one.control.decisions))
    return found


def results_title(results: Results, source: str) -> str:
    """How many of the actions are known to work, from this record."""
    told = rows_of(results, source)
    works = [result.action for result in results.actions if (one := result.by(source)) is not None and one.verdict == WORKS]
    harms = [result.action for result in results.actions if (one := result.by(source)) is not None and one.verdict == HARMS]
    if not told:
        return "Nothing was done yet that could be measured"
    if harms:
        return f"{short(harms[0], 30)} does harm" + (f", and {count(len(harms) - 1)} more" if len(harms) > 1 else "")
    if works:
        listed = short(works[0], 30) if len(works) == 1 else f"{short(works[0], 30)} and {count(len(works) - 1)} more"
        return f"{listed} {'works' if len(works) == 1 else 'work'}, of {several(len(told), 'action')} measured"
    return f"None of {several(len(told), 'action')} can be told from doing nothing yet"


def verdict_lines(results: Results, source: str) -> list[tuple[str, str, str]]:
    """(icon, action, sentence) of each action with a record of this source."""
    icons = {WORKS: "trending_up", HARMS: "trending_down", OPEN: "hourglass_empty"}
    lines = []
    for result in results.actions:
        one = result.by(source)
        if one is not None and has_any(one):
            lines.append((icons.get(one.verdict, "hourglass_empty"), result.action, one.sentence))
    return lines


def shares_told(one: Compared) -> str:
    """ "12.1% with it, 9.4% without" of decisions whose time is over."""
    if one.treated.share is None or one.control.share is None:
        return ""
    return f"{percent(one.treated.share)} had the outcome with it, {percent(one.control.share)} without"


def lift_told(lift: Lift | None) -> tuple[str, str]:
    """("+2.1 pts", "+0.4 to +3.8"): the difference and where it lies however often one looks."""
    if lift is None:
        return "not yet", "too few decisions"
    around = lift.always_valid
    told = "" if around is None else between(points(around[0]).removesuffix(" pts"), points(around[1]))
    return points(lift.difference), told


def sum_told(one: Sum, currency: str | None) -> str:
    return between(money(one.low, currency), money(one.high, currency))


def value_title(one: Compared, currency: str | None) -> str:
    """What each had added by the last day, and whether that is told from nothing."""
    if not one.over_time:
        return "Value over time: not enough decisions are old enough yet"
    last = one.over_time[-1]
    low, high = last.difference.low, last.difference.high
    if low <= 0 <= high:
        return f"By day {count(last.day)} it cannot be told yet whether it added value"
    verb = "added" if low > 0 else "cost"
    return f"By day {count(last.day)} each had {verb} {money(abs(last.difference.value), currency)}"


def with_records(results: Results) -> list[ActionResult]:
    """The actions of which there is anything to show, those with most decisions first."""
    found = [one for one in results.actions if any(map(has_any, one.compared))]
    return sorted(found, key=lambda one: (-max(each.treated.decisions for each in one.compared), one.action))


def sources_of(results: Results) -> Sequence[str]:
    """The records that hold anything, our own first."""
    return [source for source in (LEDGER, CAMPAIGN) if rows_of(results, source)]


def has_any(one: Compared) -> bool:
    """Whether it holds a decision whose time is over, on either side."""
    return bool(one.treated.decisions or one.control.decisions)
