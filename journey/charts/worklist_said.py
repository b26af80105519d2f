"""What a worklist says in one sentence, true of any data, and what it was counted over."""

from journey.charts.words import between, count, decimal, moment, money, percent, several, short
from journey.predict.reasons import number
from journey.worklist import Item, Worklist


def worklist_sentence(found: Worklist) -> str:
    """Whom to see to first and what is at stake with them; without a score, who has been quiet the longest for them."""
    if not found.items:
        return "Nobody is on the list." if not found.refused else "Nobody can be listed yet."
    first = found.items[0]
    name = short(first.customer, 30)
    if found.ranked == "quiet":
        return (
            f"No prediction: {name} has been quiet the longest for them, {decimal(first.quiet, 0)} days where "
            f"every {decimal(first.usual_gap)} is usual."
        )
    stake = f", {money(first.at_stake, found.currency)} at stake" if first.at_stake is not None else ""
    likely = f"Start with {name}: {percent(first.probability, 0)} likely to {to_do(found.outcome)}{stake}"
    if not first.reasons:
        return f"{likely}."
    why = first.reasons[0]
    label = short(why.label[:1].lower() + why.label[1:], 44)
    return f"{likely}; {label}: {number(why.value, why.unit)} (typical {number(why.typical, why.unit)})."


def to_do(outcome: str) -> str:
    """ "does nothing for 30 days" -> "do nothing for 30 days"; names of events are data and stay as they are."""
    return "do " + outcome.removeprefix("does ") if outcome.startswith("does ") else outcome


def worklist_caption(found: Worklist, timezone: str, segment: str) -> str:
    """How many of how many, by what, for whom, as of when."""
    if not found.items and found.refused:
        return found.refused
    if found.ranked == "quiet":
        listed = f"{count(len(found.items))} of {several(found.scored, 'customer')} who are quiet for longer than is usual for them"
        return f"{listed} · {segment} · as of {moment(found.as_of - 1, timezone)} · {found.refused}"
    order = "by value at stake" if found.ranked == "value" else "by the chance alone, as no value is known"
    listed = f"{count(len(found.items))} of {several(found.scored, 'scored customer')}, {order}"
    return f"{listed} · {segment} · as of {moment(found.as_of - 1, timezone)} · a score says who is likely to, not whom a call keeps"


def expected_told(found: Worklist) -> str:
    """ "45 to 80": the interval of how many of the listed the outcome comes for."""
    interval = found.expected_interval
    return "" if interval is None else between(count(interval[0]), count(interval[1]))


def stake_told(found: Worklist) -> str:
    interval = found.at_stake_interval
    return "" if interval is None else between(money(interval[0], found.currency), money(interval[1], found.currency))


def chance_told(item: Item) -> str:
    """ "33% to 47%"."""
    return "" if item.interval is None else between(percent(item.interval[0], 0), percent(item.interval[1], 0))


def value_told(item: Item, currency: str | None) -> str:
    """ "€89 (€82 to €96)": what the customer is expected to bring."""
    if item.value is None:
        return ""
    interval = item.value_interval
    around = "" if interval is None else f" ({money(interval[0], currency)} to {money(interval[1], currency)})"
    return money(item.value, currency) + around
