"""What the journeys say in one sentence, true of any data, and what they were counted over."""

import re
from collections.abc import Sequence

from journey.charts.theme import INK, MUTED, NEG, POS
from journey.charts.words import between, count, percent, points, several, short, span
from journey.journeys import Journeys, Told

TOO_FEW = 30


def journeys_sentence(found: Journeys) -> str:
    """What changed in the most important journey, else where it loses most."""
    if not found.journeys:
        return "No journey to tell yet: the log holds no two events that follow one another."
    told = found.journeys[0]
    name = _name(told)
    if not told.began:
        window = window_words(told.journey.window)
        waiting = f"the {window} of all {several(told.open, 'customer')} who began it are not over yet"
        return f"{name}: {waiting}." if told.open else f"Nobody began the journey {name} in this period."
    if told.began < TOO_FEW:
        return f"Not enough data yet: {several(told.began, 'customer')} of {TOO_FEW} needed to say how {name} goes."
    if told.changed and told.change is not None:
        way = "Fewer" if told.change[0] < 0 else "More"
        return f"{way} complete {name}: {percent(told.rate)}, {points(told.change[0])} against the period before."
    if told.velocity.word in ("faster", "slower") and told.velocity.difference is not None:
        shift = span(abs(told.velocity.difference))
        return f"{name} is completed {told.velocity.word}: half of those who do take {shift} {_less(told)} than in the period before."
    return _leak_sentence(told)


def _less(told: Told) -> str:
    return "less" if told.velocity.word == "faster" else "more"


def _leak_sentence(told: Told) -> str:
    if told.leak is None:
        return f"Everyone who began {_name(told)} completed it: {several(told.began, 'customer')}."
    here, names = told.milestones[told.leak], told_names(told.journey.names)
    way = f"between {clipped(names[told.leak], 20)} and {clipped(names[told.leak + 1], 20)}"
    return f"{_name(told)} loses most {way}: {percent(here.left_share, 0)} of {count(here.count)} go no further."


def _name(told: Told) -> str:
    return short(told.journey.name, 30)


def journeys_caption(found: Journeys, period: str, segment: str, asked: bool) -> str:
    """Population, period, what is apart, and why nothing is compared where that was asked."""
    if not found.journeys:
        return f"{period} · {segment}"
    told = found.journeys[0]
    parts = [f"{several(told.began, 'customer')} began {_name(told)} {period} and have had their {window_words(told.journey.window)}"]
    if told.open:
        parts.append(f"{count(told.open)} still open, apart")
    parts += [segment, *([f"not compared: {found.why_not}"] if found.why_not and asked else [])]
    return " · ".join(parts)


def derived_words(found: Journeys) -> list[str]:
    """Remarks: a journey read off the log, and milestones that the log does not hold."""
    remarks = []
    for told in found.journeys:
        if told.journey.derived:
            remarks.append("No journey of the catalog fits this log, so this one was read off it. Put your own into the catalog below.")
        if told.journey.left_out:
            missing = " and ".join(short(name, 24) for name in told.journey.left_out)
            remarks.append(f"{_name(told)} goes without {missing}: the log holds none of the events that would reach it.")
    return remarks


def told_names(names: Sequence[str]) -> list[str]:
    """The names without the beginning that most of them share: "app_open", "app_pay" are "open", "pay"."""
    parts = [re.match(r"([^_.:/ -]+)[_.:/ -]+(?=.)", name) for name in names]
    starts = [part.group(1) for part in parts if part]
    shared = max(starts, key=starts.count, default=None)
    if shared is None or starts.count(shared) < max(3, len(names) / 2):
        return list(names)
    cut = [name[part.end() :] if part and part.group(1) == shared else name for name, part in zip(names, parts, strict=True)]
    return cut if len(set(cut)) == len(names) else list(names)


def clipped(text: str, longest: int) -> str:
    """A name cut in its middle: names of a log often begin alike and differ at their ends."""
    if len(text) <= longest:
        return text
    tail = (longest - 1) // 2
    return f"{text[: longest - 1 - tail].rstrip()}…{text[-tail:].lstrip()}"


def rate_words(told: Told) -> str:
    return "nobody's window is over" if told.rate is None else f"{percent(told.rate)} complete it"


def time_words(told: Told) -> str:
    """The median time of those who complete, with its interval."""
    if told.total is None:
        return ""
    interval = told.total.interval
    spread = "" if interval is None else f" ({between(*(span(edge) for edge in interval))})"
    return f"median {span(told.total.median)}{spread}"


def velocity_words(told: Told) -> str:
    """faster, slower, or not told apart from the period before, with the interval of the difference."""
    velocity = told.velocity
    if not told.began:
        return ""
    if velocity.interval is None or velocity.difference is None:
        return "" if velocity.before is None else "too few to compare times"
    low, high = velocity.interval
    if velocity.word == "not told apart":
        return f"no change told apart ({between(_shift(low), _shift(high))})"
    edges = sorted((abs(low), abs(high)))
    return f"{span(abs(velocity.difference))} {velocity.word} ({between(*(span(edge) for edge in edges))})"


def _shift(seconds: float) -> str:
    return ("+" if seconds > 0 else "") + span(seconds)


def window_words(ms: int) -> str:
    """604800000 -> "7 days"; what is no whole number of days, hours or minutes as `span` writes it."""
    for length, unit in ((86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute")):
        if ms >= length and ms % length == 0:
            return several(ms // length, unit)
    return span(ms / 1000)


def velocity_colour(told: Told) -> str:
    return {"faster": POS, "slower": NEG}.get(told.velocity.word, MUTED if told.velocity.interval is None else INK)
