"""What comes next, in words: the statement, how surely, and how often such statements were right."""

from collections.abc import Sequence

import polars as pl

from journey.charts.words import count, day, decimal, percent, several, short
from journey.predict.following import Accuracy, Estimate, Likely, Next

ARROW = " → "
METHODS = {
    "markov": "What came last",
    "frequency": "Always the commonest",
    "stays": "The same again",
    "boosted": "Boosted trees",
}
"""How each method is shown: by what it looks at."""
END, START = "(end)", "(start)"


def told_next(name: str) -> str:
    return {END: "leaves", START: "the beginning"}.get(name, name)


def statement(found: Next) -> str:
    """ "After Search → Product page"."""
    if not found.after:
        return "After any event" if found.question.followed.of == "event" else "After any stage"
    return "After " + ARROW.join(short(told_next(name), 30) for name in found.after)


def next_sentence(found: Next) -> str:
    """The likeliest, with its interval, and what it was counted on."""
    if found.lacking is not None or not found.likely:
        return found.lacking or "Nothing came next here yet."
    first = found.likely[0]
    surely = f" ({percent(first.interval[0])} to {percent(first.interval[1])})" if first.interval else ""
    leaving = next((one for one in found.likely[1:] if one.next == END and one.seen), None)
    came = (
        f"{'people leave' if first.next == END else short(first.next, 40) + ' comes next'} {percent(first.probability)} of the time{surely}"
    )
    return f"{statement(found)}, {came}" + (f"; {percent(leaving.probability)} leave." if leaving else ".")


def next_caption(found: Next, later_from: int | None, timezone: str) -> str:
    """What the statement rests on."""
    if found.lacking is not None:
        return ""
    backed = f"Seen {several(found.times, 'time')}, by {several(found.evidence.population, 'customer')}"
    if found.order < len(found.after):
        shorter = f"what came before {short(found.after[-found.order], 24)}" if found.order else "what came before"
        backed += f", whatever {shorter}" if not found.order else f", without {shorter}"
    parts = [backed, "whiskers are 95% intervals, of customers, not of events"]
    if later_from is not None:
        parts.append(f"the upright mark: what came next since {day(later_from, timezone)} alone")
    return " · ".join(parts)


def chance_told(one: Likely, name: bool = True) -> str:
    interval = f" ({percent(one.interval[0])} to {percent(one.interval[1])})" if one.interval else ""
    told = f"{percent(one.probability)}{interval}, seen {several(one.seen, 'time')}, {several(one.customers, 'customer')}"
    return f"{told_next(one.next)}: {told}" if name else told


def seen_told(one: Likely) -> str:
    return f"{count(one.seen)}×"


def later_share(later: Next | None, name: str) -> float | None:
    """How often it really came, in moments after those that the statement is from; None where the history was not seen."""
    if later is None or not later.times or later.order < len(later.after):
        return None
    found = next((one for one in later.likely if one.next == name), None)
    return 0.0 if found is None else found.seen / later.times


def accuracy_sentence(found: Accuracy) -> str:
    """How often the likeliest came, beside the best of the baselines."""
    chosen = found.of(found.chosen)
    if chosen is None:
        return found.lacking or "Nothing to prove it on yet."
    plainest = max((one for one in found.scores if one.method in ("frequency", "stays")), key=lambda one: one.top1.value)
    what = "later look" if found.question.followed.of == "stage" else "later event"
    told = f"Of {several(found.tested, what)}, {percent(chosen.top1.value, 0)} were the likeliest"
    return (
        f"{told} and {percent(chosen.top3.value, 0)} among the likeliest three; {_lower(METHODS[plainest.method])}: {_told(plainest.top1)}."
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _told(one: Estimate) -> str:
    return percent(one.value, 0)


def accuracy_caption(found: Accuracy, timezone: str) -> str:
    if found.lacking is not None:
        return ""
    since = f"Told by what was known on {day(found.cut, timezone)}, of what came after"
    sampled = f" · one customer in {found.every}" if found.every > 1 else ""
    return f"{since} · {several(found.customers, 'customer')}{sampled} · filled: the likeliest; hollow: one of three"


def boosted_told(found: Accuracy) -> str | None:
    """What boosted trees brought; None where they were not tried."""
    trees, plain = found.of("boosted"), found.of("markov")
    if trees is None or plain is None or found.gain is None:
        return None
    f1 = f"macro F1 {decimal(trees.macro_f1.value, 2)} against {decimal(plain.macro_f1.value, 2)}"
    loss = f"log loss {decimal(trees.log_loss.value, 3)} against {decimal(plain.log_loss.value, 3)}"
    gain = f"a difference of {decimal(found.gain[0], 3)} to {decimal(found.gain[1], 3)}"
    if found.chosen == "boosted":
        told = f"Boosted trees, which also see times and counts, tell one customer's next better: {loss}, {gain}; {f1}."
        return f"{told} The bars stay counted shares."
    return f"Boosted trees do not beat what came last on both: {loss}, {gain}; {f1}. They are not used."


def accuracy_table(found: Accuracy) -> pl.DataFrame:
    """One row per method, every number with its interval."""
    return pl.DataFrame(
        {
            "method": [METHODS[one.method] for one in found.scores],
            **{
                name: [_with_interval(getattr(one, name), share) for one in found.scores]
                for name, share in (("top1", True), ("top3", True), ("log_loss", False), ("macro_f1", False))
            },
        }
    )


def _with_interval(one: Estimate, share: bool) -> str:
    def told(x: float) -> str:
        return percent(x) if share else decimal(x, 2)

    return told(one.value) + (f" ({told(one.interval[0])} – {told(one.interval[1])})" if one.interval else "")


def stages_sentence(found: Sequence[Next], days: float) -> str:
    """The likeliest move of all: out of which stage it is, and how surely."""
    moves = [
        (one, likely) for one in found for likely in one.likely if likely.next not in one.after and one.now and one.order and likely.seen
    ]
    if not moves:
        return next((one.lacking for one in found if one.lacking), None) or "Nobody moved from one stage to another yet."
    one, likely = max(moves, key=lambda pair: pair[0].now * pair[1].probability)
    surely = f" ({percent(likely.interval[0], 0)} to {percent(likely.interval[1], 0)})" if likely.interval else ""
    who = several(one.now, "customer")
    return (
        f"In {days_told(days)} the most are likely to go from {short(one.after[-1], 24)} to {short(likely.next, 24)}: "
        f"{percent(likely.probability, 0)}{surely} of the {who} there now."
    )


def stages_caption(found: Sequence[Next], days: float) -> str:
    """What the bars rest on."""
    times = sum(one.times for one in found)
    return (
        f"{several(times, 'look')} at customers' stages until the period's end, each beside the one {days_told(days)} later · "
        "whiskers are 95% intervals · grey: they stay"
    )


def days_told(days: float) -> str:
    """28 -> "28 days", 1/24 -> "1 hour"."""
    return several(days, "day") if days >= 1 else several(days * 24, "hour")
