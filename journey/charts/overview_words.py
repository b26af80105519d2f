"""The overview in words: a metric's number and change in its own unit, and the sentence the page opens with."""

from collections.abc import Sequence

from journey.charts.words import UNKNOWN, change, count, day, decimal, money, percent, points, several, short, signed
from journey.funnels import Funnel
from journey.inference import Interval
from journey.metrics import Metric, Moved, Named, Part
from journey.metrics.overview import ENOUGH, can_be_judged

SPOKEN_OF = 0.075  # of what was gained or lost in all: a smaller part is passed over
LONGEST = 100
DAY_MS = 86_400_000


def value_words(named: Named, value: float | None, currency: str | None = None) -> str:
    """The metric's number as a person reads it."""
    if named.unit == "share":
        return percent(value)
    if named.unit == "money":
        return money(value, currency)
    if named.unit == "score":
        return decimal(value) + (f" of {named.scale:g}" if named.scale and value is not None else "")
    if named.shape.over is None:
        return count(value)
    return decimal(value, 1 if value is None or abs(value) >= 9.995 else 2)


def interval_words(named: Named, interval: Interval | None, currency: str | None = None) -> str:
    """ "37.0% to 41.2%"; empty where there is none."""
    if interval is None:
        return ""
    bare = [decimal(end) if named.unit == "score" else value_words(named, end, currency) for end in interval]
    return f"{bare[0]} to {bare[1]}"


def difference_words(named: Named, difference: float | None, currency: str | None = None) -> str:
    """With its sign: "+€1.52", "−0.6 pts", "+0.2"."""
    if difference is None:
        return UNKNOWN
    if named.unit == "share":
        return points(difference)
    if named.unit == "money":
        said = money(difference, currency)
        return said if difference <= 0 or said == money(0, currency) else f"+{said}"
    return signed(difference, 0 if named.shape.over is None else 2)


def change_words(named: Named, metric: Metric) -> str | None:
    """By how much it moved: points for a share, the score's own unit, per cent for the rest; None with nothing to compare."""
    if not metric.covered or metric.change is None:
        return None
    if named.unit == "share":
        return points(metric.change.difference)
    if named.unit == "score":
        return signed(metric.change.difference, 2)
    return change(metric.change.relative)


def compared_words(metric: Metric) -> str:
    """ " against 5 May to 2 Aug": the span before, as far as it is compared."""
    total = metric.before and metric.before.total
    if not total or not metric.covered:
        return ""
    return f" against {day(total.start, metric.now.timezone)} to {day(total.stop - 1, metric.now.timezone)}"


def margin_words(named: Named, metric: Metric) -> str | None:
    """Half the width of the change's 95% interval, in the unit of `change_words`; None where it has none."""
    if not metric.covered or metric.change is None:
        return None
    own = named.unit in ("share", "score")
    interval = metric.change.interval if own else metric.change.relative_interval
    if interval is None:
        return None
    half = (interval[1] - interval[0]) / 2
    return f"± {decimal(half, 2) if named.unit == 'score' else decimal(half * 100)}"


def part_words(part: Part, moved: Moved) -> str:
    """What a part of the change is called: "Higher order value, desktop"."""
    if part.kind == "rest":
        return "Everything else"
    if part.kind == "mix":
        return f"Mix by {moved.by}" if moved.by else "Mix"
    factor = "value" if part.factor is None else moved.factors[part.factor]
    group = "" if part.group is None else f", {part.group or f'no {moved.by}'}"
    return f"{_direction(factor, part.change > 0)} {factor[:1].lower()}{factor[1:]}{group}"


def _direction(factor: str, up: bool) -> str:
    """More orders, higher conversion: what is counted begins with a plural."""
    counted = factor.split(" ")[0].endswith("s") and not factor.split(" ")[0].endswith("ss")
    return ("More" if up else "Fewer") if counted else ("Higher" if up else "Lower")


def units_words(named: Named, n: float) -> str:
    """ "7 customers": what a value is out of, in its own units."""
    way = named.shape.over.way if named.shape.over else "customers"
    return several(n, {"customers": "customer", "sessions": "session", "count": "event"}.get(way, "unit"))


