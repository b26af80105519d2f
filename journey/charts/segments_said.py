"""What a segment and a comparison of two say in a sentence, true of any data."""

from typing import Any

from journey.charts.words import count, decimal, percent, points, several, short
from journey.rules.segment import Segment
from journey.rules.words import tell_rule
from journey.segments import Comparison, Difference

TOO_FEW = 20
LONGEST = 62
SIDES = 30


def segment_sentence(segment: Segment, rule: Any, name: str | None) -> str:
    """How many customers the rule holds for, and what it says of them, or what they are called."""
    n, known = segment.people.count, segment.known
    words = tell_rule(rule)
    who = words if len(words) <= LONGEST or not name else f"are in “{short(name, 40)}”"
    who = who if len(who) <= LONGEST else "are in this segment"
    if not known:
        return "No customer is known by the end of this period, so nobody can be chosen."
    if not n:
        return f"Nobody of {several(known, 'customer')}: none {who}."
    if n == known:
        return f"It holds for {'the one customer' if known == 1 else f'all {count(known)} customers'} known: they {who}."
    if known < TOO_FEW:
        return f"{count(n)} of {several(known, 'customer')} {who}."
    return f"{percent(segment.share, 1 if (segment.share or 0) < 0.1 else 0)} of customers {who}: {count(n)} of {count(known)}."


def segment_caption(segment: Segment, rule: Any, until: str, segment_label: str) -> str:
    """The whole rule in words, the interval of the share, and as of when."""
    told = f"{tell_rule(rule)[:400]}"
    parts = [told[0].upper() + told[1:]]
    if segment.interval and segment.known >= TOO_FEW:
        parts.append(f"share {percent(segment.interval[0])} to {percent(segment.interval[1])}")
    return " · ".join([*parts, f"as of {until}", segment_label])


def compare_sentence(comparison: Comparison, names: tuple[str, str]) -> str:
    """The clearest difference that is not there by definition."""
    a, b = (short(name, SIDES) for name in names)
    if not comparison.n_a or not comparison.n_b:
        empty = a if not comparison.n_a else b
        return f"Nobody is in {empty}, so there is nothing to compare."
    if comparison.n_a == comparison.n_b == comparison.both:
        return "Both are the same customers, so nothing can differ."
    if clearest := comparison.clearest(1):
        one = clearest[0]
        return f"{_told(one)}: {percent(one.a, 0)} of {a}, {percent(one.b, 0)} of {b}."
    if min(comparison.n_a, comparison.n_b) < TOO_FEW:
        small = a if comparison.n_a <= comparison.n_b else b
        return f"Not enough data yet: {several(min(comparison.n_a, comparison.n_b), 'customer')} of {TOO_FEW} needed in {small}."
    by_definition = any(one.least > 0 and one.by_definition for one in comparison.differences)
    return "No share differs by more than chance would do" + (", but for what defines them." if by_definition else ".")


def compare_caption(comparison: Comparison, names: tuple[str, str], period: str) -> str:
    a, b = (short(name, SIDES) for name in names)
    tested = sum(one.q is not None for one in comparison.differences)
    found = sum(one.found for one in comparison.differences)
    both = f" · {count(comparison.both)} are in both" if comparison.both else ""
    return (
        f"{several(comparison.n_a, 'customer')} in {a}, {count(comparison.n_b)} in {b}{both} · what they did {period} · "
        f"{count(found)} of {several(tested, 'difference')} tested found (5% false at most)"
    )


def difference_name(one: Difference) -> str:
    """ "did Cart", "device: mobile", "Visit to order": what a row is about."""
    if one.kind == "property":
        return f"{one.name}: {one.value}"
    return {"event": f"did {one.name}", "times": f"{one.name}, times each", "mean": f"{one.name}, mean"}.get(one.kind, one.name)


def difference_told(one: Difference) -> str:
    """The difference in its unit: points of a share, else an amount."""
    if one.difference is None:
        return "–"
    if one.is_share:
        return points(one.difference)
    sign = "+" if one.difference > 0 else ""
    return sign + decimal(one.difference, 2)


def interval_told(one: Difference) -> str:
    if one.interval is None:
        return one.why or ""
    tell = (lambda x: points(x).removesuffix(" pts")) if one.is_share else (lambda x: decimal(x, 2))
    return f"{tell(one.interval[0])} to {tell(one.interval[1])}"


def value_told(one: Difference, x: float | None) -> str:
    return percent(x) if one.is_share else decimal(x, 2)


def _told(one: Difference) -> str:
    if one.kind == "event":
        return f"They differ most in {short(one.name, 28)}"
    return f"They differ most in {short(difference_name(one), 36)}"
