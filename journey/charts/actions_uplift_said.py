"""Whom an action helps, in words."""

from journey.actions.uplift import Added, Apart, Uplift
from journey.actions.uplift.result import HETEROGENEOUS
from journey.charts.words import between, count, decimal, percent, points, several
from journey.predict.reasons import number


def added_told(added: Added) -> str:
    """ "+3.0 pts"; an en dash where a group of them is empty."""
    return points(added.difference)


def interval_told(added: Added) -> str:
    """ " (+1.2 to +4.8)"; "" where it is undefined."""
    if added.interval is None:
        return ""
    return f" ({between(*(points(end).removesuffix(' pts') for end in added.interval))})"


def uplift_sentence(found: Uplift, action: str) -> str:
    """Whether it helps some more than others, by what the tenths gained and not by what was expected of them."""
    if found.qini is None:
        return f"Whom {action} helps cannot be told yet: {found.missing}."
    if found.verdict != HETEROGENEOUS:
        return f"Who gains more from {action} cannot be told from chance: {_all(found)}."
    first, last = found.deciles[0].added, found.deciles[-1].added
    if first.difference is None or last.difference is None or first.difference <= last.difference:
        return f"{action} helps some more than others: its order by expected gain does better than 97.5% of random orders."
    return f"{action} helps some more than others: the tenth expected to gain most gained {added_told(first)}, the last {added_told(last)}."


def _all(found: Uplift) -> str:
    average = found.average
    if average.difference is None:
        return "an order by expected gain does no better than orders at random"
    return f"take it to add {added_told(average)}{interval_told(average)} for everybody alike"


def uplift_caption(found: Uplift) -> str:
    """What it rests on."""
    rows = f"{several(found.average.n, 'decision')} with it, {count(found.average.control_n)} without"
    told = f"{rows} · {several(found.customers, 'customer')}"
    if found.qini is None:
        return told
    low, high = found.qini.band
    return (
        f"{told} · Qini coefficient {decimal(found.qini.coefficient, 3)}; 95% of {count(len(found.qini.null))} random orders "
        f"have {between(decimal(low, 3), decimal(high, 3))}"
    )


def differs_told(found: Uplift) -> str:
    """What the table of the fifths says, and what it does not."""
    if not found.differs:
        return "The first fifth of the order and the last are as good as alike in all that is known of them."
    sure = "" if found.verdict == HETEROGENEOUS else " As this order is not told from chance, neither is what it goes by."
    return f"Means of the fifth expected to gain most, and of the fifth expected to gain least: what differs, not why.{sure}"


def mean_told(value: float, one: Apart) -> str:
    """A mean in the feature's own unit; of yes or no the share who say yes."""
    return percent(value, 0) if one.unit in ("yes or no", "share") else number(value, one.unit)


def gap_told(one: Apart) -> str:
    """ "higher by 0.8 sd": the first fifth against the last."""
    return f"{'higher' if one.gap > 0 else 'lower'} by {decimal(abs(one.gap), 1)} sd"


def in_force_told(found: Uplift, action: str, personal: bool) -> str:
    """Whether choosing goes by what each customer is expected to gain."""
    if not personal:
        return f"Choosing takes {action} to add the same to every customer of a stage. An effect for each customer is switched off."
    if found.verdict == HETEROGENEOUS:
        return f"Choosing goes by what {action} is expected to add for each customer."
    return f"Choosing would go by each customer's own effect; as none is told from chance, {action} adds the same to all of a stage."