def overview_sentence(named: Named, metric: Metric, moved: Moved | None, funnel: Funnel | None = None) -> str:
    """What became of the north star, and what pushed it or took something back; without a comparison, where most leave."""
    total = metric.now.total
    if total is None or total.value is None:
        return f"Not enough data yet: there is nobody to count {named.name.lower()} over."
    value = value_words(named, total.value, metric.currency)
    if metric.question.compare is None:
        if total.n < ENOUGH:
            return f"{named.name} is {value} over {units_words(named, total.n)}, with nothing to compare it with."
        return f"{named.name} is {value}{_leak_clause(funnel)}."
    if metric.before is None or metric.before.total is None or metric.before.total.value is None:
        return f"{named.name} is {value}, with no earlier period to compare it with."
    if not metric.covered:
        return f"{named.name} is {value}; the data begin inside the period before, so the two do not compare."
    if not can_be_judged(metric):
        fewest = min(total.n, metric.before.total.n)
        return f"{named.name} is {value}; {units_words(named, fewest)} are too few to judge its change, {ENOUGH} are needed."
    return _moved_sentence(named, metric, value, moved)


def _leak_clause(funnel: Funnel | None) -> str:
    """The largest loss of the likely funnel, or that there is nothing to say beside."""
    worst = funnel.worst if funnel else None
    step = funnel.steps[worst] if funnel and worst else None
    if funnel is None or worst is None or step is None or (step.previous or 0) < ENOUGH or step.share_of_previous is None:
        return ", with nothing to compare it with"
    lost = percent(1 - step.share_of_previous, 0)
    return f"; {lost} of those who reach {short(funnel.steps[worst - 1].event, 24)} do not reach {short(step.event, 24)}"


def _moved_sentence(named: Named, metric: Metric, value: str, moved: Moved | None) -> str:
    said, margin = change_words(named, metric), margin_words(named, metric)
    if metric.change is None or said is None or not metric.change.told_from_noise:
        by = f" of {said} ({margin})" if said and margin else ""
        return f"{named.name} is {value}; its change{by} cannot be told from noise."
    lead = f"{named.name} {'rose' if metric.change.difference > 0 else 'fell'} {said.lstrip('+−')} to {value}"
    for clause in _clauses(named, metric, metric.change.difference, moved):
        if len(lead) + len(clause) <= LONGEST:
            return lead + clause + "."
    return lead + "."


def _clauses(named: Named, metric: Metric, difference: float, moved: Moved | None) -> list[str]:
    """What took some of the change back, and how much of it, else what carried most of it: parts that are told from noise."""
    if moved is None:
        return []
    told = [part for part in moved.parts if part.told_from_noise and part.kind not in ("rest", "mix")]
    along = [part for part in told if part.change * difference > 0]
    against = [part for part in told if part.change * difference < 0]
    clauses = []
    if against:
        worst = max(against, key=lambda part: abs(part.change))
        gross = sum(abs(part.change) for part in moved.parts if part.change * difference > 0)
        if abs(worst.change) >= SPOKEN_OF * gross:
            said = difference_words(named, abs(worst.change), metric.currency).lstrip("+")
            clauses.append(f", although {_inline(worst, moved)} {'took' if difference > 0 else 'won'} {said} back")
    if along:
        best = max(along, key=lambda part: abs(part.change))
        clauses.append(f", {'mostly' if best.change / difference >= 0.5 else 'above all'} through {_inline(best, moved)}")
    return clauses


def _inline(part: Part, moved: Moved) -> str:
    said = part_words(part, moved)
    name, comma, group = said.partition(", ")
    return name[:1].lower() + name[1:] + (f" for {group}" if comma else "")


def within_words(funnel: Funnel) -> str:
    """ "within 7 days", or "at any later time" without a window."""
    return "at any later time" if funnel.window is None else f"within {several(funnel.window / DAY_MS, 'day')}"


def passed_over_words(passed_over: Sequence[tuple[str, str]]) -> str:
    """Which named metrics the log cannot answer, by what is missing."""
    by_reason: dict[str, list[str]] = {}
    for name, why in passed_over:
        by_reason.setdefault(why, []).append(name)
    return "Not shown: " + "; ".join(f"{', '.join(names)} ({why})" for why, names in by_reason.items()) + "."
